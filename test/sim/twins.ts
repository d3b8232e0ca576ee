import type { ServerId } from '../../src/model/ids.ts';
import type { ZabEvent } from '../../src/zab/ready.ts';
import type { CoreNode } from './core-node.ts';
import type { Ghost } from './ghost.ts';
import { InvariantViolated } from './node-view.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';
import type { Watcher } from './watch.ts';

interface TwinWorld {
  readonly scheduler: Scheduler;
  /** Nobody else draws from it: seeds without twins stay what they were. */
  readonly random: Prng;
  readonly trace: Trace;
  readonly nodes: readonly CoreNode[];
  readonly ghost: Ghost;
  readonly syncLimitMs: number;
  /** A process with an empty disk of its own, under the id of a node. */
  readonly make: (original: CoreNode, watcher: Watcher) => CoreNode;
}

/** Some seeds have twins; the mean time between two is drawn, and so is how long one is tried. */
const seedsWithTwins = 0.25;
const lookEveryMs = 5;
/** For so long after a twin has ended its last messages may be under way. */
const twinsRememberedMs = 10_000;

/**
 * Starts second processes under the server ids of living peers. V2: no leader follows both for long. A twin goes with its
 * original: what comes after a death is a replacement, and the wipes see to those.
 */
export class Twins {
  readonly #world: TwinWorld;
  readonly figures = { twins: 0, twinsRefused: 0 };
  readonly #meanMs: number;
  #living: { readonly twin: CoreNode; readonly original: CoreNode } | undefined;
  #isHealed = false;
  #endedMs = Number.NEGATIVE_INFINITY;

  constructor(world: TwinWorld) {
    this.#world = world;
    const { random } = world;
    this.#meanMs = random.chance(seedsWithTwins)
      ? random.between(200, 3_000)
      : Number.POSITIVE_INFINITY;
  }

  start(): void {
    if (Number.isFinite(this.#meanMs)) this.#later();
  }

  /** The operators have found them all. */
  heal(): void {
    this.#isHealed = true;
    this.#end();
  }

  /** V3: nobody is taken for a twin who has none. */
  checkStopped(id: ServerId): void {
    const { scheduler } = this.#world;
    if (scheduler.nowMs - this.#endedMs < twinsRememberedMs) return;
    if (this.#living?.original.id === id) return;
    throw new InvariantViolated('V3', `peer ${String(id)} was sent away as a twin, and is alone`);
  }

  /** A leader gives the twin its original's seat, which fell silent: its identity counts, and its disk is gone with it. */
  readmitting(id: ServerId): void {
    const living = this.#living;
    if (living?.twin.id !== id) return;
    const { nonce, durable } = living.twin;
    this.#world.ghost.wiped.set(nonce, { ...durable, log: [...durable.log] });
    this.#end();
  }

  #later(): void {
    const { scheduler, random } = this.#world;
    scheduler.after(random.exponential(this.#meanMs), () => {
      if (this.#isHealed) return;
      this.#begin();
      this.#later();
    });
  }

  #begin(): void {
    const { random, nodes, ghost, make, trace, scheduler } = this.#world;
    const original = random.pick(nodes);
    if (this.#living !== undefined || !original.isUp || ghost.membership === undefined) return;
    this.figures.twins++;
    trace.note(scheduler.nowMs, original.id, '!! twin');
    const twin = make(original, this.#watcher(original));
    this.#living = { twin, original };
    twin.start(0);
    this.#look(scheduler.nowMs + random.between(100, 5_000));
  }

  #look(untilMs: number): void {
    const { scheduler } = this.#world;
    scheduler.after(lookEveryMs, () => {
      if (this.#living === undefined) return;
      const { twin, original } = this.#living;
      if (twin.isUp && original.isUp && scheduler.nowMs < untilMs) this.#look(untilMs);
      else this.#end();
    });
  }

  #end(): void {
    const living = this.#living;
    if (living === undefined) return;
    const { scheduler, trace } = this.#world;
    trace.note(scheduler.nowMs, living.original.id, '!! twin ends');
    this.#living = undefined;
    this.#endedMs = scheduler.nowMs;
    living.twin.crash();
  }

  #watcher(original: CoreNode): Watcher {
    return {
      ...blind,
      event: (node, event: ZabEvent) => {
        if (event.event === 'isTwin') this.figures.twinsRefused++;
        if (event.event === 'upToDate') this.#checkLater(node.status.epoch, original);
      },
    };
  }

  #checkLater(epoch: number, original: CoreNode): void {
    const { scheduler, syncLimitMs } = this.#world;
    const living = this.#living;
    scheduler.after(2 * syncLimitMs, () => {
      if (living === undefined || this.#living !== living) return;
      const both = [living.twin, original];
      const areFollowed = both.every(
        ({ zab, isPaused }) =>
          !isPaused && zab?.status.isServing === true && zab.status.epoch === epoch,
      );
      if (!areFollowed) return;
      throw new InvariantViolated('V2', `two processes are followed as ${String(original.id)}`);
    });
  }
}

function ignore(): void {
  // What a twin says and writes counts for nobody.
}

/** Sees nothing. */
export const blind: Watcher = {
  booted: ignore,
  sending: ignore,
  sent: ignore,
  notifying: ignore,
  received: ignore,
  persisting: ignore,
  beforeDurable: ignore,
  afterDurable: ignore,
  delivering: ignore,
  installed: ignore,
  event: ignore,
  barrier: ignore,
};
