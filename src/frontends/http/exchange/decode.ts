import { parsePath, type ZnodePath } from '../../../model/path.ts';
import { parseZxid, type Zxid } from '../../../model/zxid.ts';
import { badRequest } from './problem.ts';
import { excerpt, type Query } from './query.ts';

/** The longest that a caller may ask this door to wait for an answer. */
export const timeoutMsMax = 60_000;

/** Gives the path that the text is; throws a `Problem` when it is none. */
export function pathFrom(text: string, options: { readonly sequential?: boolean } = {}): ZnodePath {
  const path = parsePath(text, options);
  if (typeof path !== 'string') throw badRequest(path.complaint, { path: excerpt(text) });
  return path;
}

export function decodeTimeout(query: Query, defaultTimeoutMs: number): number {
  return query.durationMs('timeout', { minMs: 1, maxMs: timeoutMsMax }) ?? defaultTimeoutMs;
}

/** Gives the zxid that the text is; throws a `Problem` that names `where` when it is none. */
export function zxidFrom(text: string, where: string): Zxid {
  const zxid = parseZxid(text);
  if (zxid === undefined) {
    throw badRequest(`${where} must be a zxid: a decimal number, got "${excerpt(text)}"`);
  }
  return zxid;
}

/** Says whether an `If-None-Match` of a read names this ETag: by weak comparison, as RFC 9110 asks of reads. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}

/** Says whether JSON is named in `Accept` and no less wanted than raw bytes. `*\/*` alone means raw bytes. */
export function wantsJson(accept: string | undefined): boolean {
  if (accept?.toLowerCase().includes('application/json') !== true) return false;
  let json = 0;
  let raw = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (type === 'application/json') json = q;
    if (type === 'application/octet-stream') raw = q;
  }
  return json > 0 && json >= raw;
}
