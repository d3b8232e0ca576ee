import type { IncomingHttpHeaders } from 'node:http';
import type { ZnodePath } from '../../../model/path.ts';
import type { MultiRequest, OpResult, TreeOp } from '../../../model/request.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { WriteAnswer } from '../../../service/call.ts';
import { decodeAcl } from '../documents/decode-txn.ts';
import { encodeStat } from '../documents/encode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { Problem, badRequest, problemOf, type ProblemFields } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import { redirectToLeader } from '../exchange/redirect.ts';
import { decodeAclHeader, refuseAclHeader } from './acl-header.ts';
import { decodeWriteOptions } from './call-options.ts';
import { decodeCreate, decodeDelete, decodeSet, expectedByEtags } from './decode-change.ts';
import { withOneEtag } from './if-match.ts';
import { decodeGuard } from './lock-guard.ts';
import { nodesParameters, pathOf } from './nodes-url.ts';
import { nodeUrl, replayed, statHeaders } from './stat-headers.ts';

/** Answers `POST`: a new child of this znode. */
export async function createZnode(exchange: Exchange): Promise<void> {
  const query = exchange.query(nodesParameters.POST);
  const parent = pathOf(exchange);
  refuseConditions(exchange, 'POST always makes a new znode');
  if (redirectToLeader(exchange, query)) return;
  const acl = decodeAclHeader(exchange.headers);
  const data = await exchange.body(exchange.door.service.limits.dataBytesMax);
  const { result, answer } = await write(
    exchange,
    query,
    decodeCreate(parent, query, { data, acl }),
  );
  sendWritten(exchange, result, answer);
}

/** Answers `PUT`: sets the data, or with `?acl` the ACL. */
export async function setZnode(exchange: Exchange): Promise<void> {
  const query = exchange.query(nodesParameters.PUT);
  const path = pathOf(exchange);
  const setsAcl = query.flag('acl');
  const creates = query.flag('create') || exchange.headers['if-none-match'] !== undefined;
  if (setsAcl || !creates) refuseAclHeader(exchange.headers);
  if (setsAcl) query.refuse(['create', 'parents'], 'they go with the data, not with acl');
  if (redirectToLeader(exchange, query)) return;
  const { limits } = exchange.door.service;
  const acl = decodeAclHeader(exchange.headers);
  const data = await exchange.body(setsAcl ? limits.requestBytesMax : limits.dataBytesMax);
  const op = setsAcl
    ? setAclOp(exchange, path, query, data)
    : decodeSet(path, query, { headers: await settled(exchange, path, query), data, acl });
  const { result, answer } = await write(exchange, query, op).catch((error: unknown) => {
    throw setsAcl || creates ? error : sayingCreate(error);
  });
  sendWritten(exchange, result, answer);
}

/** Of a `PUT` to what is not there: how to create it. */
function sayingCreate(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'noNode') return error;
  const detail = `${error.message} PUT creates it with ?create, and with &parents what is above it.`;
  return new Problem(error.code, detail, error.fields);
}

function setAclOp(exchange: Exchange, path: ZnodePath, query: Query, body: Uint8Array): TreeOp {
  refuseConditions(exchange, 'an ACL has a version of its own: use ?version= with the aversion');
  const aversion = query.integer('version', { min: -1, max: 2_147_483_647 }) ?? -1;
  return { op: 'setAcl', path, acl: decodeAcl(body), aversion };
}

/** Answers `DELETE`: the znode goes, with `?recursive` all below it. */
export async function deleteZnode(exchange: Exchange): Promise<void> {
  const query = exchange.query(nodesParameters.DELETE);
  refuseAclHeader(exchange.headers);
  const path = pathOf(exchange);
  // What is wrong with the request is said ahead of all else.
  decodeDelete(path, query, exchange.headers);
  if (redirectToLeader(exchange, query)) return;
  const op = decodeDelete(path, query, await settled(exchange, path, query));
  const { result, answer } = await write(exchange, query, op);
  const deleted = result.op === 'delete' ? result.deleted : 0;
  exchange.send({
    status: 204,
    headers: ['X-Deleted', String(deleted), ...replayed(answer)],
    meta: answer.meta,
  });
}

/** Most requests have no list of ETags, and wait for nothing here. */
function settled(
  exchange: Exchange,
  path: ZnodePath,
  query: Query,
): IncomingHttpHeaders | Promise<IncomingHttpHeaders> {
  return exchange.headers['if-match'] === undefined
    ? exchange.headers
    : withOneEtag(exchange, path, exchange.timeoutMs(query));
}

async function write(
  exchange: Exchange,
  query: Query,
  op: TreeOp,
): Promise<{ readonly result: OpResult; readonly answer: WriteAnswer }> {
  const { service, requestTimeoutMs } = exchange.door;
  const options = decodeWriteOptions(query, exchange.headers, requestTimeoutMs);
  const guard = decodeGuard(exchange.headers);
  try {
    const request: MultiRequest =
      guard === undefined
        ? { kind: 'multi', single: true, ops: [op] }
        : { kind: 'multi', single: false, ops: [guard, op] };
    const answer = await service.write(request, exchange.caller(), options);
    const result = answer.outcome.results.at(-1);
    if (result === undefined) throw new Error('a write of one op was answered without a result');
    return { result, answer };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    const onlyIfAbsent = exchange.headers['if-none-match'] !== undefined;
    // With a guard it is one op all the same, as far as the client knows.
    throw new Problem(problem.code, problem.message + hintOf(problem, exchange.headers), {
      ...withoutIndex(problem.fields),
      ...(problem.code === 'nodeExists' && onlyIfAbsent && { status: 412 }),
    });
  }
}

/** Proxies that compress answers make weak ETags of ours. */
function hintOf({ code }: Problem, headers: IncomingHttpHeaders): string {
  const ifMatch = headers['if-match'];
  if (code !== 'badVersion' || ifMatch === undefined || ifMatch === '*') return '';
  return expectedByEtags(ifMatch).length > 0
    ? ''
    : ' None of the ETags in If-Match is a strong one of this door: weak ones (W/) match no change';
}

function withoutIndex(fields: ProblemFields): ProblemFields {
  const rest: { -readonly [Field in keyof ProblemFields]: ProblemFields[Field] } = { ...fields };
  delete rest.failedIndex;
  return rest;
}

function sendWritten(exchange: Exchange, result: OpResult, answer: WriteAnswer): void {
  if (!('stat' in result)) {
    throw new Error(`a write was answered with the result of a ${result.op}`);
  }
  const isNew = result.op === 'create';
  const document = {
    path: result.path,
    zxid: zxidToDecimal(answer.outcome.zxid),
    stat: encodeStat(result.stat),
  };
  const headers = [...statHeaders(result.stat), ...replayed(answer)];
  if (isNew) headers.push('Location', exchange.reference(nodeUrl(result.path)));
  exchange.sendJson(isNew ? 201 : 200, document, { headers, meta: answer.meta });
}

function refuseConditions(exchange: Exchange, why: string): void {
  if (
    exchange.headers['if-match'] !== undefined ||
    exchange.headers['if-none-match'] !== undefined
  ) {
    throw badRequest(`If-Match and If-None-Match do not apply here: ${why}`);
  }
}
