import type { ServerId } from '../../src/model/ids.ts';
import type { ZabStatus } from '../../src/zab/ready.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';

interface HandingNode {
  readonly id: ServerId;
  readonly zab: { readonly status: ZabStatus } | undefined;
}

/** Of the seeds: in the others nobody gives way by its own will, as when the older ones were saved. */
const seedsWithHandOvers = 0.5;

/** An operator who moves leadership about, to anybody or to whoever is furthest, whatever else happens. */
export class HandOvers<Node extends HandingNode> {
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #nodes: readonly Node[];
  readonly #ask: (node: Node, to: ServerId | undefined) => void;
  #isOver = false;

  /**
   * `random` is nobody else's: what others draw stays as it was. `ask`: that the peer give way; one that does not lead, or
   * may not, refuses.
   */
  constructor(
    scheduler: Scheduler,
    random: Prng,
    nodes: readonly Node[],
    ask: (node: Node, to: ServerId | undefined) => void,
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#nodes = nodes;
    this.#ask = ask;
  }

  start(): void {
    if (!this.#random.chance(seedsWithHandOvers)) return;
    this.#again(this.#random.pick([150, 500, 2_000]));
  }

  stop(): void {
    this.#isOver = true;
  }

  #again(meanMs: number): void {
    this.#scheduler.after(this.#random.exponential(meanMs), () => {
      if (this.#isOver) return;
      const to = this.#random.chance(0.5) ? undefined : this.#random.pick(this.#nodes).id;
      for (const node of this.#nodes) {
        if (node.zab?.status.role === 'leading') this.#ask(node, to);
      }
      this.#again(meanMs);
    });
  }
}
