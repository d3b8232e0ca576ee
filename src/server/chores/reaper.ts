import { isRefusal } from '../../model/error-code.ts';
import type { Txn } from '../../model/txn.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ReapRequest } from '../../model/request.ts';
import type { OverdueSearch } from '../../state/state-machine.ts';
import type { Applier } from '../applied/applier.ts';
import type { WriteResult } from '../requests/write-path.ts';
import type { ServerTuning } from '../tuning.ts';
import type { SteadyClock } from '../steady-clock.ts';

interface ReaperParts {
  readonly applier: Applier;
  readonly clock: Clock;
  readonly steady: SteadyClock;
  readonly tuning: ServerTuning;
  readonly metrics: Metrics;
  /** Decides, here, whether it is due after all, and proposes it. */
  reap(request: ReapRequest, done: (result: WriteResult) => void): void;
}

/** From the end of one walk to the next, whatever is due meanwhile. */
const restMs = 1_000;

/**
 * Collects containers and TTL znodes for the leader (ZooKeeper's ContainerManager). Walks the tree in slices, and again
 * after the interval, or when the first TTL known of runs out. It only suggests: `prepare` decides, so that nothing is
 * removed that a proposal in flight has touched.
 */
export class Reaper {
  readonly #parts: ReaperParts;
  /** Undefined when this peer does not lead. */
  #walk: ReapWalk | undefined;

  constructor(parts: ReaperParts) {
    this.#parts = parts;
  }

  /** This peer can decide requests as leader. Also when it could before. */
  leading(): void {
    if (this.#walk !== undefined) return;
    const now = this.#parts.clock.now();
    this.#walk = { from: undefined, nextAtMs: now, due: [], inFlight: 0, allowance: 0, atMs: now };
  }

  leadershipEnded(): void {
    this.#walk = undefined;
  }

  /** A TTL znode that is made after a walk has passed may run out before the next would come. */
  applied({ changes }: Txn): void {
    const walk = this.#walk;
    if (walk === undefined) return;
    for (const change of changes) {
      if (change.change !== 'create' || change.owned.kind !== 'ttl') continue;
      const dueAtMs = this.#parts.clock.now() + change.owned.ttlMs + restMs;
      walk.nextAtMs = Math.min(walk.nextAtMs, dueAtMs);
    }
  }

  /** Every tick. */
  tick(): void {
    this.#parts.steady.look();
    const walk = this.#walk;
    if (walk === undefined) return;
    const { clock, tuning } = this.#parts;
    const now = clock.now();
    const earned = ((now - walk.atMs) * tuning.reapsPerMinuteMax) / 60_000;
    walk.allowance = Math.min(walk.allowance + earned, tuning.reapsInFlightMax);
    walk.atMs = now;
    if (walk.from === undefined && now >= walk.nextAtMs) {
      walk.from = 0;
      walk.nextAtMs = Number.POSITIVE_INFINITY;
    }
    if (walk.from !== undefined && walk.due.length === 0) this.#look(walk, walk.from);
    this.#reapDue(walk);
  }

  #look(walk: ReapWalk, from: number): void {
    const { applier, clock, steady, tuning } = this.#parts;
    const search = applier.state.findOverdue(from, tuning.reapSliceZnodes, steady.reapTime());
    walk.due = [...search.overdue];
    walk.from = search.next;
    const now = clock.now();
    const nextDueInMs = Math.min(search.nextDueInMs, tuning.reapEveryMs);
    walk.nextAtMs = Math.min(walk.nextAtMs, now + Math.max(nextDueInMs, restMs));
  }

  /** For a slice: after a pause, what may be reaped at once has added up. */
  #reapDue(walk: ReapWalk): void {
    const { clock, tuning, metrics } = this.#parts;
    const until = clock.now() + tuning.sliceMs;
    while (walk.due.length > 0 && walk.allowance >= 1 && walk.inFlight < tuning.reapsInFlightMax) {
      if (clock.now() > until) return;
      const found = walk.due.pop();
      if (found === undefined) return;
      walk.allowance--;
      walk.inFlight++;
      this.#parts.reap({ kind: 'reap', ...found }, (result) => {
        walk.inFlight--;
        if (!isRefusal(result)) metrics.count('znodes_reaped');
      });
    }
  }
}

/** Of one leadership. */
interface ReapWalk {
  /** Where it goes on; undefined between two walks. */
  from: number | undefined;
  /** When the next begins. */
  nextAtMs: number;
  due: OverdueSearch['overdue'][number][];
  inFlight: number;
  /** Reaps that may be proposed now; grows with time. */
  allowance: number;
  atMs: number;
}
