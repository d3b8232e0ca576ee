import type { IncomingHttpHeaders } from 'node:http';
import { openAcl, type Acl } from '../../../model/acl.ts';
import { childOf, type ZnodePath } from '../../../model/path.ts';
import {
  anyVersion,
  ttlMsMax,
  type Expected,
  type TreeOp,
  type ZnodeKind,
} from '../../../model/request.ts';
import { parseZxid, zeroZxid } from '../../../model/zxid.ts';
import { etagsOf, pathFrom } from '../exchange/decode.ts';
import { badRequest } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';

const versionMax = 2_147_483_647;

/** What a request says about the znode it means to change. */
export type Precondition =
  | { readonly kind: 'expected'; readonly expected: Expected; readonly mustExist: boolean }
  | { readonly kind: 'mustNotExist' };

/** Decodes `If-Match: "<czxid>-<version>"` or `*`, `?version=` and `If-None-Match: *`. Throws a `Problem`. */
export function decodePrecondition(query: Query, headers: IncomingHttpHeaders): Precondition {
  const version = query.integer('version', { min: -1, max: versionMax });
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') {
      throw badRequest('on a change, If-None-Match can only be * (create, never overwrite)');
    }
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
  if (ifMatch === '*') {
    return { kind: 'expected', expected: { version: version ?? -1 }, mustExist: true };
  }
  const [expected = neverMet] = expectedByEtags(ifMatch);
  if (version !== undefined && version !== expected.version) {
    throw badRequest('If-Match and version ask for different versions: send one of them');
  }
  return { kind: 'expected', expected, mustExist: true };
}

/** No znode has it: what a list without one of our own tags asks for. */
const neverMet: Expected = { version: versionMax, czxid: zeroZxid };

/**
 * Gives what the tags of an `If-Match` ask for that could be those of a znode: weak ones never match on a change (RFC 9110,
 * section 13.1.1), and others are not ours. Throws a `Problem` when it is no list of tags.
 */
export function expectedByEtags(ifMatch: string): readonly Expected[] {
  const tags = etagsOf(ifMatch);
  if (tags === undefined) {
    throw badRequest(
      'If-Match must be * or ETags as this door sends them: "<czxid>-<version>", quotes included',
    );
  }
  return tags.map(expectedByEtag).filter((expected) => expected !== undefined);
}

function expectedByEtag(etag: string): Expected | undefined {
  const [, czxid, version] = /^"([0-9]{1,19})-([0-9]{1,10})"$/.exec(etag) ?? [];
  const parsed = czxid === undefined ? undefined : parseZxid(czxid);
  if (parsed === undefined || !(Number(version) <= versionMax)) return undefined;
  return { version: Number(version), czxid: parsed };
}

const kinds = [
  'persistent',
  'ephemeral',
  'container',
  'ttl',
] as const satisfies readonly ZnodeKind[];

/** Holds what comes with the URL of a change. */
export interface Given {
  readonly headers: IncomingHttpHeaders;
  readonly data: Uint8Array;
  /** The ACL of the znode that is created, from `X-Acl`. */
  readonly acl?: Acl | undefined;
}

/**
 * Decodes a `POST` on the parent: a new child, named by `?name=`, which may be left away when a sequence number makes
 * the name. Throws a `Problem`.
 */
export function decodeCreate(
  parent: ZnodePath,
  query: Query,
  { data, acl = openAcl }: Omit<Given, 'headers'>,
): TreeOp {
  const sequential = query.flag('sequential');
  const name = query.text('name') ?? '';
  if (name === '' && !sequential) throw badRequest('the new znode needs a name: add ?name=');
  if (name.includes('/')) {
    throw badRequest('name is a single name, without "/": POST to the parent it belongs to');
  }
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

/** Decodes a `PUT`: it sets, and creates only when told so. Throws a `Problem`. */
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
  if (mustExist) {
    throw badRequest('create contradicts If-Match, which asks for a znode that exists');
  }
  return { op: 'set', path, data, expected, orCreate: { acl, parents } };
}

/** Decodes a `DELETE`. Throws a `Problem`. */
export function decodeDelete(path: ZnodePath, query: Query, headers: IncomingHttpHeaders): TreeOp {
  const precondition = decodePrecondition(query, headers);
  if (precondition.kind === 'mustNotExist') {
    throw badRequest('If-None-Match: * makes no sense on a delete');
  }
  return {
    op: 'delete',
    path,
    expected: precondition.expected,
    recursive: query.flag('recursive'),
  };
}
