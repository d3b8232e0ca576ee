import { MalformedBytes, type ByteReader, type ByteWriter } from '../base/bytes.ts';

/**
 * The order of all changes: epoch (23 bits) first, then a counter (40 bits) that a leader raises by one per proposal.
 * Counter 0 names "this epoch, nothing proposed yet" and is never a txn.
 *
 * In memory a zxid is a pair of plain numbers: both halves are exact, no bigint is allocated on the hot path, and the
 * protocol reads as the paper does. As one number (disk, wire, JSON) it is epoch * 2^40 + counter, 63 bits, never
 * negative. This file alone knows that layout.
 */
export interface Zxid {
  readonly epoch: number;
  readonly counter: number;
}

export const epochMax = 2 ** 23 - 1;
/** A leader stops proposing here and gives way, so that the last counters stay free. Invariant I19: below 2^40 - 2. */
export const counterMax = 2 ** 40 - 3;

export const zeroZxid: Zxid = Object.freeze({ epoch: 0, counter: 0 });

export function zxid(epoch: number, counter: number): Zxid {
  return { epoch, counter };
}

export function compareZxid(left: Zxid, right: Zxid): number {
  return left.epoch - right.epoch || left.counter - right.counter;
}

export function zxidEquals(left: Zxid, right: Zxid): boolean {
  return left.counter === right.counter && left.epoch === right.epoch;
}

/** Says whether a zxid may directly follow `before` in a log: no gap inside an epoch, a new epoch begins at 1. */
export function zxidFollows(before: Zxid, next: Zxid): boolean {
  return next.epoch === before.epoch
    ? next.counter === before.counter + 1
    : next.epoch > before.epoch && next.counter === 1;
}

export function maxZxid(left: Zxid, right: Zxid): Zxid {
  return compareZxid(left, right) >= 0 ? left : right;
}

export function minZxid(left: Zxid, right: Zxid): Zxid {
  return compareZxid(left, right) <= 0 ? left : right;
}

/** Writes a zxid for logs and people: `0x` and the 63-bit value in hex. */
export function formatZxid(value: Zxid): string {
  return `0x${zxidToBigint(value).toString(16)}`;
}

/** Writes a zxid for JSON: the 63-bit value as a decimal string. */
export function zxidToDecimal(value: Zxid): string {
  // As long as it is exact: a bigint costs several times as much, and an answer has half a dozen.
  return value.epoch < exactEpochsBelow
    ? String(value.epoch * 2 ** 40 + value.counter)
    : zxidToBigint(value).toString();
}

/** Of these and any counter, the decimal number is below 2 ** 53. */
const exactEpochsBelow = 2 ** 13;

const decimal = /^(0|[1-9][0-9]{0,18})$/;

/** Reads a decimal string; undefined when it is not a zxid. */
export function parseZxid(text: string): Zxid | undefined {
  if (!decimal.test(text)) return undefined;
  const value = BigInt(text);
  return value < 2n ** 63n ? zxidFromBigint(value) : undefined;
}

/** Gives a zxid as SQLite has it, one INTEGER. Not for the hot path. */
export function zxidToBigint(value: Zxid): bigint {
  return (BigInt(value.epoch) << 40n) | BigInt(value.counter);
}

export function zxidFromBigint(value: bigint): Zxid {
  return { epoch: Number(value >> 40n), counter: Number(value & 0xff_ffff_ffffn) };
}

/** Gives the upper 32 of the 64 bits; unsigned. */
export function zxidHigh(value: Zxid): number {
  const { epoch, counter } = value;
  // Nearly always: a few cycles in place of a division.
  return counter <= 0xffff_ffff ? epoch * 256 : epoch * 256 + Math.floor(counter / 0x1_0000_0000);
}

/** Gives the lower 32 of the 64 bits; unsigned. */
export function zxidLow(value: Zxid): number {
  return value.counter >>> 0;
}

export function zxidFromWords(high: number, low: number): Zxid {
  const upper = high & 0xff;
  // Nearly always 0, and then nothing is calculated: what comes of that is kept as a number beside every zxid there is.
  return { epoch: high >>> 8, counter: upper === 0 ? low : upper * 0x1_0000_0000 + low };
}

export function writeZxid(writer: ByteWriter, value: Zxid): void {
  writer.u32(zxidHigh(value)).u32(zxidLow(value));
}

export function readZxid(reader: ByteReader): Zxid {
  const high = reader.u32();
  if (high > 0x7fff_ffff) throw new MalformedBytes('a zxid above 63 bits');
  return zxidFromWords(high, reader.u32());
}
