import type { Costs } from '../costs.ts';
import { InvariantViolated } from '../node-view.ts';

export type WorkKind = 'request' | 'message' | 'prepare' | 'expire' | 'apply' | 'tell' | 'store';

/** How far a turn has come. */
interface Turn {
  readonly turn: number;
  readonly turnMs: number;
}

export interface TurnBoundOptions {
  readonly peer: string;
  readonly costs: Costs;
  readonly sliceMs: number;
  readonly itemsPerServing: number;
  /** Shared by all peers of a simulation. */
  readonly figures: TurnFigures;
}

export interface TurnFigures {
  /** Turns that took longer than a slice. */
  turnsAboveSlice: number;
}

/** The applier looks at the clock after so many txns of one change, or after fewer that carry more. */
const txnsPerLook = 64;
/** Changes of a large txn that are worth one small txn to the applier, which counts bytes. */
const changesPerTxn = 4;
/** Outlets that are served before the clock is looked at. */
const servingsPerLook = 16;
/** What a peer does beside its sliced work: what it was sent, and what it sends of that. */
const otherSlices = 2;

/**
 * T1: no turn of a peer goes on above its bound. Each kind of long work may take a slice in it, with what is done between
 * two looks at the clock and one item, however large; what is left has room in two slices more.
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
    if (kind === 'expire' || kind === 'apply' || kind === 'tell') this.#judgeSlice(kind);
    const boundMs =
      this.#boundMs('expire') +
      this.#boundMs('apply') +
      this.#boundMs('tell') +
      otherSlices * sliceMs +
      this.#largest[kind];
    if (turnMs > boundMs) this.#broken(`a turn took ${turnMs.toFixed(1)}`, boundMs);
  }

  #judgeSlice(kind: 'expire' | 'apply' | 'tell'): void {
    const spentMs = this.#spent[kind];
    const boundMs = this.#boundMs(kind);
    if (spentMs > boundMs) this.#broken(`${kind} took ${spentMs.toFixed(1)} of a turn`, boundMs);
  }

  /** A slice, what is done until the next look at the clock, and the item that it ends with. */
  #boundMs(kind: 'expire' | 'apply' | 'tell'): number {
    const { costs, sliceMs, itemsPerServing } = this.#options;
    const untilNextLookMs = {
      expire: 0,
      apply: txnsPerLook * (costs.txnApplied + changesPerTxn * costs.changeApplied),
      tell: servingsPerLook * itemsPerServing * costs.watcherTold,
    };
    return sliceMs + untilNextLookMs[kind] + this.#largest[kind];
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
  return { request: 0, message: 0, prepare: 0, expire: 0, apply: 0, tell: 0, store: 0 };
}
