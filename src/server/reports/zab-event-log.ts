import type { Membership } from '../../model/membership.ts';
import type { Audit } from '../../ports/audit.ts';
import type { Logger, LogLevel } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ZabEvent } from '../../zab/ready.ts';

const levels = {
  looking: 'info',
  elected: 'info',
  leading: 'info',
  established: 'info',
  upToDate: 'info',
  learnerSynchronizing: 'info',
  learnerReady: 'info',
  learnerLost: 'warn',
  admitting: 'info',
  learnerRemoved: 'info',
  membershipHeard: 'info',
  demoted: 'warn',
  removed: 'warn',
  readmitting: 'warn',
  membershipChanged: 'info',
  handingOver: 'info',
  handedOver: 'info',
  handOverAbandoned: 'warn',
  leaderSpeaksOlder: 'info',
  levelRaised: 'info',
  waitingForVoters: 'info',
  seedsDiffer: 'warn',
  founded: 'info',
  waitingForReadmission: 'warn',
  foreignPeer: 'warn',
  twinRefused: 'warn',
  isTwin: 'warn',
  protocolViolation: 'warn',
} as const satisfies Record<ZabEvent['event'], LogLevel>;

/** Writes what the protocol reports, as log lines and counters; who votes is in the audit log as well. */
export function reportZabEvent(
  event: ZabEvent,
  {
    logger,
    metrics,
    audit,
  }: { readonly logger: Logger; readonly metrics: Metrics; readonly audit: Audit },
): void {
  const { event: name, ...fields } = inWords(event);
  logger.log(levels[name], name, fields);
  const counter = counterOf(name);
  if (counter !== undefined) metrics.count(counter);
  if (event.event === 'founded' || event.event === 'membershipChanged') {
    const detail = describeVoters(event.membership);
    audit.record({ event: 'membership', who: [], op: event.event, detail });
  }
}

/** Who restores peers must be told which of them got another copy, and what to do. */
function inWords(event: ZabEvent): ZabEvent & { readonly message?: string } {
  return event.event === 'seedsDiffer' ? { ...event, message: describeSeeds(event) } : event;
}

function describeSeeds({ own, others }: Extract<ZabEvent, { event: 'seedsDiffer' }>): string {
  const from = (seed: string | undefined): string =>
    seed === undefined ? 'is empty' : `was made from copy ${seed.slice(0, 16)}`;
  const differing = others.map(({ id, seed }) => `server ${String(id)} ${from(seed)}`).join(', ');
  return (
    `the data of this peer ${own === undefined ? 'are empty' : `were made from copy ${own.slice(0, 16)}`}, but ${differing}: ` +
    'nothing is founded with peers that begin with different data. Make the directory of every peer by the same command ' +
    'from the same file (quoll restore FILE --data-dir DIR --server-id N), or start a majority that has it with ' +
    '--bootstrap: empty peers then get its data'
  );
}

function describeVoters({ voters }: Membership): string {
  return `voters ${voters.map(({ id }) => String(id)).join(', ')}`;
}

function counterOf(name: ZabEvent['event']): string | undefined {
  switch (name) {
    case 'looking':
      return 'elections';
    case 'established':
    case 'upToDate':
      return 'leader_changes';
    case 'handedOver':
      return 'hand_overs';
    case 'learnerReady':
      return 'synchronizations';
    case 'protocolViolation':
      return 'protocol_violations';
    default:
      return undefined;
  }
}

/** Gives what a first start or a wiped peer waits for, in words for `/readyz`. */
export function waitingFor(event: ZabEvent): string | undefined {
  if (event.event === 'waitingForReadmission') {
    return 'the data of this peer is new; a leader has to give it its vote back';
  }
  if (event.event === 'seedsDiffer') return describeSeeds(event);
  if (event.event !== 'waitingForVoters') return undefined;
  return `a first start waits for every voter, and has not heard server ${event.missing.join(', ')}`;
}
