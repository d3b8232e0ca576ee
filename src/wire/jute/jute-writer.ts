import type { Acl } from '../../model/acl.ts';
import { sessionIdHigh, sessionIdLow, type SessionId } from '../../model/ids.ts';
import type { Stat } from '../../model/stat.ts';
import { zxidHigh, zxidLow, type Zxid } from '../../model/zxid.ts';
import { putWord } from './words.ts';

const firstBytes = 512;
/** Byte arrays from this size on are sent as they are rather than copied to the other bytes. */
const ownChunkBytes = 16_384;
const utf8BytesPerUnit = 3;
/** What is written is copied to a larger place as it grows; from this size on what follows has a place of its own. */
const grownBytesMax = 65_536;

/** Writes frames of ZooKeeper's jute encoding, gathered for one connection until they are sent together. */
export class JuteWriter {
  #bytes: Buffer | undefined;
  #at = 0;
  /** Where the length of the frame in the making stands, and what of it is in `#full` by now. */
  #frame = 0;
  #frameBytes = 0;
  #frameStart: Buffer | undefined;
  /** What comes before `#bytes`. */
  #full: Uint8Array[] = [];
  #fullBytes = 0;
  #usualBytes: number;

  /** `bytesExpected`: in the first of its frames, where that is known to be much. */
  constructor(bytesExpected = firstBytes) {
    this.#usualBytes = Math.min(bytesExpected, grownBytesMax);
  }

  get length(): number {
    return this.#fullBytes + this.#at;
  }

  beginFrame(): void {
    this.#reserve(4);
    this.#frame = this.#at;
    this.#frameStart = this.#bytes;
    this.#at += 4;
    this.#frameBytes = this.#fullBytes + this.#at;
  }

  endFrame(): void {
    const bytes = this.#fullBytes + this.#at - this.#frameBytes;
    if (this.#frameStart !== undefined) putWord(this.#frameStart, this.#frame, bytes);
  }

  replyHeader(xid: number, zxid: Zxid, error: number): void {
    this.#reserve(16);
    const bytes = this.#bytes as Buffer;
    const at = this.#at;
    putWord(bytes, at, xid);
    putWord(bytes, at + 4, zxidHigh(zxid));
    putWord(bytes, at + 8, zxidLow(zxid));
    putWord(bytes, at + 12, error);
    this.#at = at + 16;
  }

  int(value: number): void {
    this.#reserve(4);
    putWord(this.#bytes as Buffer, this.#at, value);
    this.#at += 4;
  }

  words(high: number, low: number): void {
    this.#reserve(8);
    const bytes = this.#bytes as Buffer;
    putWord(bytes, this.#at, high);
    putWord(bytes, this.#at + 4, low);
    this.#at += 8;
  }

  zxid(value: Zxid): void {
    this.words(zxidHigh(value), zxidLow(value));
  }

  session(id: SessionId): void {
    this.words(sessionIdHigh(id), sessionIdLow(id));
  }

  bool(value: boolean): void {
    this.#reserve(1);
    (this.#bytes as Buffer)[this.#at++] = value ? 1 : 0;
  }

  /** `value` is not to change any more: a large one is sent as it is. */
  buffer(value: Uint8Array | null): void {
    if (value === null) {
      this.int(-1);
      return;
    }
    this.int(value.length);
    if (value.length >= ownChunkBytes) {
      this.#push();
      this.#full.push(value);
      this.#fullBytes += value.length;
      return;
    }
    this.#reserve(value.length);
    (this.#bytes as Buffer).set(value, this.#at);
    this.#at += value.length;
  }

  text(value: string): void {
    this.#reserve(4 + value.length * utf8BytesPerUnit);
    const bytes = this.#bytes as Buffer;
    const length = bytes.write(value, this.#at + 4, 'utf8');
    putWord(bytes, this.#at, length);
    this.#at += 4 + length;
  }

  textOrNull(value: string | null): void {
    if (value === null) this.int(-1);
    else this.text(value);
  }

  /** Frames encoded elsewhere, that are not to change any more. */
  chunks(encoded: readonly Uint8Array[]): void {
    this.#push();
    for (const chunk of encoded) {
      this.#full.push(chunk);
      this.#fullBytes += chunk.length;
    }
  }

  /** Frames encoded elsewhere: copied. */
  frames(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    (this.#bytes as Buffer).set(encoded, this.#at);
    this.#at += encoded.length;
  }

  stat(stat: Stat): void {
    this.zxid(stat.czxid);
    this.zxid(stat.mzxid);
    // Not by a function of its own: what calls it would have to make a number of each.
    this.words(Math.floor(stat.ctime / 0x1_0000_0000) | 0, stat.ctime | 0);
    this.words(Math.floor(stat.mtime / 0x1_0000_0000) | 0, stat.mtime | 0);
    this.int(stat.version);
    this.int(stat.cversion);
    this.int(stat.aversion);
    this.session(stat.ephemeralOwner);
    this.int(stat.dataLength);
    this.int(stat.numChildren);
    this.zxid(stat.pzxid);
  }

  acl(acl: Acl): void {
    this.int(acl.length);
    for (const { permissions, scheme, id } of acl) {
      this.int(permissions);
      this.text(scheme);
      this.text(id);
    }
  }

  /** Everything since the last time, in order. */
  take(): Uint8Array[] {
    this.#push();
    const taken = this.#full;
    this.#full = [];
    this.#fullBytes = 0;
    return taken;
  }

  #push(): void {
    if (this.#bytes === undefined || this.#at === 0) return;
    this.#full.push(this.#bytes.subarray(0, this.#at));
    this.#fullBytes += this.#at;
    // What was enough this time will be as a rule.
    this.#usualBytes = Math.min(Math.max(firstBytes, this.#at * 2), ownChunkBytes);
    this.#bytes = undefined;
    this.#at = 0;
  }

  #reserve(bytes: number): void {
    if (this.#bytes === undefined) {
      this.#bytes = Buffer.allocUnsafe(Math.max(this.#usualBytes, bytes));
      return;
    }
    if (this.#at + bytes <= this.#bytes.length) return;
    if (this.#at >= grownBytesMax) {
      this.#push();
      this.#bytes = Buffer.allocUnsafe(Math.max(grownBytesMax, bytes));
      return;
    }
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(grown, 0, 0, this.#at);
    if (this.#frameStart === this.#bytes) this.#frameStart = grown;
    this.#bytes = grown;
  }
}
