import type { IncomingHttpHeaders } from 'node:http';
import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import type { ZnodePath } from '../../../model/path.ts';
import type { MultiRequest, OpResult, TreeOp } from '../../../model/request.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { WriteAnswer } from '../../../service/call.ts';
import { decodeAcl } from '../documents/decode-txn.ts';
import { statText } from '../documents/encode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { HeaderList } from '../exchange/headers.ts';
import { Problem, badRequest, problemOfRefusal, type ProblemFields } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import { redirectToLeader } from '../exchange/redirect.ts';
import { decodeAclHeader, refuseAclHeader } from './acl-header.ts';
import { decodeWriteOptions } from './call-options.ts';
import { decodeCreate, decodeDelete, decodeSet, expectedByEtags } from './decode-change.ts';
import { withOneEtag } from './if-match.ts';
import { decodeGuard } from './lock-guard.ts';
import { nodesParameters, pathOf } from './nodes-url.ts';
import { nodeUrl, replayed, statLines } from './stat-headers.ts';

/** Answers `POST`: a new child of this znode. */
export function createZnode(exchange: Exchange): void {
  const query = exchange.query(nodesParameters.POST);
  const parent = pathOf(exchange);
  refuseConditions(exchange, 'POST always makes a new znode');
  if (redirectToLeader(exchange, query)) return;
  const acl = decodeAclHeader(exchange.headers);
  exchange.bodyThen(exchange.door.service.limits.dataBytesMax, (data) => {
    write({ exchange, query }, decodeCreate(parent, query, { data, acl }), sendWritten);
  });
}

/** Answers `PUT`: sets the data, or with `?acl` the ACL. */
export function setZnode(exchange: Exchange): void {
  const query = exchange.query(nodesParameters.PUT);
  const path = pathOf(exchange);
  const setsAcl = query.flag('acl');
  const creates = query.flag('create') || exchange.headers['if-none-match'] !== undefined;
  if (setsAcl || !creates) refuseAclHeader(exchange.headers);
  if (setsAcl) query.refuse(['create', 'parents'], 'they go with the data, not with acl');
  if (redirectToLeader(exchange, query)) return;
  const { limits } = exchange.door.service;
  const acl = decodeAclHeader(exchange.headers);
  const change = { exchange, query, saysCreate: !setsAcl && !creates };
  exchange.bodyThen(setsAcl ? limits.requestBytesMax : limits.dataBytesMax, (data) => {
    if (setsAcl) {
      write(change, setAclOp(exchange, path, query, data), sendWritten);
      return;
    }
    whenSettled(change, path, (headers) => {
      write(change, decodeSet(path, query, { headers, data, acl }), sendWritten);
    });
  });
}

/** Of a `PUT` to what is not there: how to create it. */
function sayingCreate(problem: Problem): Problem {
  if (problem.code !== 'noNode') return problem;
  const detail = `${problem.message} PUT creates it with ?create, and with &parents what is above it.`;
  return new Problem(problem.code, detail, problem.fields);
}

function setAclOp(exchange: Exchange, path: ZnodePath, query: Query, body: Uint8Array): TreeOp {
  refuseConditions(exchange, 'an ACL has a version of its own: use ?version= with the aversion');
  const aversion = query.integer('version', { min: -1, max: 2_147_483_647 }) ?? -1;
  return { op: 'setAcl', path, acl: decodeAcl(body), aversion };
}

/** Answers `DELETE`: the znode goes, with `?recursive` all below it. */
export function deleteZnode(exchange: Exchange): void {
  const query = exchange.query(nodesParameters.DELETE);
  refuseAclHeader(exchange.headers);
  const path = pathOf(exchange);
  // What is wrong with the request is said ahead of all else.
  decodeDelete(path, query, exchange.headers);
  if (redirectToLeader(exchange, query)) return;
  const change = { exchange, query };
  whenSettled(change, path, (headers) => {
    write(change, decodeDelete(path, query, headers), sendDeleted);
  });
}

/** One change of a znode, as it was asked for. */
interface Change {
  readonly exchange: Exchange;
  readonly query: Query;
  /** Is whoever meant a znode that is not there told how to create it? */
  readonly saysCreate?: boolean;
}

/** Gives the headers, with one ETag where several were listed. Most requests have none, and wait for nothing here. */
function whenSettled(
  { exchange, query }: Change,
  path: ZnodePath,
  run: (headers: IncomingHttpHeaders) => void,
): void {
  if (exchange.headers['if-match'] === undefined) {
    run(exchange.headers);
    return;
  }
  withOneEtag(exchange, path, exchange.timeoutMs(query))
    .then(run)
    .catch((error: unknown) => {
      exchange.fail(error);
    });
}

/** The way without a promise: a door full of writes would make half a dozen for each. */
function write(
  change: Change,
  op: TreeOp,
  send: (exchange: Exchange, result: OpResult, answer: WriteAnswer) => void,
): void {
  const { exchange, query } = change;
  const { service, requestTimeoutMs } = exchange.door;
  const options = decodeWriteOptions(query, exchange.headers, requestTimeoutMs);
  const guard = decodeGuard(exchange.headers);
  const request: MultiRequest =
    guard === undefined
      ? { kind: 'multi', single: true, ops: [op] }
      : { kind: 'multi', single: false, ops: [guard, op] };
  const written = (answer: WriteAnswer | Refusal): void => {
    try {
      if (isRefusal(answer)) {
        exchange.fail(problemOfWrite(change, problemOfRefusal(answer)));
        return;
      }
      const result = answer.outcome.results.at(-1);
      if (result === undefined) throw new Error('a write of one op was answered without a result');
      send(exchange, result, answer);
    } catch (error) {
      exchange.fail(error);
    }
  };
  service.writeThen(request, exchange.caller(), options, { written });
}

/** With a guard it is one op all the same, as far as the client knows. */
function problemOfWrite({ exchange, saysCreate }: Change, problem: Problem): Problem {
  const { headers } = exchange;
  const onlyIfAbsent = headers['if-none-match'] !== undefined;
  const said = new Problem(problem.code, problem.message + hintOf(problem, headers), {
    ...withoutIndex(problem.fields),
    ...(problem.code === 'nodeExists' && onlyIfAbsent && { status: 412 }),
  });
  return saysCreate === true ? sayingCreate(said) : said;
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
  const { path, stat } = result;
  const zxid = zxidToDecimal(answer.outcome.zxid);
  const text = `{"path":${JSON.stringify(path)},"zxid":"${zxid}","stat":${statText(stat)}}`;
  const headers: HeaderList = replayed(answer);
  if (isNew) headers.push('Location', exchange.reference(nodeUrl(path)));
  const { meta } = answer;
  exchange.sendJsonText(isNew ? 201 : 200, text, { headers, lines: statLines(stat), meta });
}

function sendDeleted(exchange: Exchange, result: OpResult, answer: WriteAnswer): void {
  const deleted = result.op === 'delete' ? result.deleted : 0;
  exchange.send({
    status: 204,
    headers: ['X-Deleted', String(deleted), ...replayed(answer)],
    meta: answer.meta,
  });
}

function refuseConditions(exchange: Exchange, why: string): void {
  if (
    exchange.headers['if-match'] !== undefined ||
    exchange.headers['if-none-match'] !== undefined
  ) {
    throw badRequest(`If-Match and If-None-Match do not apply here: ${why}`);
  }
}
