import { parsePath, type ZnodePath } from '../../../model/path.ts';
import { parseZxid, type Zxid } from '../../../model/zxid.ts';
import { prefers } from './accept.ts';
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

/** A list of entity tags (RFC 9110, section 8.8.3). */
const etagText = /\s*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)/gy;

/** Gives the tags of an `If-Match` that is not `*`, as they came; undefined when it is no list of them. */
export function etagsOf(header: string): readonly string[] | undefined {
  const tags: string[] = [];
  let end = 0;
  for (const [whole, tag = ''] of header.matchAll(etagText)) {
    tags.push(tag);
    end += whole.length;
  }
  return tags.length > 0 && end === header.length ? tags : undefined;
}

/** Says whether an `If-Match` of a read forbids to answer with this ETag: by strong comparison. Throws a `Problem`. */
export function isPassedOver(header: string | undefined, etag: string): boolean {
  if (header === undefined || header.trim() === '*') return false;
  const tags = etagsOf(header);
  if (tags === undefined) {
    throw badRequest('If-Match must be * or a list of ETags, quotes included');
  }
  return !tags.includes(etag);
}

/** Says whether an `If-None-Match` of a read names this ETag: by weak comparison, as RFC 9110 asks of reads. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}

/** Says whether JSON is named in `Accept` and no less wanted than raw bytes. `*\/*` alone means raw bytes. */
export function wantsJson(accept: string | undefined): boolean {
  return prefers(accept, 'application/json', 'application/octet-stream');
}
