import { createHash, hash as oneShot } from 'node:crypto';
import {
  chainWords,
  wordsAt,
  wordsPerChain,
  type ChainHash,
  type EntryKind,
} from '../../model/log-entry.ts';
import { zxidHigh, zxidLow, type Zxid } from '../../model/zxid.ts';
import type { Hash } from '../../ports/hash.ts';

const kindByte = { txn: 0, epochStart: 1, membership: 2 } as const satisfies Record<
  EntryKind,
  number
>;

/** Before (16), zxid (8), kind (1): what stands in front of the payload. */
const headBytes = 25;
/** Longer payloads are hashed in two steps rather than copied. */
const gatheredBytesMax = 16_384;
const gathered = Buffer.alloc(headBytes + gatheredBytesMax);
/** The beginning of `gathered` up to the end of a payload of so many bytes: a view of each small length is made once. */
const heldViews: Buffer[] = [];
const heldViewsMax = 1_024;

/** The hashes, by SHA-256 of Node. */
export const systemHash: Hash = {
  sha256(bytes) {
    return new Uint8Array(oneShot('sha256', bytes, 'buffer'));
  },
  sha256Stream() {
    const hash = createHash('sha256');
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () => new Uint8Array(hash.digest()),
    };
  },
  // Once per log entry on every peer: one call into the library with everything in one buffer is the cheapest way.
  chain(before: ChainHash, zxid: Zxid, kind: EntryKind, payload: Uint8Array): ChainHash {
    const at = wordsAt(before);
    for (let word = 0; word < wordsPerChain; word++) put(word * 4, chainWords[at + word] ?? 0);
    put(16, zxidHigh(zxid));
    put(20, zxidLow(zxid));
    gathered[24] = kindByte[kind];
    if (payload.length > gatheredBytesMax) {
      const head = gathered.subarray(0, headBytes);
      return cut(createHash('sha256').update(head).update(payload).digest('hex'));
    }
    gathered.set(payload, headBytes);
    return cut(oneShot('sha256', gatheredTo(payload.length), 'hex'));
  },
};

/** Big-endian, as `Buffer` does with checks of what is known here. */
function put(at: number, word: number): void {
  gathered[at] = word >>> 24;
  gathered[at + 1] = word >>> 16;
  gathered[at + 2] = word >>> 8;
  gathered[at + 3] = word;
}

function gatheredTo(payloadBytes: number): Buffer {
  if (payloadBytes >= heldViewsMax) return gathered.subarray(0, headBytes + payloadBytes);
  return (heldViews[payloadBytes] ??= gathered.subarray(0, headBytes + payloadBytes));
}

function cut(hex: string): ChainHash {
  return hex.slice(0, 32) as ChainHash;
}
