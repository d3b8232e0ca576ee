import { wordToHex } from '../../src/base/hex.ts';
import type { ChainHash, EntryKind } from '../../src/model/log-entry.ts';
import type { Zxid } from '../../src/model/zxid.ts';

const kindWord: Record<EntryKind, number> = { txn: 1, epochStart: 2, membership: 3 };

/** A chain hash for simulations: as wide as the real one, much quicker, and no defence against anyone. */
export function simulatedChain(
  before: ChainHash,
  zxid: Zxid,
  kind: EntryKind,
  payload: Uint8Array,
): ChainHash {
  let a = Number.parseInt(before.slice(0, 8), 16) | 0;
  let b = Number.parseInt(before.slice(8, 16), 16) | 0;
  const mix = (word: number): void => {
    a = Math.imul(a ^ word, 0x85ebca6b);
    a = (a << 13) | (a >>> 19);
    b = (Math.imul(b ^ a, 0xc2b2ae35) + word) | 0;
    b ^= b >>> 15;
  };
  mix(zxid.epoch);
  mix(zxid.counter | 0);
  mix(Math.floor(zxid.counter / 0x1_0000_0000));
  mix(kindWord[kind]);
  for (const byte of payload) mix(byte + 0x100);
  mix(payload.length);
  const left = wordToHex(a) + wordToHex(b);
  mix(0x5bd1e995);
  return (left + wordToHex(a) + wordToHex(b)) as ChainHash;
}

/** Where a digest is wanted and nobody attacks. */
export function simulatedSha256(bytes: Uint8Array): Uint8Array {
  const hex = simulatedChain('0'.repeat(32) as ChainHash, { epoch: 0, counter: 0 }, 'txn', bytes);
  return Uint8Array.from({ length: 32 }, (_, index) => {
    const at = (index * 2) % 32;
    return Number.parseInt(hex.slice(at, at + 2), 16) ^ index;
  });
}
