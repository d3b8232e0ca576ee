import { utf8 } from '../../src/base/bytes.ts';
import type { BarrierChecker } from './checkers/barriers.ts';
import type { CoreNode } from './core-node.ts';
import type { WorkloadOptions } from './options.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';

/** Proposes at whoever thinks it leads, and asks for read barriers everywhere. */
export class Workload {
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #nodes: readonly CoreNode[];
  readonly #barriers: BarrierChecker;
  readonly #options: WorkloadOptions;
  #proposed = 0;
  #asked = 0;
  #isStopped = false;

  constructor(
    world: {
      readonly scheduler: Scheduler;
      readonly random: Prng;
      readonly nodes: readonly CoreNode[];
    },
    barriers: BarrierChecker,
    options: WorkloadOptions,
  ) {
    this.#scheduler = world.scheduler;
    this.#random = world.random;
    this.#nodes = world.nodes;
    this.#barriers = barriers;
    this.#options = options;
  }

  get proposed(): number {
    return this.#proposed;
  }

  start(): void {
    this.#again(this.#options.proposalMs, () => {
      this.#propose();
    });
    this.#again(this.#options.barrierMs, () => {
      this.#ask();
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #again(meanMs: number, run: () => void): void {
    this.#scheduler.after(this.#random.exponential(meanMs), () => {
      if (this.#isStopped) return;
      run();
      this.#again(meanMs, run);
    });
  }

  #propose(): void {
    const count = 1 + this.#random.below(this.#options.burstMax);
    for (const node of this.#nodes) {
      if (node.zab?.status.role !== 'leading') continue;
      node.turn((zab) => {
        for (let index = 0; index < count; index++) {
          if (zab.nextZxid() === undefined) return;
          zab.propose(utf8(String(++this.#proposed)));
        }
      });
    }
  }

  #ask(): void {
    const node = this.#random.pick(this.#nodes);
    const mode = this.#random.chance(0.8) ? 'barrier' : 'sync';
    node.turn((zab) => {
      const id = ++this.#asked;
      this.#barriers.asked(id);
      zab.readBarrier(id, mode);
    });
  }
}
