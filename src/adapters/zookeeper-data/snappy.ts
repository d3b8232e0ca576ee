// What snappy-java's SnappyOutputStream writes: a head of 16 bytes, then blocks, each with its length ahead and compressed
// by itself (github.com/google/snappy, format_description.txt). Node has no decoder for it, and this is all of one.

const magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const headBytes = 16;
/** Above what a block of any real file takes: ZooKeeper's are of 32 KiB. */
const blockBytesMax = 64 * 1_048_576;

/** Says that a stream is no snappy, or damaged. */
export class MalformedSnappy extends Error {
  constructor(what: string) {
    super(`not what snappy-java writes: ${what}`);
    this.name = 'MalformedSnappy';
  }
}

/** Gives what was compressed, block by block. */
export async function* unsnappied(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  let isHeadRead = false;
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (!isHeadRead) {
      if (held.length < headBytes) continue;
      if (!held.subarray(0, magic.length).equals(magic)) throw new MalformedSnappy('its head');
      isHeadRead = true;
      held = held.subarray(headBytes);
    }
    while (held.length >= 4) {
      const end = 4 + held.readUInt32BE(0);
      if (end > blockBytesMax) throw new MalformedSnappy('the length of a block');
      if (held.length < end) break;
      yield decompress(held.subarray(4, end));
      held = held.subarray(end);
    }
  }
  if (!isHeadRead || held.length > 0) throw new MalformedSnappy('it ends too early');
}

/** Gives what one block holds. */
export function decompress(block: Buffer): Buffer {
  const { value: length, next } = lengthAt(block);
  if (length > blockBytesMax) throw new MalformedSnappy('the size of a block');
  const out = Buffer.allocUnsafe(length);
  let from = next;
  let to = 0;
  while (from < block.length) {
    const tag = byteAt(block, from);
    const element = (tag & 3) === 0 ? literalAt(block, from, tag) : copyAt(block, from, tag);
    if (element.length > length - to) throw new MalformedSnappy('more bytes than it says');
    if (element.offset === 0) {
      if (element.length > block.length - element.next) throw new MalformedSnappy('a literal');
      block.copy(out, to, element.next, element.next + element.length);
      from = element.next + element.length;
    } else {
      if (element.offset > to) throw new MalformedSnappy('a copy of what is not there');
      // Byte by byte, for a copy may overlap what it makes.
      for (let at = to; at < to + element.length; at++) {
        out[at] = out[at - element.offset] as number;
      }
      from = element.next;
    }
    to += element.length;
  }
  if (to !== length) throw new MalformedSnappy('fewer bytes than it says');
  return out;
}

/** `offset` is 0 for a literal, whose bytes begin at `next`. */
interface Element {
  readonly length: number;
  readonly offset: number;
  readonly next: number;
}

function literalAt(block: Buffer, from: number, tag: number): Element {
  const short = tag >>> 2;
  if (short < 60) return { length: short + 1, offset: 0, next: from + 1 };
  const bytes = short - 59;
  return { length: littleEndian(block, from + 1, bytes) + 1, offset: 0, next: from + 1 + bytes };
}

function copyAt(block: Buffer, from: number, tag: number): Element {
  if ((tag & 3) === 1) {
    const offset = (tag >>> 5) * 256 + byteAt(block, from + 1);
    return checked({ length: ((tag >>> 2) & 7) + 4, offset, next: from + 2 });
  }
  const bytes = (tag & 3) === 2 ? 2 : 4;
  const offset = littleEndian(block, from + 1, bytes);
  return checked({ length: (tag >>> 2) + 1, offset, next: from + 1 + bytes });
}

function checked(copy: Element): Element {
  if (copy.offset === 0) throw new MalformedSnappy('a copy of itself');
  return copy;
}

function littleEndian(block: Buffer, from: number, bytes: number): number {
  if (from + bytes > block.length) throw new MalformedSnappy('a number');
  return block.readUIntLE(from, bytes);
}

function byteAt(block: Buffer, at: number): number {
  const byte = block[at];
  if (byte === undefined) throw new MalformedSnappy('a block that ends too early');
  return byte;
}

function lengthAt(block: Buffer): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = 0; at < 5; at++) {
    const byte = byteAt(block, at);
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw new MalformedSnappy('the size of a block');
}
