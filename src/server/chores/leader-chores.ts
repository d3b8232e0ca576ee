import type { ServerId } from '../../model/ids.ts';
import type { AdvertisedAddresses } from '../../model/peer-message.ts';
import type { Txn } from '../../model/txn.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Applier } from '../applied/applier.ts';
import type { WritePath } from '../requests/write-path.ts';
import type { EnsembleServerOptions } from '../options.ts';
import type { SessionLiveness } from '../sessions/liveness.ts';
import type { SteadyClock } from '../steady-clock.ts';
import { EnsembleConfig } from './ensemble-config.ts';
import { Reaper } from './reaper.ts';
import { UpgradeFinish } from './upgrade-finish.ts';

interface LeaderChoresParts {
  readonly applier: Applier;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly steady: SteadyClock;
  readonly options: Pick<EnsembleServerOptions, 'serverLines' | 'tuning' | 'finishesUpgrades'>;
  readonly writes: Pick<WritePath, 'decideHere'>;
  /** Of which only the leader lets any expire. */
  readonly sessions: Pick<SessionLiveness, 'leading' | 'leadershipEnded'>;
  /** Of the peers that told where their clients reach them. */
  addresses(): ReadonlyMap<ServerId, AdvertisedAddresses>;
}

/**
 * Does what a peer does of its own accord while it leads, and only then: it ends sessions that expired, reaps containers
 * and TTL znodes, keeps `/zookeeper/config`, and finishes upgrades where it is told to. Each is decided here as a request of no client, or not at all.
 */
export class LeaderChores {
  readonly #sessions: LeaderChoresParts['sessions'];
  readonly #reaper: Reaper;
  readonly #config: EnsembleConfig;
  /** Undefined where somebody does it by hand. */
  readonly #upgrade: UpgradeFinish | undefined;

  constructor(parts: LeaderChoresParts) {
    const { applier, clock, metrics, steady, options, writes } = parts;
    this.#sessions = parts.sessions;
    this.#reaper = new Reaper({
      applier,
      clock,
      steady,
      metrics,
      tuning: options.tuning,
      reap: (request, done) => {
        writes.decideHere(request, done);
      },
    });
    this.#config = new EnsembleConfig({
      applier,
      clock,
      lines: options.serverLines,
      addresses: parts.addresses.bind(parts),
      propose: (request, identities, done) => {
        writes.decideHere(request, done, identities);
      },
    });
    if (options.finishesUpgrades) {
      this.#upgrade = new UpgradeFinish({
        applier,
        clock,
        raise: (request, done) => {
          writes.decideHere(request, done);
        },
      });
    }
  }

  /** This peer can decide requests as leader. Also when it could before. */
  leading(): void {
    this.#sessions.leading();
    this.#reaper.leading();
    this.#config.leading();
    this.#upgrade?.leading();
  }

  leadershipEnded(): void {
    this.#sessions.leadershipEnded();
    this.#reaper.leadershipEnded();
    this.#config.leadershipEnded();
    this.#upgrade?.leadershipEnded();
  }

  /** Every tick, whoever leads. */
  tick(): void {
    this.#reaper.tick();
    this.#config.tick();
    this.#upgrade?.tick();
  }

  applied(txn: Txn): void {
    this.#reaper.applied(txn);
  }

  /** A peer told where its clients reach it, or told something new. */
  addressesChanged(): void {
    this.#config.heard();
  }
}
