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

/** Writes the 16 bytes that the digits stand for. */
export function writeChain(writer: ByteWriter, chain: ChainHash): void {
  for (let at = 0; at < zeroChain.length; at += hexPerWord) writer.u32(wordOfHex(chain, at));
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
