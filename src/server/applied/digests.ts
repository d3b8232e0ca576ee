import type { StateDigest } from '../../model/peer-message.ts';
import { zxidEquals, type Zxid } from '../../model/zxid.ts';

const digestsKept = 4;

/**
 * Keeps what this peer's state amounted to at the zxids at which every peer takes its digest: the same ones everywhere,
 * so that any two peers can compare (invariant S1, always on).
 */
export class StateDigests {
  readonly #everyTxns: number;
  #recent: StateDigest[] = [];

  constructor(everyTxns: number) {
    this.#everyTxns = everyTxns;
  }

  /** Oldest first. */
  get recent(): readonly StateDigest[] {
    return this.#recent;
  }

  applied(zxid: Zxid, state: { digest(): string }): void {
    if (zxid.counter % this.#everyTxns !== 0) return;
    this.#recent = [...this.#recent.slice(1 - digestsKept), { zxid, digest: state.digest() }];
  }

  /** The first of another peer's digests that differs from ours of the same zxid. */
  contradiction(theirs: readonly StateDigest[]): StateDigest | undefined {
    return theirs.find(({ zxid, digest }) =>
      this.#recent.some((ours) => zxidEquals(ours.zxid, zxid) && ours.digest !== digest),
    );
  }
}
