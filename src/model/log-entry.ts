import type { ByteWriter } from '../base/bytes.ts';
import { hexPerWord, wordOfHex } from '../base/hex.ts';
import { zeroZxid, type Zxid } from './zxid.ts';

/**
 * SHA-256 over (chain before, zxid, kind, payload), cut to 16 bytes, as 32 hex digits. Equal chains mean equal
 * histories, so two peers find any difference the moment they meet (brief A18, D3).
 */
export type ChainHash = string & { readonly __brand: 'ChainHash' };

/** The chain of the empty history. */
export const zeroChain = '0'.repeat(32) as ChainHash;

/** Words of 32 bits. */
export const wordsPerChain = 4;

/** A power of two: about as many as are in flight. */
const readMax = 1_024;
const read: ChainHash[] = Array.from({ length: readMax }, () => zeroChain);

/** Of chains that were read of late, by `wordsAt`. */
export const chainWords = new Int32Array(readMax * wordsPerChain);

/**
 * Gives the place in `chainWords` of the words that the digits stand for; they stay there until this is asked again. An
 * entry's are asked for when the next is hashed, when it is appended, logged, and sent to each learner: reading 32 digits
 * costs ten times as much as to find that they were read.
 */
export function wordsAt(chain: ChainHash): number {
  const some = (chain.charCodeAt(0) * 33 + chain.charCodeAt(1)) * 33 + chain.charCodeAt(2);
  const place = some & (readMax - 1);
  const at = place * wordsPerChain;
  if (read[place] === chain) return at;
  read[place] = chain;
  for (let word = 0; word < wordsPerChain; word++) {
    chainWords[at + word] = wordOfHex(chain, word * hexPerWord);
  }
  return at;
}

/** Writes the 16 bytes that the digits stand for. */
export function writeChain(writer: ByteWriter, chain: ChainHash): void {
  const at = wordsAt(chain);
  for (let word = at; word < at + wordsPerChain; word++) writer.i32(chainWords[word] ?? 0);
}

/** A place in the history, with the proof of everything up to it. */
export interface LogPosition {
  readonly zxid: Zxid;
  readonly chain: ChainHash;
}

export const emptyLog: LogPosition = Object.freeze({ zxid: zeroZxid, chain: zeroChain });

/**
 * `txn`: opaque to ZAB. `epochStart`: the first proposal of every epoch; its payload is the membership then in force.
 * `membership`: a change of the voters; its payload is the new membership.
 */
export type EntryKind = 'txn' | 'epochStart' | 'membership';

export interface LogEntry {
  readonly zxid: Zxid;
  readonly kind: EntryKind;
  readonly payload: Uint8Array;
  /** After this entry. */
  readonly chain: ChainHash;
}
