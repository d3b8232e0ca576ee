/** A message that may be large: it is encoded when it is sent. */
export interface SizedMessage {
  /** About how many bytes it has. */
  readonly bytes: number;
  /** Encodes it, some of it in each step; the last step gives all of it. */
  readonly make: () => Iterator<undefined, Buffer>;
}

/** Encodes it within the call. */
export function madeAtOnce({ make }: SizedMessage): Buffer {
  const steps = make();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** A message that is encoded once for all who are sent it, by whoever comes so far first. */
export class SharedMessage implements SizedMessage {
  readonly bytes: number;
  #steps: Iterator<undefined, Buffer> | undefined;
  #made: Buffer = nothing;

  constructor({ bytes, make }: SizedMessage) {
    this.bytes = bytes;
    this.#steps = make();
  }

  readonly make = (): Iterator<undefined, Buffer> => ({
    next: () => {
      const step = this.#steps?.next();
      if (step !== undefined && step.done !== true) return step;
      if (step?.done === true) this.#made = step.value;
      this.#steps = undefined;
      return { done: true, value: this.#made };
    },
  });
}

/**
 * Encodes a message that is one field alone, itself a message, part by part. Each of `parts` is the whole with some of a
 * list's items; `encode` is done once in a step.
 */
export function* fieldInSteps<Part>(
  parts: Iterable<Part>,
  encode: (part: Part) => Buffer,
): Generator<undefined, Buffer, undefined> {
  const encoded = yield* encodedInSteps(parts, encode);
  const [first = nothing] = encoded;
  if (encoded.length === 1) return first;
  return field(first.subarray(0, varintEnd(first, 0)), encoded.map(contentOf));
}

/** Encodes a message in parts, of which each is one by itself: fields of protobuf may come in pieces. */
export function* inSteps<Part>(
  parts: Iterable<Part>,
  encode: (part: Part) => Buffer,
): Generator<undefined, Buffer, undefined> {
  return Buffer.concat(yield* encodedInSteps(parts, encode));
}

function* encodedInSteps<Part>(
  parts: Iterable<Part>,
  encode: (part: Part) => Buffer,
): Generator<undefined, readonly Buffer[], undefined> {
  const encoded: Buffer[] = [];
  for (const part of parts) {
    if (encoded.length > 0) yield undefined;
    encoded.push(encode(part));
  }
  return encoded;
}

/** Some of a list's items. */
export interface Some<Item> {
  readonly some: readonly Item[];
  readonly isFirst: boolean;
}

/** Cuts a list into parts of so many items; an empty one has none. */
export function* someAtOnce<Item>(
  items: readonly Item[],
  count: number,
): Generator<Some<Item>, void> {
  for (let at = 0; at < items.length; at += count) {
    yield { some: items.slice(at, at + count), isFirst: at === 0 };
  }
}

/** Gives a field that has these contents, one after the other. */
export function field(tag: Uint8Array, contents: readonly Buffer[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  return Buffer.concat([tag, varint(length), ...contents]);
}

const nothing = Buffer.alloc(0);

/** Of a field that is alone in `encoded`. */
function contentOf(encoded: Buffer): Buffer {
  return encoded.subarray(varintEnd(encoded, varintEnd(encoded, 0)));
}

/** Of protobuf: seven bits a byte, the lowest first, and a bit that says that more follow. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}

function varintEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (((bytes[at] ?? 0) & 0x80) !== 0) at++;
  return at + 1;
}
