import { StateDiverged } from '../../src/server/applied/state-diverged.ts';
import type { Faults } from './faults.ts';
import type { Ghost } from './ghost.ts';
import { InvariantViolated } from './node-view.ts';
import type { SimulationOptions } from './options.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

interface DivergenceWorld {
  readonly scheduler: Scheduler;
  /** Nobody else draws from it: seeds without an altered state stay what they were. */
  readonly random: Prng;
  readonly trace: Trace;
  readonly nodes: readonly PeerNode[];
  readonly ghost: Ghost;
  readonly faults: Faults;
  readonly options: SimulationOptions;
}

const seedsWithDivergence = 0.25;
/** Its operator looks again whether the others can spare its data. */
const lookAgainMs = 500;

/**
 * Alters the state of one peer in its memory, and is the operator of those that stop because of it. D2: the majority
 * decides. Only who was altered is said to be wrong, and then its disk says so and no process ever starts on that; until
 * it is known who is wrong, no snapshot is lent; at the end all states are equal again.
 */
export class Divergence {
  readonly figures = { statesAltered: 0, statesDisputed: 0, statesCondemned: 0 };
  readonly #world: DivergenceWorld;
  readonly #isOn: boolean;
  #altered: PeerNode | undefined;
  #isVoid = false;

  constructor(world: DivergenceWorld) {
    this.#world = world;
    const { voters, faults } = world.options;
    // Without a majority beside it nobody can tell, and of two disks that are lost the second is an operator's case.
    const isPossible = voters >= 3 && !Number.isFinite(faults.wipeMs);
    this.#isOn = world.random.chance(seedsWithDivergence) && isPossible;
  }

  start(): void {
    const { random, scheduler, nodes, options } = this.#world;
    if (!this.#isOn) return;
    scheduler.at(options.durationMs * random.between(0.1, 0.6), () => {
      this.#alter(random.pick(nodes));
    });
  }

  /** An altered state was lent before anybody could know: there is nothing more to judge. */
  get isVoid(): boolean {
    return this.#isVoid;
  }

  /** It may differ from the others, until it has lost. */
  mayDiffer(node: PeerNode): boolean {
    return node === this.#altered;
  }

  get areAllEqual(): boolean {
    if (this.#altered === undefined) return true;
    const digests = this.#world.nodes.map(({ server }) => server?.peer?.applier.state.digest());
    return new Set(digests).size === 1;
  }

  lends(node: PeerNode): void {
    if (node.server?.peer?.reporting.isInDispute === true) {
      throw new InvariantViolated('D2', `peer ${String(node.id)} lends a snapshot in a dispute`);
    }
    if (node === this.#altered) this.#isVoid = true;
  }

  /** A peer starts from what its disk holds. */
  starts(node: PeerNode): void {
    if (!node.isCondemned) return;
    throw new InvariantViolated('D2', `peer ${String(node.id)} starts, and its state was wrong`);
  }

  stopped(node: PeerNode, cause: unknown): void {
    const { random } = this.#world;
    node.crash();
    const isWrong = !(cause instanceof StateDiverged) || cause.verdict === 'astray';
    const what = `peer ${String(node.id)}: ${String(cause)}`;
    if (this.#altered === undefined || (isWrong && node !== this.#altered)) {
      throw new InvariantViolated('D2', `a right state was condemned: ${what}`);
    }
    if (isWrong !== node.isCondemned) {
      throw new InvariantViolated('D2', `its disk says something else: ${what}`);
    }
    if (!isWrong) this.figures.statesDisputed++;
    else if (cause instanceof StateDiverged) this.figures.statesCondemned++;
    // Some are started again as they are, which is refused to those whose disk says that they were wrong.
    if (!isWrong || (cause instanceof StateDiverged && random.chance(0.5))) node.start(100);
    else this.#replace(node);
  }

  #alter(node: PeerNode): void {
    alterState(node, () => {
      const { trace, scheduler } = this.#world;
      trace.note(scheduler.nowMs, node.id, '!! state altered');
      this.figures.statesAltered++;
      this.#altered = node;
    });
  }

  /** It gets its data from the others, as its last line says. */
  #replace(node: PeerNode): void {
    const { scheduler, trace, ghost, faults } = this.#world;
    if (!faults.canSpare(node)) {
      scheduler.after(lookAgainMs, () => {
        this.#replace(node);
      });
      return;
    }
    trace.note(scheduler.nowMs, node.id, '!! was wrong, wiped');
    ghost.wiped.set(node.nonce, { ...node.durable, log: [...node.durable.log] });
    node.crash();
    node.wipe();
    node.start(100);
  }
}

/** What clients create and nobody deletes. */
const neverDeleted = /^\/[hm]\//;

/** Its memory fails it: the next such znode that it creates has another time than everywhere else. */
function alterState(node: PeerNode, altered: () => void): void {
  const state = node.server?.peer?.applier.state;
  if (state === undefined) return;
  const apply = state.apply.bind(state);
  state.apply = (zxid, txn) => {
    const timeMs = txn.timeMs - 1;
    const isKept = txn.changes.some(
      (change) => change.change === 'create' && neverDeleted.test(change.path),
    );
    if (!isKept || timeMs <= state.lastTimeMs) return apply(zxid, txn);
    state.apply = apply;
    altered();
    return apply(zxid, { ...txn, timeMs });
  };
}
