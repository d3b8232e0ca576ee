import type { Acl, AclEntry } from '../../model/acl.ts';
import { zxidFromWords, type Zxid } from '../../model/zxid.ts';
import { int32At } from './words.ts';

/** What is kept of what came may keep so many times itself. */
const keptPerByteMax = 4;
/** Or so much in all, as a pool of Node's has: a small copy would lie in one, and keep it. */
const keptBytesMax = 8_192;
/** Three lengths, of which those of the texts may be 0. */
const aclEntryBytesMin = 12;

/**
 * Says that a record ends before what it should hold, or that a length in it is impossible. The request is answered,
 * not carried out.
 */
export class MalformedRecord extends Error {
  constructor(what: string) {
    super(`malformed record: ${what}`);
    this.name = 'MalformedRecord';
  }
}

/**
 * Reads ZooKeeper's jute encoding out of what came from the socket. Byte arrays are views: they stay valid as long as
 * they are held, and keep the whole of what came with them.
 */
export class JuteReader {
  #bytes: Buffer = nothing;
  #at = 0;
  #end = 0;

  /** Begins anew with the bytes from `from` up to `to`. */
  open(bytes: Buffer, from: number, to: number): this {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    return this;
  }

  /** Until it is opened again nothing is left, and it keeps nothing of what it read. */
  close(): void {
    this.open(nothing, 0, 0);
  }

  get left(): number {
    return this.#end - this.#at;
  }

  int(): number {
    const at = this.#take(4);
    return int32At(this.#bytes, at);
  }

  /** A long, as two unsigned words. */
  words(): { readonly high: number; readonly low: number } {
    const at = this.#take(8);
    const bytes = this.#bytes;
    return { high: int32At(bytes, at) >>> 0, low: int32At(bytes, at + 4) >>> 0 };
  }

  /** Undefined for a negative one. */
  zxid(): Zxid | undefined {
    const { high, low } = this.words();
    return high > 0x7fff_ffff ? undefined : zxidFromWords(high, low);
  }

  /** A long that is a duration; beyond 2^53 it is no longer exact, and far beyond any limit. */
  milliseconds(): number {
    const at = this.#take(8);
    const bytes = this.#bytes;
    return int32At(bytes, at) * 0x1_0000_0000 + (int32At(bytes, at + 4) >>> 0);
  }

  bool(): boolean {
    return this.#bytes[this.#take(1)] !== 0;
  }

  /** null for the length -1. */
  buffer(): Uint8Array | null {
    const length = this.int();
    if (length === -1) return null;
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** As `buffer`, for what is kept: it does not keep much more than itself. */
  ownBuffer(): Uint8Array | null {
    const length = this.int();
    if (length === -1) return null;
    const at = this.#take(length);
    const came = this.#bytes.buffer.byteLength;
    if (came <= keptBytesMax || length * keptPerByteMax >= came) {
      return this.#bytes.subarray(at, at + length);
    }
    // Of a pool of a few kilobytes when it is small: memory of its own would cost more than the rest of the request.
    const own = Buffer.allocUnsafe(length);
    this.#bytes.copy(own, 0, at, at + length);
    return own;
  }

  /** null for the length -1. Bytes that are not UTF-8 become U+FFFD, which is in no valid path. */
  textOrNull(): string | null {
    const length = this.int();
    if (length === -1) return null;
    const at = this.#take(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  text(): string {
    return this.textOrNull() ?? '';
  }

  /** Where ZooKeeper takes no null. */
  someText(): string {
    const text = this.textOrNull();
    if (text === null) throw new MalformedRecord('null where a text is needed');
    return text;
  }

  /** The length of a vector whose items take at least so many bytes each; 0 for null. */
  count(itemBytesMin: number): number {
    const count = this.int();
    if (count === -1) return 0;
    if (count < 0 || count * itemBytesMin > this.left) {
      throw new MalformedRecord(`a vector of ${String(count)}`);
    }
    return count;
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let left = this.count(4); left > 0; left--) texts.push(this.text());
    return texts;
  }

  acl(): Acl {
    const acl: AclEntry[] = [];
    for (let left = this.count(aclEntryBytesMin); left > 0; left--) {
      acl.push({ permissions: this.int(), scheme: this.text(), id: this.text() });
    }
    return acl;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length < 0 || length > this.#end - at) {
      throw new MalformedRecord(`${String(length)} bytes where ${String(this.#end - at)} are left`);
    }
    this.#at = at + length;
    return at;
  }
}

const nothing = Buffer.alloc(0);
