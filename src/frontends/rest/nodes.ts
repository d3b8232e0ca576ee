import type { Refusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { OpResult, TreeOp } from '../../model/request.ts';
import type { ReadQuery, ResultOf } from '../../model/read.ts';
import type { ReadAnswer, WriteAnswer } from '../../service/coordination-service.ts';
import { zxidToDecimal } from '../../model/zxid.ts';
import { decodeContinuation, encodeContinuation, hasMoved } from './continuation.ts';
import { decodeAcl } from './decode-txn.ts';
import {
  decodeCreate,
  decodeDelete,
  decodePath,
  decodeReadOptions,
  decodeSet,
  decodeWriteOptions,
  matchesEtag,
  nodesPrefix,
  readParameters,
  wantsJson,
  writeParameters,
} from './decode.ts';
import {
  encodeAcl,
  encodeChild,
  encodeData,
  encodeStat,
  etagOf,
  nodeUrl,
  replayed,
  statHeaders,
} from './encode.ts';
import type { Exchange } from './exchange.ts';
import { Problem, badRequest, problemOf, problemOfRefusal } from './problem.ts';
import type { Query } from './query.ts';
import { redirectToLeader } from './redirect.ts';

// `/v1/nodes/{path}`: the hot routes, reached without a router. Each is decode, call, encode.

const readKnown = [
  'children',
  'stat',
  'acl',
  'limit',
  'continue',
  'withData',
  'encoding',
  ...readParameters,
];

/** Which query parameters each method takes; the OpenAPI document lists the same. */
export const nodesParameters = {
  GET: readKnown,
  HEAD: readKnown,
  POST: ['name', 'kind', 'sequential', 'ttl', 'parents', ...writeParameters],
  PUT: ['create', 'parents', 'version', 'acl', ...writeParameters],
  DELETE: ['recursive', 'version', ...writeParameters],
} as const satisfies Record<string, readonly string[]>;

const allowed = Object.keys(nodesParameters).join(', ');

export function isNodesUrl(url: string): boolean {
  if (!url.startsWith(nodesPrefix)) return false;
  const next = url[nodesPrefix.length];
  return next === '/' || next === '?' || next === undefined;
}

export function handleNodes(exchange: Exchange): void {
  try {
    switch (exchange.method) {
      case 'GET':
      case 'HEAD':
        readZnode(exchange);
        return;
      case 'POST':
        run(exchange, createZnode(exchange));
        return;
      case 'PUT':
        run(exchange, setZnode(exchange));
        return;
      case 'DELETE':
        run(exchange, deleteZnode(exchange));
        return;
      default:
        throw new Problem('methodNotAllowed', `/v1/nodes takes ${allowed}`, {
          headers: { Allow: allowed },
        });
    }
  } catch (error) {
    exchange.fail(error);
  }
}

function run(exchange: Exchange, work: Promise<void>): void {
  work.catch((error: unknown) => {
    exchange.fail(error);
  });
}

function pathOf(exchange: Exchange): ZnodePath {
  return decodePath(exchange.rawPath.slice(nodesPrefix.length));
}

function readZnode(exchange: Exchange): void {
  const query = exchange.query(nodesParameters.GET);
  const path = pathOf(exchange);
  const views = (['children', 'stat', 'acl'] as const).filter((view) => query.flag(view));
  if (views.length > 1)
    throw badRequest(`${views.join(' and ')} are views of their own: ask for one at a time`);
  const [view] = views;
  if (view !== 'children') refuseStray(query, ['limit', 'continue', 'withData'], 'children');
  const encoding = query.oneOf('encoding', ['utf8', 'base64']);
  switch (view) {
    case undefined:
      readData({ exchange, path, query, encoding });
      return;
    case 'children':
      readChildren({ exchange, path, query, encoding });
      return;
    case 'stat':
      ask(exchange, query, { read: 'stat', path }, ({ result, meta }) => {
        exchange.sendJson(200, { path, stat: encodeStat(result.stat) }, { meta });
      });
      return;
    case 'acl':
      ask(exchange, query, { read: 'acl', path }, ({ result, meta }) => {
        exchange.sendJson(
          200,
          { path, acl: encodeAcl(result.acl), stat: encodeStat(result.stat) },
          { meta },
        );
      });
  }
}

interface View {
  readonly exchange: Exchange;
  readonly path: ZnodePath;
  readonly query: Query;
  readonly encoding: 'utf8' | 'base64' | undefined;
}

function readData({ exchange, path, query, encoding }: View): void {
  const asJson = encoding !== undefined || wantsJson(exchange.headers.accept);
  const ifNoneMatch = exchange.headers['if-none-match'];
  ask(exchange, query, { read: 'data', path }, ({ result, meta }) => {
    const headers = statHeaders(result.stat);
    if (asJson) {
      const document = {
        path,
        ...encodeData(result.data, encoding),
        stat: encodeStat(result.stat),
      };
      exchange.sendJson(200, document, { meta, headers });
    } else if (matchesEtag(ifNoneMatch, etagOf(result.stat))) {
      exchange.send({ status: 304, headers, meta });
    } else {
      headers.push('Content-Type', 'application/octet-stream');
      exchange.send({ status: 200, headers, meta, body: result.data ?? new Uint8Array(0) });
    }
  });
}

function readChildren({ exchange, path, query, encoding }: View): void {
  const max = exchange.door.service.limits.childrenPageMax;
  const limit = query.integer('limit', { min: 1, max }) ?? max;
  const withData = query.flag('withData');
  const token = query.text('continue');
  const begun = token === undefined ? undefined : decodeContinuation(token);
  const asked = { read: 'children', path, limit, withData } as const;
  ask(
    exchange,
    query,
    begun === undefined ? asked : { ...asked, after: begun.after },
    ({ result, meta }) => {
      const last = result.children.at(-1)?.name;
      const next =
        result.more && last !== undefined
          ? encodeContinuation(last, begun?.first ?? result.stat)
          : undefined;
      const document = {
        path,
        children: result.children.map((child) => child.name),
        ...(withData
          ? { znodes: result.children.map((child) => encodeChild(child, encoding)) }
          : {}),
        stat: encodeStat(result.stat),
        moved: begun !== undefined && hasMoved(begun.first, result.stat),
        continue: next ?? null,
      };
      const headers =
        next === undefined ? [] : ['Link', `<${nextPageUrl(exchange, next)}>; rel="next"`];
      exchange.sendJson(200, document, { meta, headers });
    },
  );
}

/** The URL that was asked for, with another `continue`. */
function nextPageUrl(exchange: Exchange, token: string): string {
  const kept = exchange.rawQuery
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('continue='));
  return `${exchange.rawPath}?${[...kept, `continue=${token}`].join('&')}`;
}

/** The way in without a promise: these are the reads that there are most of. */
function ask<Asked extends ReadQuery>(
  exchange: Exchange,
  query: Query,
  asked: Asked,
  answer: (answer: ReadAnswer<ResultOf<Asked>>) => void,
): void {
  const { service, requestTimeoutMs } = exchange.door;
  const options = decodeReadOptions(query, exchange.headers, requestTimeoutMs);
  const caller = exchange.caller();
  if (options.consistency === 'session' && caller.credential === undefined) {
    throw badRequest(
      'consistency=session needs a session: send X-Session-Id and X-Session-Secret, or use minZxid',
    );
  }
  service.readThen(asked, caller, options, (given) => {
    try {
      if (isRefusal(given)) exchange.fail(problemOfRefusal(given));
      else answer(given);
    } catch (error) {
      exchange.fail(error);
    }
  });
}

function isRefusal(given: object): given is Refusal {
  return 'kind' in given;
}

async function createZnode(exchange: Exchange): Promise<void> {
  const query = exchange.query(nodesParameters.POST);
  const parent = pathOf(exchange);
  refuseConditions(exchange, 'POST always makes a new znode');
  if (redirectToLeader(exchange, query)) return;
  const data = await exchange.body(exchange.door.service.limits.dataBytesMax);
  const { result, answer } = await write(exchange, query, decodeCreate(parent, query, data));
  sendWritten(exchange, result, answer);
}

async function setZnode(exchange: Exchange): Promise<void> {
  const query = exchange.query(nodesParameters.PUT);
  const path = pathOf(exchange);
  const setsAcl = query.flag('acl');
  if (setsAcl) refuseStray(query, ['create', 'parents'], 'the data, not with acl');
  if (redirectToLeader(exchange, query)) return;
  const { limits } = exchange.door.service;
  const data = await exchange.body(setsAcl ? limits.requestBytesMax : limits.dataBytesMax);
  const op = setsAcl
    ? setAclOp(exchange, path, query, data)
    : decodeSet(path, query, { headers: exchange.headers, data });
  const { result, answer } = await write(exchange, query, op);
  sendWritten(exchange, result, answer);
}

function setAclOp(exchange: Exchange, path: ZnodePath, query: Query, body: Uint8Array): TreeOp {
  refuseConditions(exchange, 'an ACL has a version of its own: use ?version= with the aversion');
  const aversion = query.integer('version', { min: -1, max: 2_147_483_647 }) ?? -1;
  return { op: 'setAcl', path, acl: decodeAcl(body), aversion };
}

async function deleteZnode(exchange: Exchange): Promise<void> {
  const query = exchange.query(nodesParameters.DELETE);
  const op = decodeDelete(pathOf(exchange), query, exchange.headers);
  if (redirectToLeader(exchange, query)) return;
  const { result, answer } = await write(exchange, query, op);
  const deleted = result.op === 'delete' ? result.deleted : 0;
  exchange.send({
    status: 204,
    headers: ['X-Deleted', String(deleted), ...replayed(answer)],
    meta: answer.meta,
  });
}

async function write(
  exchange: Exchange,
  query: Query,
  op: TreeOp,
): Promise<{ readonly result: OpResult; readonly answer: WriteAnswer }> {
  const { service, requestTimeoutMs } = exchange.door;
  const options = decodeWriteOptions(query, exchange.headers, requestTimeoutMs);
  try {
    const answer = await service.write(
      { kind: 'multi', single: true, ops: [op] },
      exchange.caller(),
      options,
    );
    const [result] = answer.outcome.results;
    if (result === undefined) throw new Error('a write of one op was answered without a result');
    return { result, answer };
  } catch (error) {
    const problem = problemOf(error);
    const onlyIfAbsent = exchange.headers['if-none-match'] !== undefined;
    if (problem?.code !== 'nodeExists' || !onlyIfAbsent) throw error;
    throw new Problem('nodeExists', problem.message, { ...problem.fields, status: 412 });
  }
}

function sendWritten(exchange: Exchange, result: OpResult, answer: WriteAnswer): void {
  if (!('stat' in result))
    throw new Error(`a write was answered with the result of a ${result.op}`);
  const isNew = result.op === 'create';
  const document = {
    path: result.path,
    zxid: zxidToDecimal(answer.outcome.zxid),
    stat: encodeStat(result.stat),
  };
  const headers = [...statHeaders(result.stat), ...replayed(answer)];
  if (isNew) headers.push('Location', nodeUrl(result.path));
  exchange.sendJson(isNew ? 201 : 200, document, { headers, meta: answer.meta });
}

function refuseStray(query: Query, names: readonly string[], view: string): void {
  const stray = names.find((name) => query.has(name));
  if (stray !== undefined) throw badRequest(`${stray} goes with ${view}`);
}

function refuseConditions(exchange: Exchange, why: string): void {
  if (
    exchange.headers['if-match'] !== undefined ||
    exchange.headers['if-none-match'] !== undefined
  ) {
    throw badRequest(`If-Match and If-None-Match do not apply here: ${why}`);
  }
}
