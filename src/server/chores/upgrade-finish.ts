import { newestLevel } from '../../model/level.ts';
import { levelOf } from '../../model/membership.ts';
import type { RaiseLevelRequest } from '../../model/request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Applier } from '../applied/applier.ts';

interface UpgradeFinishParts {
  readonly applier: Pick<Applier, 'membership'>;
  readonly clock: Clock;
  /** Proposes it, or refuses. */
  raise(request: RaiseLevelRequest, done: () => void): void;
}

/** A refusal costs nothing, and a peer that is missing comes when it comes. */
const tryEveryMs = 1_000;

/** Finishes an upgrade for the leader, as soon as every server that is known is there and knows the level. */
export class UpgradeFinish {
  readonly #parts: UpgradeFinishParts;
  #isLeading = false;
  #isUnderWay = false;
  #tryAtMs = 0;

  constructor(parts: UpgradeFinishParts) {
    this.#parts = parts;
  }

  leading(): void {
    this.#isLeading = true;
  }

  leadershipEnded(): void {
    this.#isLeading = false;
  }

  tick(): void {
    const { applier, clock } = this.#parts;
    const { membership } = applier;
    if (!this.#isLeading || this.#isUnderWay || membership === null) return;
    if (levelOf(membership) >= newestLevel || clock.now() < this.#tryAtMs) return;
    this.#tryAtMs = clock.now() + tryEveryMs;
    this.#isUnderWay = true;
    this.#parts.raise({ kind: 'raiseLevel', level: newestLevel, isTrial: false }, () => {
      this.#isUnderWay = false;
    });
  }
}
