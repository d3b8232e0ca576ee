import { doorNames, type DoorName } from '../../model/audit.ts';
import { budgetKinds } from '../../model/budget.ts';
import { requestKinds, requestOutcomes } from '../../model/request-figures.ts';

// Every metric there is, under the name that the code uses: what it means and its unit. A name ends in its unit (`_ms`,
// `_bytes`, `_seconds`); one without is a count of things. Scrapers see it as `exportedName` says, times in seconds:
// `quoll_znodes`, `quoll_fsync_seconds` for `fsync_ms`, `quoll_leader_changes_total`.

export interface MetricDescription {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Of a histogram, in the unit of its name here. */
  readonly buckets?: readonly number[];
  /** What tells the several figures of one name apart, and all that it may be. None is shown before it is set. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** The name of the version before, where more than the unit of a time is another; null where it had none. */
  readonly formerly?: string | null;
}

const milliseconds = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];
const lateness = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
const bytes = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];

function counter(help: string): MetricDescription {
  return { kind: 'counter', help };
}

function gauge(help: string): MetricDescription {
  return { kind: 'gauge', help };
}

function histogram(help: string, buckets: readonly number[]): MetricDescription {
  return { kind: 'histogram', help, buckets };
}

export const metricTable = {
  // The ensemble.
  build_info: {
    ...gauge('1, by the version of Quoll and that of Node that this peer runs'),
    // Which they are, whoever makes the metrics says.
    labels: { version: [], node: [] },
  },
  has_quorum: gauge('1 while this peer leads or follows an established leader, else 0'),
  is_leader: gauge('1 while this peer is the leader and serves, else 0'),
  voter: gauge('1 while this peer counts in quorums, else 0'),
  voters: gauge('Peers that vote, by the membership that is applied here'),
  config_mismatches: gauge(
    'Servers of which the configuration of this peer and the membership say different things',
  ),
  voters_up: gauge('Those of them that the leader hears, itself included, as this peer knows'),
  peers_diverged: counter('Peers found to have another state than the majority, which stop'),
  epoch: gauge('Epoch of the leader that is led or followed'),
  leader_changes: counter('Leaders that this peer has seen established'),
  level: gauge('The level of the ensemble: what its log and snapshots may hold'),
  newest_level: gauge(
    'The newest level that this peer knows: above the other, an upgrade is not finished',
  ),
  hand_overs: counter('Times that this peer gave leadership away by its own will'),
  elections: counter('Times this peer went looking for a leader'),
  synchronizations: counter('Learners that this leader brought up to date'),
  clock_off_ms: gauge(
    'How far the wall clock of this leader is ahead of the time it stamps by, in seconds; 0 on others',
  ),
  clocks_off_max_ms: gauge(
    'How far the wall clock of any voter heard is from that time, in seconds; 0 on others',
  ),
  protocol_violations: counter('Connections of peers that broke the protocol'),

  // The log.
  last_applied_txn: {
    ...gauge('Number of the last txn applied here, within its epoch'),
    formerly: 'last_applied_counter',
  },
  last_logged_txn: {
    ...gauge('Number of the last txn in the log, within its epoch'),
    formerly: 'last_logged_counter',
  },
  log_bytes: gauge('Txns in the log, in bytes'),
  fsync_ms: histogram('Time of one durable write of the log, in seconds', milliseconds),
  commit_ms: histogram('From proposal to commit, on the leader, in seconds', milliseconds),
  snapshot_ms: histogram('Time to write a snapshot, in seconds', milliseconds),
  snapshot_bytes: histogram('Size of the snapshots written, in bytes', bytes),
  compactions: counter('Times that old entries were dropped from the log'),
  log_cap_reached: counter(
    'Times that the log was cut short of what watchers may resume from, for its size',
  ),
  disk_free_bytes: gauge('Free space where the data directory is, in bytes'),

  // Requests.
  connections: {
    ...gauge('Connections that are open, by the door that they came to'),
    labels: { door: ['http', 'grpc', 'zookeeper'] satisfies readonly DoorName[] },
  },
  request_ms: {
    ...histogram(
      'From a request asked of this peer to its answer, by door (inside: of the peer itself), operation and outcome, in seconds',
      milliseconds,
    ),
    labels: {
      door: [...doorNames, 'inside'],
      operation: requestKinds,
      outcome: requestOutcomes,
    },
    formerly: null,
  },
  slow_requests: counter('Requests that took as long as log.slowRequestMs says, or longer'),
  slow_requests_unlogged: counter(
    'Those of them that have no line in the log: more than ten came in a second',
  ),
  telemetry_spans: counter('Spans that the collector of telemetry.endpoint has taken'),
  telemetry_spans_dropped: counter(
    'Spans that it was not given: it could not be reached, or too many waited for it',
  ),
  proposals: counter('Txns that this peer proposed as the leader'),
  proposals_in_flight: gauge('Proposals of this leader that are not committed yet'),
  forwarded_in_flight: gauge('Writes sent to the leader and not answered yet'),
  writes: counter('Writes asked of this peer'),
  write_ms: histogram('From a write asked of this peer to its answer, in seconds', milliseconds),
  reads: counter('Reads asked of this peer'),
  reads_waiting: gauge('Reads that wait for a barrier or for a zxid'),
  barrier_rounds: counter('Barriers asked for: one serves all linearizable reads of a turn'),
  refusals: counter('Requests that were refused, for any reason'),
  auth_failures: counter('Wrong passwords, tokens and secrets of sessions'),
  audit_lost: counter('Records of the audit log that could not be written'),
  throttled: counter('Requests that were refused because too many were in flight'),

  // What is kept for clients, against the limits of `budget.*`.
  budget_owed_bytes: gauge('Large answers made and not yet taken by their readers, in bytes'),
  budget_received_bytes: gauge('Requests received in part or being carried out, in bytes'),
  budget_held_requests: gauge('Long-polls, streams, WebSockets and waits for locks that are held'),
  budget_sessions: gauge('Sessions begun at this peer that are alive'),
  budget_queue_places: gauge('Places in queues of locks and elections taken at this peer'),
  budget_watches: gauge('Watches that count against the budgets of those who left them'),
  budget_copies: gauge('Copies of the state or the log being taken'),
  budget_used_ratio: {
    ...gauge('What is kept of each kind for all clients together, as a part of its limit'),
    labels: { kind: budgetKinds },
  },
  demanding_addresses: gauge('Addresses that ask for much now, by all of their connections'),
  requests_stood_back: counter('Requests that were put behind those of who asks for little'),
  budget_holders: gauge('Addresses and principals for whom something is kept'),

  // Locks and elections.
  locks_waiting: gauge('Requests held here until their turn in the queue of a lock'),
  locks_woken: counter('Contenders told here that their turn has come: one for a release'),
  locks_granted: counter('Grants told to those who entered a queue or waited in it here'),

  // The state.
  znodes: gauge('Znodes'),
  ephemerals: gauge('Ephemeral znodes'),
  data_bytes: gauge('Data of all znodes, in bytes'),
  state_bytes: gauge('The replicated state in memory, in bytes, about'),
  sessions: gauge('Sessions that are alive'),
  sessions_expired: counter('Sessions that this leader has let expire'),
  znodes_reaped: counter('Containers and TTL znodes that this leader has removed'),

  // Watches.
  watches: gauge('Watches that are open on this peer, one-shot watches included'),
  watch_events: counter('Events given to watches of this peer'),
  watches_lost_slow: counter('Watches that ended because their reader was too slow'),
  watches_lost_compacted: counter('Watches that ended because no log reaches back far enough'),
  replay_reads_memory: counter('Pieces of the log given to resumed watches out of memory'),
  replay_reads_store: counter('Pieces of the log given to resumed watches out of the data file'),
  replay_reads_peers: counter('Pieces of the log given to resumed watches out of another peer'),

  // TLS.
  tls_handshakes: counter('Clients that came by TLS and were let in, by all doors'),
  tls_handshakes_failed: counter(
    'Clients that were not: their handshake failed or took too long, or their certificate is not believed',
  ),
  tls_connections_cut: counter('Connections that were closed since their certificate was revoked'),
  tls_not_spoken: counter('Connections that began in plaintext where TLS is spoken'),
  tls_certificate_expires_seconds: {
    ...gauge('When the keys of this peer end, in seconds since 1970, by what they are'),
    labels: { file: ['certificate', 'ca', 'crl'] },
  },

  // The process.
  log_lines_dropped: counter('Log lines dropped because they could not be written in time'),
  peer_sent_bytes: { ...counter('Bytes sent to other peers'), formerly: 'peer_bytes_sent' },
  peer_received_bytes: {
    ...counter('Bytes received from other peers'),
    formerly: 'peer_bytes_received',
  },
  tick_late_ms: histogram(
    'How late each tick of the peer came, so how long a turn held it up, in seconds',
    lateness,
  ),
  tick_late_own_ms: histogram(
    'The same without what the peer waited for a processor meanwhile: what its own work held up, in seconds',
    lateness,
  ),
  pause_ms: histogram(
    'How long this process stood still when it should not have, in seconds',
    milliseconds,
  ),
} as const satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof metricTable;

/** Times are kept in milliseconds here and told in seconds. */
const ofTime = /_ms$/;

export function isOfTime(name: MetricName): boolean {
  return ofTime.test(name);
}

/** Gives the name that scrapers see. */
export function exportedName(name: MetricName): string {
  return withKind(name, name.replace(ofTime, '_seconds'));
}

/** Gives the name under which the version before told the same, in milliseconds where it is a time; undefined: that, or none. */
export function formerName(name: MetricName): string | undefined {
  const { formerly }: MetricDescription = metricTable[name];
  const before = formerly === undefined && isOfTime(name) ? name : formerly;
  return typeof before === 'string' ? withKind(name, before) : undefined;
}

function withKind(name: MetricName, shown: string): string {
  return metricTable[name].kind === 'counter' ? `quoll_${shown}_total` : `quoll_${shown}`;
}
