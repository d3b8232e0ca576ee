import type { WriteRequest } from '../../model/request.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Applier } from '../applied/applier.ts';
import type { LeaderDecisions } from './leader-decisions.ts';

interface LingeringParts {
  readonly leader: Pick<LeaderDecisions, 'canDecide'>;
  readonly applier: Pick<Applier, 'state'>;
  readonly clock: Pick<Clock, 'after'>;
}

/** What lingers is decided after this at the latest: a little more than it takes to grant a lock and to release it. */
const lingerMs = 5;
/** So many at a time make a round worth while. */
export const lingeringMax = 1_000;

/**
 * On a leader, lets who enters the queue of a lock behind others wait for the next write, to be proposed in one round with
 * it. Nothing is granted to him before one of those leaves, which is such a write. While a lock changes hands, every entry
 * would else cost all peers a round of its own. Whatever comes in ends it, so that nothing passes what lingers.
 */
export class Lingering {
  readonly #parts: LingeringParts;
  readonly #over: () => void;
  #timer: Timer | undefined;

  constructor(parts: LingeringParts, over: () => void) {
    this.#parts = parts;
    this.#over = over;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  isFor(request: WriteRequest): boolean {
    // Others may share what is not exclusive, and are granted it at once.
    if (request.kind !== 'acquireLock' || request.mode !== 'exclusive') return false;
    if (request.tryOnly) return false;
    const { leader, applier } = this.#parts;
    return leader.canDecide && applier.state.lockQueue(request.queue) !== undefined;
  }

  begin(): void {
    this.#timer ??= this.#parts.clock.after(lingerMs, () => {
      this.end();
    });
  }

  end(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#over();
  }
}
