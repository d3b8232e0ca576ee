/** Writes ZooKeeper's jute encoding, for tests. Written from its specification, apart from the door that it judges. */
export class JuteOut {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return this.raw(bytes);
  }

  long(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt.asIntN(64, value));
    return this.raw(bytes);
  }

  bool(value: boolean): this {
    return this.raw(Buffer.from([value ? 1 : 0]));
  }

  /** A string is its UTF-8 bytes; null is the length -1. */
  buffer(value: string | Uint8Array | null): this {
    if (value === null) return this.int(-1);
    const bytes = Buffer.from(value);
    return this.int(bytes.length).raw(bytes);
  }

  vector<Item>(items: readonly Item[] | null, write: (item: Item) => void): this {
    if (items === null) return this.int(-1);
    this.int(items.length);
    for (const item of items) write(item);
    return this;
  }

  texts(items: readonly string[] | null): this {
    return this.vector(items, (item) => this.buffer(item));
  }

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** With its length in front. */
  frame(): Buffer {
    return framed(this.bytes());
  }
}

export function framed(body: Buffer): Buffer {
  return Buffer.concat([new JuteOut().int(body.length).bytes(), body]);
}

/** Reads it. Throws when the bytes end before what they should hold. */
export class JuteIn {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  long(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  bool(): boolean {
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1) !== 0;
  }

  /** null for the length -1. */
  buffer(): Buffer | null {
    const length = this.int();
    if (length === -1) return null;
    if (length < 0 || length > this.left) throw new RangeError(`a length of ${String(length)}`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** All that is left. */
  rest(): Buffer {
    const rest = this.#bytes.subarray(this.#at);
    this.#at = this.#bytes.length;
    return rest;
  }

  textOrNull(): string | null {
    return this.buffer()?.toString('utf8') ?? null;
  }

  text(): string {
    const text = this.textOrNull();
    if (text === null) throw new RangeError('null instead of a text');
    return text;
  }

  vector<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let left = this.int(); left > 0; left--) items.push(read());
    return items;
  }
}
