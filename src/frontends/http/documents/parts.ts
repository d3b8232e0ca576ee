import { isUtf8 } from 'node:buffer';
import { partLengthMin } from '../exchange/large-answer.ts';
import { encodeData, type Encoding } from './encode.ts';

// Large documents as text that is made part by part, the same that `JSON.stringify` makes in one go.

/** Yields a text of a megabyte in parts of no more than some tens of kilobytes. */
export type Parts = Iterable<string>;

/** Data above is written in parts of so many bytes: a multiple of three, so that base64 has no padding inside. */
export const dataPartBytes = 49_152;

/** Writes an object, field by field; where a value is a function, by the parts that it gives. */
export function* objectParts(fields: Iterable<readonly [string, unknown]>): Parts {
  let before = '{';
  for (const [name, value] of fields) {
    if (value === undefined) continue;
    const start = `${before}${JSON.stringify(name)}:`;
    before = ',';
    if (typeof value === 'function') {
      yield start;
      yield* (value as () => Parts)();
    } else {
      yield start + JSON.stringify(value);
    }
  }
  yield before === '{' ? '{}' : '}';
}

/** Writes an array; `encode` gives what to write of an item, or the parts of it. */
export function* arrayParts<Item>(
  items: readonly Item[],
  encode: (item: Item) => string | Parts,
): Parts {
  let before = '[';
  for (const item of items) {
    const encoded = encode(item);
    if (typeof encoded === 'string') {
      yield before + encoded;
    } else {
      yield before;
      yield* encoded;
    }
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** Puts texts together to bytes that are worth a turn and a write each. */
export function* gatheredBytes(parts: Parts): Generator<Buffer, void> {
  let text = '';
  for (const part of parts) {
    text += part;
    if (text.length < partLengthMin) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

/** Gives the fields of data as `encodeData` does, for `objectParts`. */
export function dataFieldsOf(
  data: Uint8Array | null,
  force: Encoding | undefined,
): readonly (readonly [string, unknown])[] {
  if (data === null || data.length <= dataPartBytes) return Object.entries(encodeData(data, force));
  const encoding = force !== 'base64' && isUtf8(data) ? 'utf8' : 'base64';
  return [
    ['data', () => dataParts(data, encoding)],
    ['encoding', encoding],
  ];
}

function* dataParts(data: Uint8Array, encoding: Encoding): Parts {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  yield '"';
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + dataPartBytes, bytes.length);
    if (encoding === 'utf8') {
      end = characterStart(bytes, end);
      yield JSON.stringify(bytes.toString('utf8', start, end)).slice(1, -1);
    } else {
      yield bytes.toString('base64', start, end);
    }
    start = end;
  }
  yield '"';
}

/** Goes back to where a character begins, or the end is: no part ends within one. */
function characterStart(bytes: Uint8Array, index: number): number {
  let start = index;
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
