import type { Ghost } from './ghost.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

interface ClockWorld {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly trace: Trace;
  readonly nodes: readonly PeerNode[];
  readonly ghost: Pick<Ghost, 'committed'>;
}

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;
const jumpsMs = [0, 0, hourMs, -hourMs, 24 * hourMs, yearMs, -yearMs];

/** A jump of a wall clock is at least so far; what is nearer to the truth than half of it comes from no such jump. */
export const jumpMsMin = hourMs;

/**
 * Sets the wall clock of one peer far from the truth, and right again. Of one only: a leader knows the others' clocks by
 * readings a second old, or older when somebody stood still, so that of two in turn both might be wrong for it.
 */
export class ClockFaults {
  readonly #world: ClockWorld;
  readonly #victim: number;
  readonly isOn: boolean;
  #isStopped = false;

  constructor(world: ClockWorld) {
    this.#world = world;
    this.isOn = world.random.chance(0.5);
    this.#victim = world.random.below(world.nodes.length);
  }

  start(): void {
    const { random } = this.#world;
    if (this.isOn) this.#later(random.pick([500, 2_000]));
  }

  /** It stays as wrong as it is. */
  stop(): void {
    this.#isStopped = true;
  }

  #later(meanMs: number): void {
    const { scheduler, random } = this.#world;
    scheduler.after(random.exponential(meanMs), () => {
      if (this.#isStopped) return;
      this.#jump();
      this.#later(meanMs);
    });
  }

  #jump(): void {
    const { scheduler, random, trace, nodes, ghost } = this.#world;
    // Until a time is recorded two clocks that differ are as good as each other.
    if (ghost.committed.length < 2) return;
    const node = nodes[this.#victim];
    const byMs = random.pick(jumpsMs);
    if (node === undefined) return;
    trace.note(scheduler.nowMs, node.id, '!! wall clock', byMs);
    node.setWall(byMs);
  }
}
