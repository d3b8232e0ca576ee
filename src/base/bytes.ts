// Reading and writing of our own binary formats: big-endian, lengths before contents, no alignment.
// The reader trusts nothing: every length is checked against what is there before anything is allocated.

import { Slab } from './slab.ts';

/** What a reader throws on malformed input: the caller closes the connection or refuses the file. */
export class MalformedBytes extends Error {
  constructor(what: string) {
    super(`malformed bytes: ${what}`);
    this.name = 'MalformedBytes';
  }
}

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

/** A longer text is not looked through unit by unit: the encoder does that in a twentieth of the time. */
const countedByUnitMax = 64;
/** Units that are encoded at a time, to see how many bytes they take, and where to. */
const unitsCountedAtOnce = 4_096;
const counted = new Uint8Array(unitsCountedAtOnce * 3);

/** Counts the bytes that `utf8` would give, without keeping them. */
export function utf8Length(text: string): number {
  if (text.length <= countedByUnitMax) return countByUnit(text);
  if (text.length <= unitsCountedAtOnce) return utf8Encoder.encodeInto(text, counted).written;
  let bytes = 0;
  for (let from = 0; from < text.length;) {
    const end = from + unitsCountedAtOnce;
    // Both units of a pair are counted together.
    const to = isFirstOfPair(text.charCodeAt(end - 1)) ? end - 1 : end;
    bytes += utf8Encoder.encodeInto(text.slice(from, to), counted).written;
    from = to;
  }
  return bytes;
}

function isFirstOfPair(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function countByUnit(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= 0x7f) continue;
    bytes += code > 0x7ff ? 2 : 1;
    // The two units of a pair take four bytes together; one alone is written as U+FFFD, which takes three.
    if (!isFirstOfPair(code)) continue;
    const next = text.charCodeAt(index + 1);
    if (next >= 0xdc00 && next <= 0xdfff) index++;
  }
  return bytes;
}

/** Gives the text of UTF-8 bytes; throws `MalformedBytes` for any others. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    throw new MalformedBytes('not UTF-8');
  }
}

export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** Bytes that a writer does not copy, and where they stand among those that it does. */
interface Lent {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Room in which so many bytes are written without growing: `text` looks for that of three bytes a unit, of the longest too. */
export function roomFor(bytes: number, longestText: number): number {
  return bytes + 2 * longestText;
}

/** A buffer that grows by a large piece keeps room for what follows it: it would else be copied once more for a few bytes. */
const slackBytesMax = 65_536;

/** Of up to so many bytes the views are made once for each length. */
const begunViewBytesMax = 2_048;
/** Up to here a text of ASCII alone is written unit by unit, without the view that the encoder needs. */
const shortTextMax = 64;

/**
 * A growing buffer. `take` hands the bytes out; a writer may be reused after `reset`. One that was made with `lentFrom`
 * copies no `raw` bytes of that length and more: they must stay as they are until they were sent, and `takeParts` hands
 * out what was written.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;
  readonly #initialBytes: number;
  readonly #lentFrom: number;
  #lent: Lent[] = [];
  #lentBytes = 0;
  readonly #slab = new Slab();
  /** Of the beginning of `#bytes`, by length. */
  #views: Uint8Array[] = [];

  constructor(initialBytes = 256, lentFrom = Number.POSITIVE_INFINITY) {
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
    this.#initialBytes = initialBytes;
    this.#lentFrom = lentFrom;
  }

  get length(): number {
    return this.#length + this.#lentBytes;
  }

  /** It holds bytes that it did not copy. */
  get isLent(): boolean {
    return this.#lentBytes > 0;
  }

  reset(): void {
    this.#length = 0;
    if (this.#lentBytes === 0) return;
    this.#lent = [];
    this.#lentBytes = 0;
  }

  /** Gives a copy of what was written, but for what was lent. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Gives a copy as `take` does, of memory that small ones share (`Slab`): log entries, frames. */
  takeShared(): Uint8Array {
    return this.#slab.copyOf(this.#begunView());
  }

  /** Copies what was written, but for what was lent, into memory of the caller's. */
  copyTo(to: Uint8Array, at: number): void {
    to.set(this.#begunView(), at);
  }

  /** As `view`, made once for each small length: a view costs as much memory as what it shows. */
  #begunView(): Uint8Array {
    if (this.#length > begunViewBytesMax) return this.view();
    return (this.#views[this.#length] ??= this.view());
  }

  /**
   * Gives what was written without a copy where that wastes little memory, and begins anew with an empty buffer: for
   * large things. What was lent is not in it.
   */
  detach(): Uint8Array {
    const unused = this.#bytes.length - this.#length;
    const bytes = unused * 4 > this.#bytes.length ? this.take() : this.view();
    this.#replace(new Uint8Array(this.#initialBytes));
    this.reset();
    return bytes;
  }

  /** Gives what was written and not lent: no copy, and so for a writer that is not written to any more. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Gives what was written, in order: copies, and between them what was lent. */
  takeParts(): Uint8Array[] {
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const { at, bytes } of this.#lent) {
      if (at > from) parts.push(this.#bytes.slice(from, at));
      parts.push(bytes);
      from = at;
    }
    if (this.#length > from) parts.push(this.#bytes.slice(from, this.#length));
    return parts;
  }

  /** Makes room for so many bytes more: growing once is cheaper than growing with each piece. */
  reserve(bytes: number): this {
    this.#grow(bytes);
    return this;
  }

  u8(value: number): this {
    this.#grow(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  u32(value: number): this {
    this.#grow(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
    return this;
  }

  i32(value: number): this {
    this.#grow(4);
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
    return this;
  }

  /** Writes a whole number of up to 53 bits: counters, milliseconds. */
  u53(value: number): this {
    this.u32(Math.floor(value / 0x1_0000_0000));
    return this.u32(value >>> 0);
  }

  f64(value: number): this {
    this.#grow(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
    return this;
  }

  /** Writes the bytes alone, without a length. */
  raw(bytes: Uint8Array): this {
    if (bytes.length >= this.#lentFrom) {
      this.#lent.push({ at: this.#length, bytes });
      this.#lentBytes += bytes.length;
      return this;
    }
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Writes a length (u32), then the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  text(text: string): this {
    // Three bytes a code unit is the most that UTF-8 needs; the length is filled in afterwards.
    this.#grow(4 + text.length * 3);
    const start = this.#length + 4;
    if (this.#writeShort(text, start)) return this;
    const { written } = utf8Encoder.encodeInto(text, this.#bytes.subarray(start));
    this.#view.setUint32(this.#length, written);
    this.#length = start + written;
    return this;
  }

  /** Writes a short text of ASCII alone, as nearly all are, without the view that the encoder needs; false for any other. */
  #writeShort(text: string, start: number): boolean {
    const { length } = text;
    if (length > shortTextMax) return false;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      this.#bytes[start + index] = code;
    }
    this.#view.setUint32(this.#length, length);
    this.#length = start + length;
    return true;
  }

  /** Overwrites a u32 that was written earlier: for lengths known only afterwards. */
  patchU32(offset: number, value: number): void {
    this.#view.setUint32(this.#lentBytes === 0 ? offset : this.#placeOf(offset), value);
  }

  /** Where among the bytes that were copied. */
  #placeOf(offset: number): number {
    let lent = 0;
    for (const { at, bytes } of this.#lent) {
      if (at + lent >= offset) break;
      lent += bytes.length;
    }
    return offset - lent;
  }

  #grow(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const slack = Math.min(needed >>> 3, slackBytesMax);
    const grown = new Uint8Array(Math.max(needed + slack, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#replace(grown);
  }

  #replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#views = [];
  }
}

/** Reads what `ByteWriter` wrote. Every method throws `MalformedBytes` rather than read past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) throw new MalformedBytes(`a boolean of ${String(value)}`);
    return value === 1;
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  u53(): number {
    const high = this.u32();
    if (high > 0x1f_ffff) throw new MalformedBytes('a number above 2^53');
    return high * 0x1_0000_0000 + this.u32();
  }

  f64(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** Gives a view, not a copy: it lives as long as the bytes given to the reader do. */
  raw(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Gives a view, not a copy. */
  bytes(): Uint8Array {
    return this.raw(this.u32());
  }

  text(): string {
    return fromUtf8(this.bytes());
  }

  /** Reads a count of things that take at least `bytesEach` bytes: refuses counts that cannot be true. */
  count(bytesEach: number): number {
    const count = this.u32();
    if (count * bytesEach > this.remaining) throw new MalformedBytes(`a count of ${String(count)}`);
    return count;
  }

  end(): void {
    if (this.remaining !== 0) throw new MalformedBytes(`${String(this.remaining)} bytes too many`);
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (length > this.#bytes.length - start) throw new MalformedBytes('the end came too early');
    this.#offset = start + length;
    return start;
  }
}
