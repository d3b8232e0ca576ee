import { JuteReader, MalformedRecord } from '../../wire/jute/jute-reader.ts';
import { Adler32 } from './adler32.ts';
import { DamagedFile } from './damaged-file.ts';

/** No record of a real file takes more: ZooKeeper's default for a request is 1 MiB, and few raise it a hundred times. */
const recordBytesMax = 128 * 1_048_576;

const nothing: Buffer = Buffer.alloc(0);

/** Reads jute records off what comes in chunks, and sums up what it has read. */
export class RecordSource {
  readonly #file: string;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #reader = new JuteReader();
  readonly #sum = new Adler32();
  #held: Buffer = nothing;
  #at = 0;
  #offset = 0;
  #isAtEnd = false;

  constructor(file: string, chunks: AsyncIterable<Buffer>) {
    this.#file = file;
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Of what was read. */
  get checksum(): number {
    return this.#sum.value;
  }

  /** Bytes of what was read, as they are when they are not compressed. */
  get offset(): number {
    return this.#offset;
  }

  /** `parse` is called again from the start of the record when it turns out not to be whole yet, so it only reads. */
  async next<T>(parse: (reader: JuteReader) => T): Promise<T> {
    for (;;) {
      const read = this.#try(parse);
      if (read !== undefined) return read.value;
      await this.#more();
    }
  }

  /** Calls `take` with one record after the other until it answers false: without a promise for each. */
  async each<T>(parse: (reader: JuteReader) => T, take: (record: T) => boolean): Promise<void> {
    for (;;) {
      const read = this.#try(parse);
      if (read === undefined) await this.#more();
      else if (!take(read.value)) return;
    }
  }

  /** How many bytes are left, up to `max`. */
  async left(max: number): Promise<number> {
    while (this.#held.length - this.#at < max && !this.#isAtEnd) await this.#fill();
    return Math.min(max, this.#held.length - this.#at);
  }

  #try<T>(parse: (reader: JuteReader) => T): { readonly value: T } | undefined {
    const reader = this.#reader.open(this.#held, this.#at, this.#held.length);
    try {
      const value = parse(reader);
      const end = this.#held.length - reader.left;
      this.#sum.add(this.#held, this.#at, end);
      this.#offset += end - this.#at;
      this.#at = end;
      return { value };
    } catch (error) {
      if (error instanceof MalformedRecord) return undefined;
      throw error;
    }
  }

  /** At least as much again as there is: a large record is not tried once for each chunk of it. */
  async #more(): Promise<void> {
    const before = this.#held.length - this.#at;
    if (this.#isAtEnd || before > recordBytesMax) {
      const what = this.#isAtEnd ? 'it ends within the record' : 'a record that can be none';
      throw new DamagedFile(this.#file, `${what} at byte ${String(this.#offset)}`);
    }
    await this.left(2 * before + 1);
  }

  async #fill(): Promise<void> {
    const next = await this.#chunks.next();
    if (next.done === true) {
      this.#isAtEnd = true;
      return;
    }
    const rest = this.#held.subarray(this.#at);
    this.#held = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    this.#at = 0;
  }
}
