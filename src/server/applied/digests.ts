import type { StateDigest } from '../../model/peer-message.ts';
import { zxidEquals, type Zxid } from '../../model/zxid.ts';

/** Of each kind: by the count of txns, and by time and leader. */
const digestsKept = 4;

/** The part of a state that a digest is taken of; `lastTimeMs` is as the leaders stamped it, and the same everywhere. */
export interface DigestibleState {
  readonly lastTimeMs: number;
  digest(): string;
}

/** A peer, and what it told of its state. */
export interface ToldDigests {
  readonly digests: readonly StateDigest[];
}

/** What peers that compare their states find, from where one of them stands. */
export interface Comparison {
  /** The first zxid at which states differ. */
  readonly zxid: Zxid;
  /** By more than half of those that told of this zxid; `undecided`: there is no such half. */
  readonly verdict: 'right' | 'astray' | 'undecided';
  /** Those whose state is another one than that of the peer that compares. */
  readonly others: readonly number[];
}

/**
 * Keeps what this peer's state amounted to at the zxids at which every peer takes its digest: the same ones everywhere,
 * so that any peers can compare (invariant S1, always on). They are every so many txns, the first txn of every so many
 * milliseconds of the leader's clock, and whatever begins an epoch or changes the voters.
 */
export class StateDigests {
  readonly #everyTxns: number;
  readonly #everyMs: number;
  #recent: StateDigest[] = [];
  #marks: StateDigest[] = [];

  constructor(everyTxns: number, everyMs: number) {
    this.#everyTxns = everyTxns;
    this.#everyMs = everyMs;
  }

  /** By the count of txns; oldest first. */
  get recent(): readonly StateDigest[] {
    return this.#recent;
  }

  /** All that is kept, and the state as it stands: peers that are idle stand at the same zxid. */
  all(now: StateDigest): readonly StateDigest[] {
    const kept = [...this.#marks, ...this.#recent];
    return kept.some(({ zxid }) => zxidEquals(zxid, now.zxid)) ? kept : [...kept, now];
  }

  /** `timeBeforeMs`: what the state's `lastTimeMs` was before; undefined where an entry changed no znode. */
  applied(zxid: Zxid, state: DigestibleState, timeBeforeMs: number | undefined): void {
    const isCounted = zxid.counter % this.#everyTxns === 0;
    const isMark =
      timeBeforeMs === undefined ||
      Math.floor(timeBeforeMs / this.#everyMs) !== Math.floor(state.lastTimeMs / this.#everyMs);
    if (!isCounted && !isMark) return;
    const digest = { zxid, digest: state.digest() };
    if (isCounted) this.#recent = [...this.#recent.slice(1 - digestsKept), digest];
    if (isMark) this.#marks = [...this.#marks.slice(1 - digestsKept), digest];
  }
}

/** Compares what this peer has with what others told; undefined when all that can be compared is equal. */
export function compareStates(
  ours: readonly StateDigest[],
  told: readonly (ToldDigests & { readonly id: number })[],
): Comparison | undefined {
  for (const { zxid, digest } of ours) {
    const others: number[] = [];
    const holders = new Map([[digest, 1]]);
    let tellers = 1;
    for (const { id, digests } of told) {
      const theirs = digests.find((each) => zxidEquals(each.zxid, zxid));
      if (theirs === undefined) continue;
      tellers++;
      holders.set(theirs.digest, (holders.get(theirs.digest) ?? 0) + 1);
      if (theirs.digest !== digest) others.push(id);
    }
    if (others.length === 0) continue;
    const [most] = [...holders].filter(([, count]) => 2 * count > tellers);
    const verdict = most === undefined ? 'undecided' : most[0] === digest ? 'right' : 'astray';
    return { zxid, verdict, others: others.sort((left, right) => left - right) };
  }
  return undefined;
}
