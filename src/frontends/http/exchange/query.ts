import { parseDurationMs } from '../../../base/duration.ts';
import { nearest } from '../../../base/nearest.ts';
import { badRequest } from './problem.ts';

/** Query strings longer than this are refused before they are looked at. */
const parametersMax = 32;

/**
 * Go with every route: `pretty` sets JSON out for reading, and `_` is what browsers' libraries and probes add against caches.
 */
const everywhere = ['pretty', '_'];

/**
 * Holds the parameters of one request, each known, each at most once. `+` is a space, as every library writes it; a
 * bare name is a flag that is set.
 */
export class Query {
  readonly #values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  static readonly none = new Query(new Map());

  /** Parses what follows the question mark. Throws a `Problem` for a parameter that `known` does not list. */
  static parse(raw: string, known: readonly string[]): Query {
    if (raw === '') return Query.none;
    const values = new Map<string, string>();
    const parts = raw.split('&');
    if (parts.length > parametersMax) {
      throw badRequest('too many query parameters', { limit: parametersMax, actual: parts.length });
    }
    for (const part of parts) {
      if (part === '') continue;
      const equals = part.indexOf('=');
      const name = decodeComponent(equals < 0 ? part : part.slice(0, equals));
      const value = equals < 0 ? '' : decodeComponent(part.slice(equals + 1));
      if (!known.includes(name) && !everywhere.includes(name)) throw unknownParameter(name, known);
      if (values.has(name)) {
        throw badRequest(`the parameter "${name}" is given twice: give it once`);
      }
      values.set(name, value);
    }
    const query = new Query(values);
    query.flag('pretty');
    return query;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** Refuses parameters that mean nothing beside what else was asked for. */
  refuse(names: readonly string[], why: string): void {
    if (this.isEmpty) return;
    const stray = names.find((name) => this.#values.has(name));
    if (stray !== undefined) throw badRequest(`${stray} means nothing here: ${why}`);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Says whether a flag is set: `?flag`, `?flag=true` and `?flag=1` are true; `=false` and `=0` are honoured. */
  flag(name: string): boolean {
    const value = this.#values.get(name);
    if (value === undefined || value === 'false' || value === '0') return false;
    if (value === '' || value === 'true' || value === '1') return true;
    throw badRequest(
      `"${name}" is a flag: write ?${name} or ?${name}=false, got "${excerpt(value)}"`,
    );
  }

  integer(name: string, range: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const number = /^-?(0|[1-9][0-9]{0,9})$/.test(value) ? Number(value) : NaN;
    if (!(number >= range.min && number <= range.max)) {
      throw badRequest(
        `"${name}" must be a whole number from ${String(range.min)} to ${String(range.max)}, got "${excerpt(value)}"`,
      );
    }
    return number;
  }

  durationMs(
    name: string,
    range: { readonly minMs: number; readonly maxMs: number },
  ): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const durationMs = parseDurationMs(value);
    if (durationMs === undefined) {
      throw badRequest(
        `"${name}" must be a duration with its unit, as in 500ms, 30s, 5m or 1h; got "${excerpt(value)}"`,
      );
    }
    if (durationMs < range.minMs || durationMs > range.maxMs) {
      throw badRequest(
        `"${name}" must be from ${String(range.minMs)}ms to ${String(range.maxMs)}ms, got "${excerpt(value)}"`,
        { limit: range.maxMs, actual: durationMs },
      );
    }
    return durationMs;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) {
      const hint = nearest(value, words);
      throw badRequest(
        `"${name}" must be one of ${words.join(', ')}; got "${excerpt(value)}"${hint === undefined ? '' : ` (did you mean "${hint}"?)`}`,
      );
    }
    return word;
  }
}

/** Cuts what a client sent short enough to be said back to it. */
export function excerpt(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badRequest(`"${excerpt(text)}" in the query is not valid percent-encoded UTF-8`);
  }
}

/** How others take what proves who somebody is in a URL, where logs and histories keep it. */
const proofNames: ReadonlySet<string> = new Set([
  ...['token', 'access_token', 'auth_token', 'authorization', 'bearer', 'jwt', 'password'],
]);

function unknownParameter(name: string, known: readonly string[]): Error {
  if (proofNames.has(name.toLowerCase())) {
    return badRequest(
      `"${name}" in a URL would be kept by logs and histories: send what proves who you are as a header, Authorization: Bearer, and take another token, since this one was shown`,
    );
  }
  if (known.length === 0) {
    return badRequest(`unknown parameter "${excerpt(name)}": this route takes none`);
  }
  const hint = nearest(name, known);
  const advice = hint === undefined ? '' : `did you mean "${hint}"? `;
  return badRequest(
    `unknown parameter "${excerpt(name)}": ${advice}known here are ${known.join(', ')}`,
  );
}
