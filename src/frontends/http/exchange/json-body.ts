import type { z } from 'zod';
import { isUtf8 } from 'node:buffer';
import type { Limits } from '../../../model/limits.ts';
import { Problem, badRequest } from './problem.ts';
import { complaintOf } from './schema-words.ts';

/** Is deep enough for every document of ours, shallow enough for every stack. */
export const jsonDepthMax = 16;

/**
 * Elements of all arrays of a document together: a transaction has at most `Limits.opsPerMultiMax` ops, with a few ACL
 * entries each. Counted before anything is made of the text.
 */
export const jsonItemsMax = 10_000;

/** Keys of all objects of a document together; counted with the items. */
export const jsonKeysMax = 20_000;

/** Keys of one object: no schema of ours has as many. */
export const jsonKeysPerObjectMax = 64;

/** A complaint about a document is cut to so many characters. */
const complaintLengthMax = 500;

/** Base64, escapes and names may double what a request carries. */
const jsonBytesPerRequestByte = 2;

/** Says how long a JSON document of a client may be: the service has the exact limit of what it carries. */
export function jsonBodyBytesMax({ requestBytesMax }: Limits): number {
  return requestBytesMax * jsonBytesPerRequestByte;
}

/** Names that reach a prototype when a careless program copies an object. No schema of ours uses them. */
const pollutingKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a JSON document that has one meaning only: UTF-8, no key twice in an object, no key that reaches a prototype,
 * not deeper than `jsonDepthMax`; and that is cheap: no more than `jsonItemsMax`, `jsonKeysMax` and
 * `jsonKeysPerObjectMax`. Throws a `Problem`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw badRequest('the body is not UTF-8: JSON must be');
  const text = withoutMark(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  // Ahead of the parser: what a few bytes make it build costs a hundred times of what it costs to count.
  new Scan(text).run();
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw badRequest(
      `the body is not JSON: ${error instanceof Error ? error.message : 'unknown cause'}`,
    );
  }
}

/** Some editors and shells put a byte order mark in front, which RFC 8259 lets a parser ignore. */
function withoutMark(text: Buffer): Buffer {
  const hasMark = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf;
  return hasMark ? text.subarray(3) : text;
}

/** Parses a body and checks it against the schema; an empty one counts as `{}`. Throws a `Problem`. */
export function decodeJson<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
): z.output<Schema> {
  return checkedBy(schema, bytes.length === 0 ? {} : parseJson(bytes));
}

/**
 * Checks what `parseJson` gave, or a part of it, against the schema. Throws a `Problem`, which names the field; `part`
 * says where a part is.
 */
export function checkedBy<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
  part?: string,
): z.output<Schema> {
  const checked = schema.safeParse(document);
  if (!checked.success) {
    const { path, words } = complaintOf(checked.error, schema, document);
    const where = [...(part === undefined ? [] : [part]), ...path].join('.');
    // An unknown key is said back to the client, and may be of any length.
    throw badRequest(`${where === '' ? 'the body' : where}: ${words}`.slice(0, complaintLengthMax));
  }
  return checked.data;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const blanks: readonly (number | undefined)[] = [0x20, 0x0a, 0x0d, 0x09];

/** A string is looked through byte by byte up to here, and again behind each escape. */
const byByteMax = 64;
/** And beyond it so much at a time. */
const plainBytes = 4_096;

/** Walks the text once, for depth, items and keys alone; that it is JSON is for the parser to find out. */
class Scan {
  readonly #text: Buffer;
  /** One entry per open bracket: the keys seen so far of an object, null of an array. */
  readonly #open: (Set<string> | null)[] = [];
  #items = 0;
  #keys = 0;

  constructor(text: Buffer) {
    this.#text = text;
  }

  run(): void {
    const text = this.#text;
    for (let index = 0; index < text.length; index++) {
      switch (text[index]) {
        case openArray:
          this.#item();
          this.#opened(null);
          break;
        case openObject:
          this.#opened(new Set());
          break;
        case closeArray:
        case closeObject:
          this.#open.pop();
          break;
        case comma:
          if (this.#open.at(-1) === null) this.#item();
          break;
        case quote:
          index = this.#string(index) - 1;
          break;
        default:
      }
    }
  }

  #opened(keys: Set<string> | null): void {
    this.#open.push(keys);
    const { length } = this.#open;
    if (length > jsonDepthMax) {
      throw badRequest('the JSON is nested too deeply', { limit: jsonDepthMax, actual: length });
    }
  }

  #item(): void {
    if (++this.#items > jsonItemsMax) throw tooMany('array elements', jsonItemsMax);
  }

  /** Gives the index after the closing quote of the string that opens at `start`. */
  #string(start: number): number {
    const text = this.#text;
    let end = start + 1;
    let isEscaped = false;
    let lookFrom = start + byByteMax;
    for (; end < text.length && text[end] !== quote; end++) {
      if (end >= lookFrom) {
        end = this.#pastPlain(end);
        lookFrom = end + byByteMax;
        if (end >= text.length || text[end] === quote) break;
      }
      if (text[end] !== backslash) continue;
      isEscaped = true;
      end++;
    }
    const keys = this.#open.at(-1);
    if (keys === undefined || keys === null || !this.#isKey(end + 1)) return end + 1;
    if (++this.#keys > jsonKeysMax) throw tooMany('keys', jsonKeysMax);
    const key = isEscaped
      ? unescaped(text.toString('utf8', start, end + 1))
      : text.toString('utf8', start + 1, end);
    if (key !== undefined) claimKey(key, keys);
    return end + 1;
  }

  /** Gives where the next quote or backslash is. By the piece: a search for what is not there would go on to the end. */
  #pastPlain(from: number): number {
    for (let at = from; at < this.#text.length; at += plainBytes) {
      const piece = this.#text.subarray(at, at + plainBytes);
      const quoteAt = piece.indexOf(quote);
      const plain = quoteAt < 0 ? piece : piece.subarray(0, quoteAt);
      const backslashAt = plain.indexOf(backslash);
      if (backslashAt >= 0) return at + backslashAt;
      if (quoteAt >= 0) return at + quoteAt;
    }
    return this.#text.length;
  }

  #isKey(after: number): boolean {
    let index = after;
    while (blanks.includes(this.#text[index])) index++;
    return this.#text[index] === colon;
  }
}

/** Undefined when the parser will say what is wrong. */
function unescaped(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

function claimKey(key: string, seen: Set<string>): void {
  if (pollutingKeys.has(key)) throw badRequest(`the key "${key}" is not allowed in JSON here`);
  if (seen.has(key)) {
    throw badRequest(`the key "${key.slice(0, 80)}" is given twice in one object`);
  }
  if (seen.size >= jsonKeysPerObjectMax) throw tooMany('keys in one object', jsonKeysPerObjectMax);
  seen.add(key);
}

function tooMany(what: string, limit: number): Problem {
  return new Problem(
    'tooLarge',
    `a JSON document may have ${String(limit)} ${what}, and this one has more: send less at a time`,
    { limit },
  );
}
