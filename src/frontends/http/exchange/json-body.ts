import type { z } from 'zod';
import { MalformedBytes, fromUtf8 } from '../../../base/bytes.ts';
import type { Limits } from '../../../model/limits.ts';
import { badRequest, type Problem } from './problem.ts';

/** Is deep enough for every document of ours, shallow enough for every stack. */
export const jsonDepthMax = 16;

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
 * not deeper than `jsonDepthMax`. Throws a `Problem`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = fromUtf8(bytes);
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof MalformedBytes) throw badRequest('the body is not UTF-8: JSON must be');
    throw badRequest(
      `the body is not JSON: ${error instanceof Error ? error.message : 'unknown cause'}`,
    );
  }
  scan(text);
  return value;
}

/** Parses a body and checks it against the schema; an empty one counts as `{}`. Throws a `Problem`. */
export function decodeJson<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
): z.output<Schema> {
  return checkedBy(schema, bytes.length === 0 ? {} : parseJson(bytes));
}

/** Checks what `parseJson` gave, or a part of it, against the schema. Throws a `Problem`. */
export function checkedBy<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
): z.output<Schema> {
  const checked = schema.safeParse(document);
  if (!checked.success) throw schemaProblem(checked.error);
  return checked.data;
}

function schemaProblem(error: z.ZodError): Problem {
  const [first] = error.issues;
  const where =
    first === undefined || first.path.length === 0 ? 'the body' : first.path.map(String).join('.');
  // An unknown key is said back to the client, and may be of any length.
  return badRequest(`${where}: ${first?.message ?? 'is not valid'}`.slice(0, 300));
}

/** Walks text that is known to be valid JSON, once; only depth and keys are of interest. */
function scan(text: string): void {
  // One entry per open bracket: the keys seen so far of an object, null of an array.
  const open: (Set<string> | null)[] = [];
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > jsonDepthMax) {
        throw badRequest('the JSON is nested too deeply', {
          limit: jsonDepthMax,
          actual: open.length,
        });
      }
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, index);
      if (isKey(text, end)) claimKey(String(JSON.parse(text.slice(index, end))), open.at(-1));
      index = end - 1;
    }
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index + 1;
}

function isKey(text: string, after: number): boolean {
  let index = after;
  while (
    text[index] === ' ' ||
    text[index] === '\n' ||
    text[index] === '\r' ||
    text[index] === '\t'
  ) {
    index++;
  }
  return text[index] === ':';
}

function claimKey(key: string, seen: Set<string> | null | undefined): void {
  if (pollutingKeys.has(key)) throw badRequest(`the key "${key}" is not allowed in JSON here`);
  if (seen?.has(key) === true) {
    throw badRequest(`the key "${key.slice(0, 80)}" is given twice in one object`);
  }
  seen?.add(key);
}
