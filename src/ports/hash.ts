import type { ChainHash, EntryKind } from '../model/log-entry.ts';
import type { Zxid } from '../model/zxid.ts';

/** Hashes. Pure: the same bytes give the same hash on every machine and in the simulator. */
export interface Hash {
  sha256(bytes: Uint8Array): Uint8Array;
  /** The same over bytes that come in pieces: a snapshot is never in memory as a whole. */
  sha256Stream(): Sha256Stream;
  /** See `ChainHash`. */
  chain(before: ChainHash, zxid: Zxid, kind: EntryKind, payload: Uint8Array): ChainHash;
}

export interface Sha256Stream {
  update(bytes: Uint8Array): void;
  /** Once, at the end. */
  digest(): Uint8Array;
}
