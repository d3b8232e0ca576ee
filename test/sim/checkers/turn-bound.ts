import type { Costs } from '../costs.ts';
import { InvariantViolated } from '../node-view.ts';

export type WorkKind =
  'request' | 'message' | 'piece' | 'prepare' | 'expire' | 'apply' | 'read' | 'tell' | 'store';

/** How far a turn has come. */
interface Turn {
  readonly turn: number;
  readonly turnMs: number;
}

export interface TurnBoundOptions {
  readonly peer: string;
  readonly costs: Costs;
  readonly sliceMs: number;
  /** Shared by all peers of a simulation. */
  readonly figures: TurnFigures;
}

export interface TurnFigures {
  /** Turns that took longer than a slice. */
  turnsAboveSlice: number;
}

/** Long work that is cut into slices, each kind by itself. */
const slicedKinds: ReadonlySet<WorkKind> = new Set(['prepare', 'expire', 'apply', 'tell']);
/** Twice what the applier applies between two looks at the clock: it counts bytes, and some txns change more than theirs say. */
const txnsPerLook = 32;
/** Changes of a large txn that are worth one small txn to the applier, which counts bytes. */
const changesPerTxn = 5;
/** Steps of a fan-out before the clock is looked at, each of which tells one. */
const toldPerLook = 8;
/**
 * What two Readys of a turn deliver is applied in two slices, as long as the first was not used up. Requests are decided
 * that have waited for a leader, and those that have waited for a quorum's word, in a round of either kind, and what is
 * due to be reaped, in another. Watchers are told a slice at most, and out of turn who is owed an answer.
 */
const slicesPerTurn: Partial<Record<WorkKind, number>> = {
  apply: 2,
  prepare: 4,
  tell: 2,
};
/** What a peer takes in and passes on in one turn is not sliced: on a machine as it was measured, that is two slices. */
const otherSlices = 2;
const otherMessages = 400;

/**
 * T1: no turn of a peer goes on above its bound. Each kind of long work may take a slice in it, with what is done between
 * two looks at the clock and one item, however large; all that is left together has room in two slices, or in what so
 * many messages take.
 */
export class TurnBound {
  readonly #options: TurnBoundOptions;
  readonly #largest: Record<WorkKind, number> = none();
  #spent: Record<WorkKind, number> = none();
  #turn = -1;
  /** While it recovers, a peer has nobody to answer. */
  isJudged = false;

  constructor(options: TurnBoundOptions) {
    this.#options = options;
  }

  /** Work of `ms` was done in this turn. */
  worked({ turn, turnMs }: Turn, kind: WorkKind, ms: number): void {
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#spent = none();
    }
    const { sliceMs, figures } = this.#options;
    if (turnMs > sliceMs && turnMs - ms <= sliceMs) figures.turnsAboveSlice++;
    this.#spent[kind] += ms;
    this.#largest[kind] = Math.max(this.#largest[kind], ms);
    if (!this.isJudged) return;
    const isSliced = slicedKinds.has(kind);
    const spentMs = isSliced ? this.#spent[kind] : this.#spentOtherwise(turnMs);
    const boundMs = isSliced ? this.#boundMs(kind) : this.#otherBoundMs(kind);
    if (spentMs <= boundMs) return;
    this.#broken(`${isSliced ? kind : 'other work'} took ${spentMs.toFixed(1)} of a turn`, boundMs);
  }

  /**
   * Without what is read of a log, a piece of which is decoded as a whole, and without the pieces that a batch is sent in:
   * `logPieceBytes` bounds the one and the number of the others, and is a thousandth of what it is outside in some seeds.
   */
  #spentOtherwise(turnMs: number): number {
    let otherMs = turnMs - this.#spent.read - this.#spent.piece;
    for (const kind of slicedKinds) otherMs -= this.#spent[kind];
    return otherMs;
  }

  #otherBoundMs(kind: WorkKind): number {
    const { costs, sliceMs } = this.#options;
    return Math.max(otherSlices * sliceMs, otherMessages * costs.message) + this.#largest[kind];
  }

  /** A slice, what is done until the next look at the clock, and the item that it ends with. */
  #boundMs(kind: WorkKind): number {
    const { costs, sliceMs } = this.#options;
    const untilNextLookMs: Partial<Record<WorkKind, number>> = {
      apply: txnsPerLook * (costs.txnApplied + changesPerTxn * costs.changeApplied),
      tell: toldPerLook * costs.watcherTold,
    };
    const slices = slicesPerTurn[kind] ?? 1;
    return slices * sliceMs + (untilNextLookMs[kind] ?? 0) + this.#largest[kind];
  }

  #broken(what: string, boundMs: number): never {
    const shares = Object.entries(this.#spent).filter(([, ms]) => ms > 0);
    const text = shares.map(([kind, ms]) => `${kind} ${ms.toFixed(1)}`).join(', ');
    throw new InvariantViolated(
      'T1',
      `${what} ms at ${this.#options.peer}, its bound is ${boundMs.toFixed(1)} ms (${text})`,
    );
  }
}

function none(): Record<WorkKind, number> {
  return {
    request: 0,
    message: 0,
    piece: 0,
    prepare: 0,
    expire: 0,
    apply: 0,
    read: 0,
    tell: 0,
    store: 0,
  };
}
