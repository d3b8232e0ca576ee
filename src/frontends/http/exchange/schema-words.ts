import type { z } from 'zod';
import { nearest } from '../../../base/nearest.ts';
import { excerpt } from './query.ts';

type Issue = z.ZodError['issues'][number];

/** What is looked at of a schema: which keys an object may have. */
interface SchemaNode {
  readonly def: {
    readonly type: string;
    readonly innerType?: SchemaNode;
    readonly out?: SchemaNode;
    readonly element?: SchemaNode;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
    readonly options?: readonly SchemaNode[];
    readonly discriminator?: string;
    readonly values?: readonly unknown[];
  };
}

/** The rest of a long list of known words says nothing more. */
const knownShownMax = 16;

/**
 * Says in our words what is wrong with a document: which field, what was wanted and what came, and where a word was
 * mistyped, what it most likely meant.
 */
export function complaintOf(error: z.ZodError, schema: z.ZodType, document: unknown): Complaint {
  // A mistyped key is why another is missing.
  const issue =
    error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0] ?? undefined;
  if (issue === undefined) return { path: [], words: 'is not valid' };
  const path = issue.path.map(String);
  return { path, words: wordsOf(issue, schema, document) };
}

export interface Complaint {
  readonly path: readonly string[];
  readonly words: string;
}

function wordsOf(issue: Issue, schema: SchemaNode, document: unknown): string {
  const given = valueAt(document, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKey(issue.keys[0] ?? '', keysAt(schema, issue.path, document));
    case 'invalid_type':
      if (!isDefault(issue.message)) return issue.message;
      return given === undefined && issue.path.length > 0
        ? `is missing: it must be ${kindWords[issue.expected] ?? issue.expected}`
        : `must be ${kindWords[issue.expected] ?? issue.expected}, got ${described(given)}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String), given);
    case 'invalid_union': {
      const options = (issue as { readonly options?: readonly unknown[] }).options ?? [];
      return isDefault(issue.message)
        ? oneOf(options.map(String), given)
        : issue.message + hint(given, options.map(String));
    }
    case 'too_small':
      if (!isDefault(issue.message)) return issue.message;
      return bounded('at least', Number(issue.minimum), issue.origin, given);
    case 'too_big':
      if (!isDefault(issue.message)) return issue.message;
      return bounded('at most', Number(issue.maximum), issue.origin, given);
    default:
      return issue.message;
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** Messages of ours stand as they are. */
function isDefault(message: string): boolean {
  return /^(?:Invalid |Too )/.test(message);
}

function unknownKey(key: string, known: readonly string[]): string {
  const start = `unknown field "${excerpt(key)}"`;
  if (known.length === 0) return `${start}: there are none here`;
  const meant = nearest(key, known);
  const advice = meant === undefined ? '' : `did you mean "${meant}"? `;
  const shown = known.slice(0, knownShownMax).join(', ');
  return `${start}: ${advice}known here are ${shown}${known.length > knownShownMax ? ', …' : ''}`;
}

function oneOf(words: readonly string[], given: unknown): string {
  const wanted = words.map((word) => `"${word}"`).join(', ');
  const start = words.length === 1 ? `must be ${wanted}` : `must be one of ${wanted}`;
  return given === undefined
    ? `is missing: it ${start}`
    : `${start}; got ${described(given)}${hint(given, words)}`;
}

function hint(given: unknown, words: readonly string[]): string {
  const meant = typeof given === 'string' ? nearest(given, words) : undefined;
  return meant === undefined ? '' : ` (did you mean "${meant}"?)`;
}

function bounded(how: string, bound: number, origin: string, given: unknown): string {
  switch (origin) {
    case 'array':
      return `must have ${how} ${String(bound)} ${bound === 1 ? 'element' : 'elements'}`;
    case 'string':
      return `must have ${how} ${String(bound)} ${bound === 1 ? 'character' : 'characters'}`;
    default:
      return `must be ${how} ${String(bound)}, got ${described(given)}`;
  }
}

function described(value: unknown): string {
  if (typeof value === 'string') return `the text "${excerpt(value)}"`;
  if (Array.isArray(value)) return 'a list';
  if (value === undefined) return 'nothing';
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function keysAt(
  schema: SchemaNode,
  path: readonly PropertyKey[],
  document: unknown,
): readonly string[] {
  let node: SchemaNode | undefined = chosen(schema, document);
  for (const [index, key] of path.entries()) {
    const { shape, element } = node?.def ?? {};
    const value = valueAt(document, path.slice(0, index + 1));
    node = chosen(shape?.[String(key)] ?? element, value);
  }
  return Object.keys(node?.def.shape ?? {});
}

/** Goes through what wraps a schema, and takes the option that the document chose. */
function chosen(schema: SchemaNode | undefined, value: unknown): SchemaNode | undefined {
  let node = schema;
  while (node !== undefined) {
    const { innerType, out, options, discriminator }: SchemaNode['def'] = node.def;
    const next: SchemaNode | undefined = innerType ?? out;
    if (next !== undefined) {
      node = next;
    } else if (options !== undefined && discriminator !== undefined) {
      const word = valueAt(value, [discriminator]);
      node = options.find(({ def }) => def.shape?.[discriminator]?.def.values?.includes(word));
    } else {
      return node;
    }
  }
  return undefined;
}
