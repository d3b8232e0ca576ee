import { utf8Length } from '../../base/bytes.ts';
import type { Change } from '../../model/txn.ts';
import type { Zxid } from '../../model/zxid.ts';

/** A write that was made under a key; never changes once it is recorded. */
export interface RecordedWrite {
  readonly key: string;
  /** Whose share of what is remembered it takes; empty in logs and snapshots of before there were shares. */
  readonly owner: string;
  /** SHA-256 of the request that first used the key. */
  readonly fingerprint: Uint8Array;
  readonly zxid: Zxid;
  readonly timeMs: number;
  /** As `encodeRecordedOutcome` made it. */
  readonly outcome: Uint8Array;
}

/** Counted in UTF-16 units: the same on every peer, which is what matters. */
export function bytesOf(write: RecordedWrite): number {
  return write.key.length + write.fingerprint.length + write.outcome.length;
}

const fingerprintBytes = 32;
/** What a recorded result has beside its path, rounded up. */
const resultBytes = 128;

/** Says how much a write will be when it is recorded that makes these changes: no less than `bytesOf` will. */
export function recordedBytesMost(key: string, changes: readonly Change[]): number {
  let bytes = key.length + fingerprintBytes + resultBytes;
  for (const change of changes) {
    if ('path' in change) bytes += utf8Length(change.path) + resultBytes;
  }
  return bytes;
}
