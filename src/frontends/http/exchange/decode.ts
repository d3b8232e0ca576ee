import type { IncomingHttpHeaders } from 'node:http';
import { openAcl, type Acl } from '../../../model/acl.ts';
import { childOf, parsePath, rootPath, type ZnodePath } from '../../../model/path.ts';
import {
  anyVersion,
  ttlMsMax,
  type Expected,
  type TreeOp,
  type ZnodeKind,
} from '../../../model/request.ts';
import { maxZxid, parseZxid, type Zxid } from '../../../model/zxid.ts';
import type { ReadOptions, WriteOptions } from '../../../service/call.ts';
import { badRequest } from './problem.ts';
import { excerpt, type Query } from './query.ts';

/** The longest that a caller may ask this door to wait for an answer. */
export const timeoutMsMax = 60_000;
const versionMax = 2_147_483_647;

export const nodesPrefix = '/v1/nodes';

/** From what follows `/v1/nodes` in the URL. Decoded once: `%2F` is a slash like any other, `%252F` is not. */
export function decodePath(raw: string): ZnodePath {
  return pathFrom(decodeRaw(raw));
}

export function pathFrom(text: string, options: { readonly sequential?: boolean } = {}): ZnodePath {
  const path = parsePath(text, options);
  if (typeof path !== 'string') throw badRequest(path.complaint, { path: excerpt(text) });
  return path;
}

function decodeRaw(raw: string): string {
  if (raw === '' || raw === '/') return rootPath;
  try {
    return decodeURIComponent(raw);
  } catch {
    throw badRequest(
      'the path is not valid percent-encoded UTF-8: encode each name, as encodeURIComponent does',
    );
  }
}

export const readParameters = ['consistency', 'minZxid', 'timeout'] as const;
export const writeParameters = ['timeout', 'redirect'] as const;

export function decodeReadOptions(
  query: Query,
  headers: IncomingHttpHeaders,
  defaultTimeoutMs: number,
): ReadOptions {
  const consistency =
    query.oneOf('consistency', ['linearizable', 'session', 'local']) ?? 'linearizable';
  const timeoutMs = decodeTimeout(query, defaultTimeoutMs);
  const minZxid = decodeMinZxid(query, headers);
  return minZxid === undefined ? { consistency, timeoutMs } : { consistency, timeoutMs, minZxid };
}

export function decodeTimeout(query: Query, defaultTimeoutMs: number): number {
  return query.durationMs('timeout', { minMs: 1, maxMs: timeoutMsMax }) ?? defaultTimeoutMs;
}

function decodeMinZxid(query: Query, headers: IncomingHttpHeaders): Zxid | undefined {
  const header = headers['x-min-zxid'];
  const asked = [query.text('minZxid'), typeof header === 'string' ? header : undefined];
  return asked
    .filter((text) => text !== undefined)
    .map((text) => zxidFrom(text, 'minZxid'))
    .reduce<Zxid | undefined>(
      (most, each) => (most === undefined ? each : maxZxid(most, each)),
      undefined,
    );
}

export function zxidFrom(text: string, where: string): Zxid {
  const zxid = parseZxid(text);
  if (zxid === undefined)
    throw badRequest(`${where} must be a zxid: a decimal number, got "${excerpt(text)}"`);
  return zxid;
}

export function decodeWriteOptions(
  query: Query,
  headers: IncomingHttpHeaders,
  defaultTimeoutMs: number,
): WriteOptions {
  const timeoutMs = decodeTimeout(query, defaultTimeoutMs);
  const idempotencyKey = decodeIdempotencyKey(headers);
  return idempotencyKey === undefined ? { timeoutMs } : { timeoutMs, idempotencyKey };
}

/** With or without the quotes that the draft of the header asks for: both name the same key. */
export function decodeIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['idempotency-key'];
  if (typeof header !== 'string') return undefined;
  const key = /^"[^"]*"$/.test(header) ? header.slice(1, -1) : header;
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw badRequest(
      'Idempotency-Key must be printable ASCII without spaces: a fresh random UUID does',
    );
  }
  return key;
}

/** What a request says about the znode it means to change. */
export type Precondition =
  | { readonly kind: 'expected'; readonly expected: Expected; readonly mustExist: boolean }
  | { readonly kind: 'mustNotExist' };

/** `If-Match: "<czxid>-<version>"` or `*`, `?version=`, `If-None-Match: *`. */
export function decodePrecondition(query: Query, headers: IncomingHttpHeaders): Precondition {
  const version = query.integer('version', { min: -1, max: versionMax });
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*')
      throw badRequest('on a change, If-None-Match can only be * (create, never overwrite)');
    if (ifMatch !== undefined || version !== undefined) {
      throw badRequest(
        'If-None-Match: * goes with neither If-Match nor version: the znode must not exist',
      );
    }
    return { kind: 'mustNotExist' };
  }
  if (ifMatch === undefined) {
    return {
      kind: 'expected',
      expected: version === undefined ? anyVersion : { version },
      mustExist: false,
    };
  }
  if (ifMatch === '*')
    return { kind: 'expected', expected: { version: version ?? -1 }, mustExist: true };
  const expected = expectedFromEtag(ifMatch);
  if (version !== undefined && version !== expected.version) {
    throw badRequest('If-Match and version ask for different versions: send one of them');
  }
  return { kind: 'expected', expected, mustExist: true };
}

function expectedFromEtag(etag: string): Expected {
  const [, czxid, version] = /^"([0-9]{1,19})-([0-9]{1,10})"$/.exec(etag) ?? [];
  const parsed = czxid === undefined ? undefined : parseZxid(czxid);
  if (parsed === undefined || !(Number(version) <= versionMax)) {
    throw badRequest(
      'If-Match must be * or one ETag as this door sends them: "<czxid>-<version>", quotes included',
    );
  }
  return { version: Number(version), czxid: parsed };
}

const kinds = [
  'persistent',
  'ephemeral',
  'container',
  'ttl',
] as const satisfies readonly ZnodeKind[];

/** What comes with the URL of a change. */
export interface Given {
  readonly headers: IncomingHttpHeaders;
  readonly data: Uint8Array;
  /** Of the znode that is created, from `X-Acl`. */
  readonly acl?: Acl | undefined;
}

/** `POST` on the parent: a new child, named by `?name=`, which may be left away when a sequence number makes the name. */
export function decodeCreate(
  parent: ZnodePath,
  query: Query,
  { data, acl = openAcl }: Omit<Given, 'headers'>,
): TreeOp {
  const sequential = query.flag('sequential');
  const name = query.text('name') ?? '';
  if (name === '' && !sequential) throw badRequest('the new znode needs a name: add ?name=');
  if (name.includes('/'))
    throw badRequest('name is a single name, without "/": POST to the parent it belongs to');
  const path = pathFrom(childOf(parent, name), { sequential });
  const ttlMs = query.durationMs('ttl', { minMs: 1, maxMs: ttlMsMax });
  const kind = query.oneOf('kind', kinds) ?? (ttlMs === undefined ? 'persistent' : 'ttl');
  if ((kind === 'ttl') !== (ttlMs !== undefined)) {
    throw badRequest(
      kind === 'ttl'
        ? 'kind=ttl needs ?ttl=, as in ttl=30s'
        : `ttl goes with kind=ttl, not with kind=${kind}`,
    );
  }
  const created = {
    op: 'create',
    path,
    data,
    acl,
    kind,
    sequential,
    parents: query.flag('parents'),
  } as const;
  return ttlMs === undefined ? created : { ...created, ttlMs };
}

/** `PUT` sets; it creates only when told so. */
export function decodeSet(
  path: ZnodePath,
  query: Query,
  { headers, data, acl = openAcl }: Given,
): TreeOp {
  const precondition = decodePrecondition(query, headers);
  const create = query.flag('create');
  const parents = query.flag('parents');
  if (precondition.kind === 'mustNotExist') {
    return {
      op: 'create',
      path,
      data,
      acl,
      kind: 'persistent',
      sequential: false,
      parents,
    };
  }
  const { expected, mustExist } = precondition;
  if (!create) {
    if (parents) throw badRequest('parents goes with create: without it, PUT makes no znode');
    return { op: 'set', path, data, expected };
  }
  if (mustExist)
    throw badRequest('create contradicts If-Match, which asks for a znode that exists');
  return { op: 'set', path, data, expected, orCreate: { acl, parents } };
}

export function decodeDelete(path: ZnodePath, query: Query, headers: IncomingHttpHeaders): TreeOp {
  const precondition = decodePrecondition(query, headers);
  if (precondition.kind === 'mustNotExist')
    throw badRequest('If-None-Match: * makes no sense on a delete');
  return {
    op: 'delete',
    path,
    expected: precondition.expected,
    recursive: query.flag('recursive'),
  };
}

/** Does an `If-None-Match` of a read name this ETag? By weak comparison, as RFC 9110 asks of reads. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}

/** True when JSON is named in `Accept` and no less wanted than raw bytes. `*\/*` alone means raw bytes. */
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
