import type { ConnectionId, ServerId } from '../../model/ids.ts';
import type { Membership } from '../../model/membership.ts';
import type { AdvertisedAddresses, PeerReport } from '../../model/peer-message.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PeerView } from '../../service/coordination-service.ts';

interface HeardReport {
  readonly report: PeerReport;
  readonly atMs: number;
}

/** What the configuration of this peer says. */
export interface Configured {
  readonly voters: readonly ServerId[];
  /** Of which there is a line. */
  readonly lines: readonly ServerId[];
}

const noAddresses: AdvertisedAddresses = Object.freeze({ http: '', grpc: '', zookeeper: '' });

/**
 * Keeps who is where, as the leader gathers it from its learners and hands it round. Only ever for people and clients.
 */
export class ClusterReports {
  readonly #clock: Clock;
  readonly #downAfterMs: number;
  /** On the leader, what learners say of themselves; on a learner, what the leader says of all. */
  readonly #heard = new Map<ServerId, HeardReport>();
  readonly #byConnection = new Map<ConnectionId, ServerId>();

  constructor(clock: Clock, downAfterMs: number) {
    this.#clock = clock;
    this.#downAfterMs = downAfterMs;
  }

  /** A learner of ours. True when it is a new one. */
  onReport(connection: ConnectionId, report: PeerReport): boolean {
    const isNew = !this.#byConnection.has(connection);
    this.#byConnection.set(connection, report.id);
    this.#heard.set(report.id, { report, atMs: this.#clock.now() });
    return isNew;
  }

  /** Our leader's list. */
  onReports(reports: readonly PeerReport[]): void {
    const atMs = this.#clock.now();
    this.#heard.clear();
    for (const report of reports) this.#heard.set(report.id, { report, atMs });
  }

  /** True when it was that of a learner. */
  drop(connection: ConnectionId): boolean {
    const id = this.#byConnection.get(connection);
    if (id === undefined) return false;
    this.#byConnection.delete(connection);
    if (![...this.#byConnection.values()].includes(id)) this.#heard.delete(id);
    return true;
  }

  /** Nobody vouches for the list any more; the addresses in it stay useful for a while. */
  leaderChanged(): void {
    this.#byConnection.clear();
    // Whoever led does not lead any more, and is down until it is heard of again.
    for (const [id, { report }] of this.#heard) {
      if (report.role === 'leader') this.#heard.set(id, { report, atMs: Number.NEGATIVE_INFINITY });
    }
  }

  /** The learners that reported, for handing the list round. */
  get connections(): Iterable<ConnectionId> {
    return this.#byConnection.keys();
  }

  /** On the leader: what the learners said last; who serves tells of itself, so these do. */
  *learners(): Iterable<PeerReport> {
    for (const id of new Set(this.#byConnection.values())) {
      const heard = this.#heard.get(id);
      if (heard !== undefined) yield heard.report;
    }
  }

  addressesOf(id: ServerId): AdvertisedAddresses | undefined {
    return this.#heard.get(id)?.report.addresses;
  }

  *addresses(): Iterable<[ServerId, AdvertisedAddresses]> {
    for (const [id, { report }] of this.#heard) yield [id, report.addresses];
  }

  /** On the leader: learners whose logs reach back to `after`, the furthest first. */
  holdersOf(after: Zxid): readonly ConnectionId[] {
    const holders: { readonly connection: ConnectionId; readonly logBase: Zxid }[] = [];
    for (const [connection, id] of this.#byConnection) {
      const logBase = this.#heard.get(id)?.report.logBase;
      if (logBase !== undefined && compareZxid(logBase, after) <= 0) {
        holders.push({ connection, logBase });
      }
    }
    return holders
      .sort((left, right) => compareZxid(left.logBase, right.logBase))
      .map(({ connection }) => connection);
  }

  /** On the leader: it is a learner of ours, and has told of itself. */
  isConnected(id: ServerId): boolean {
    return [...this.#byConnection.values()].includes(id);
  }

  all(self: PeerReport): PeerReport[] {
    const now = this.#clock.now();
    const others = [...this.#heard.values()].filter(
      ({ report, atMs }) => report.id !== self.id && now - atMs <= this.#downAfterMs,
    );
    return [self, ...others.map(({ report }) => report)];
  }

  view(
    self: PeerReport,
    { voters: configuredVoters, lines }: Configured,
    membership: Membership | null,
  ): PeerView[] {
    const now = this.#clock.now();
    const voters = new Set(membership?.voters.map((voter) => voter.id) ?? configuredVoters);
    const members = membership?.members?.map(({ id }) => id) ?? [];
    const ids = new Set<ServerId>([self.id, ...configuredVoters, ...voters, ...members]);
    for (const id of this.#heard.keys()) ids.add(id);
    const isConfigured = (id: ServerId): boolean => lines.includes(id);
    const isRemoved = (id: ServerId): boolean =>
      membership?.removed?.some((removed) => removed.id === id) === true;
    return [...ids]
      .sort((left, right) => left - right)
      .map((id): PeerView => {
        if (id === self.id) {
          const isOut = isRemoved(id);
          return {
            ...self,
            state: 'up',
            lagMs: 0,
            isConfigured: isConfigured(id),
            isRemoved: isOut,
          };
        }
        const heard = this.#heard.get(id);
        const isUp = heard !== undefined && now - heard.atMs <= this.#downAfterMs;
        return {
          id,
          role: isUp ? heard.report.role : 'unknown',
          state: isUp ? 'up' : 'down',
          addresses: heard?.report.addresses ?? noAddresses,
          lastZxid: heard?.report.lastZxid ?? zeroZxid,
          lagMs: isUp ? Math.round(now - heard.atMs) : undefined,
          votes: isUp ? heard.report.votes : voters.has(id),
          isConfigured: isConfigured(id),
          isRemoved: isRemoved(id),
        };
      });
  }
}
