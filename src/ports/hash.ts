import type { ChainHash, EntryKind } from '../model/log-entry.ts';
import type { Zxid } from '../model/zxid.ts';

/** Pure: the same bytes give the same hash on every machine and in the simulator. */
export interface Hash {
  sha256(bytes: Uint8Array): Uint8Array;
  /** See `ChainHash`. */
  chain(before: ChainHash, zxid: Zxid, kind: EntryKind, payload: Uint8Array): ChainHash;
}
