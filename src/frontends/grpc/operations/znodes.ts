import type { ReadOptions__Output } from '../../../generated/quoll/v1/common.ts';
import type {
  CreateRequest__Output,
  CreateResponse,
  DeleteRequest__Output,
  DeleteResponse,
  ExistsRequest__Output,
  ExistsResponse,
  GetAclRequest__Output,
  GetAclResponse,
  GetRequest__Output,
  GetResponse,
  ListChildrenRequest__Output,
  ListChildrenResponse,
  SetAclRequest__Output,
  SetAclResponse,
  SetRequest__Output,
  SetResponse,
  TxnRequest__Output,
  TxnResponse,
} from '../../../generated/quoll/v1/znode.ts';
import type { ReadQuery } from '../../../model/read.ts';
import type { MultiRequest, OpResult, TreeOp } from '../../../model/request.ts';
import type { Consistency, ReadOptions, WriteAnswer } from '../../../service/call.ts';
import {
  decodeCreate,
  decodeDelete,
  decodeSet,
  decodeSetAcl,
  decodeTxn,
  knownWord,
  pathFrom,
} from '../messages/decode.ts';
import { existsBytes, getBytes, setBytes } from '../messages/answer-bytes.ts';
import type { ReadOperation, WriteOperation } from './operation.ts';
import {
  encodeAcl,
  encodeChild,
  encodeData,
  encodeMeta,
  encodeResult,
  encodeStat,
} from '../messages/encode.ts';
import { longOfZxid, zxidOf } from '../messages/numbers.ts';

type QueryFor<Read extends ReadQuery['read']> = Extract<ReadQuery, { read: Read }>;

export const get: ReadOperation<GetRequest__Output, QueryFor<'data'>, GetResponse> = {
  query: (request) => ({ read: 'data', path: pathFrom(request.path) }),
  options: (request) => readOptions(request.read),
  response: ({ result, meta }) => ({
    ...encodeData(result.data),
    stat: encodeStat(result.stat),
    meta: encodeMeta(meta),
  }),
  bytes: ({ result, meta }) => getBytes(result, meta),
};

export const exists: ReadOperation<ExistsRequest__Output, QueryFor<'stat'>, ExistsResponse> = {
  query: (request) => ({ read: 'stat', path: pathFrom(request.path) }),
  options: (request) => readOptions(request.read),
  response: ({ result, meta }) => ({ stat: encodeStat(result.stat), meta: encodeMeta(meta) }),
  bytes: ({ result, meta }) => existsBytes(result.stat, meta),
};

export const getAcl: ReadOperation<GetAclRequest__Output, QueryFor<'acl'>, GetAclResponse> = {
  query: (request) => ({ read: 'acl', path: pathFrom(request.path) }),
  options: (request) => readOptions(request.read),
  response: ({ result, meta }) => ({
    acl: encodeAcl(result.acl),
    stat: encodeStat(result.stat),
    meta: encodeMeta(meta),
  }),
};

export const listChildren: ReadOperation<
  ListChildrenRequest__Output,
  QueryFor<'children'>,
  ListChildrenResponse
> = {
  query: (request, { limits }) => ({
    read: 'children',
    path: pathFrom(request.path),
    limit: pageSize(request.limit, limits.childrenPageMax),
    withData: request.withData,
    ...(request.after !== '' && { after: request.after }),
  }),
  options: (request) => readOptions(request.read),
  response: ({ result, meta }) => ({
    children: result.children.map(encodeChild),
    more: result.more,
    stat: encodeStat(result.stat),
    meta: encodeMeta(meta),
  }),
};

export function pageSize(asked: number, max: number): number {
  return asked === 0 ? max : Math.min(asked, max);
}

const consistencies = {
  CONSISTENCY_UNSPECIFIED: 'linearizable',
  CONSISTENCY_LINEARIZABLE: 'linearizable',
  CONSISTENCY_SESSION: 'session',
  CONSISTENCY_LOCAL: 'local',
} as const satisfies Record<string, Consistency>;

const linearizable = { consistency: 'linearizable' } as const;

export function readOptions(options: ReadOptions__Output | null): Omit<ReadOptions, 'timeoutMs'> {
  if (options === null) return linearizable;
  const consistency = knownWord(consistencies, options.consistency, 'read.consistency');
  const minZxid = zxidOf(options.minZxid, 'read.min_zxid');
  return minZxid === undefined ? { consistency } : { consistency, minZxid };
}

export const create: WriteOperation<CreateRequest__Output, CreateResponse> = {
  multi: (request) => single(decodeCreate(request)),
  response(answer) {
    const { path, stat } = resultOf(answer);
    return { path, stat: encodeStat(stat), ...written(answer) };
  },
};

export const set: WriteOperation<SetRequest__Output, SetResponse> = {
  multi: (request) => single(decodeSet(request)),
  response(answer) {
    const { op, stat } = resultOf(answer);
    return { stat: encodeStat(stat), created: op === 'create', ...written(answer) };
  },
  bytes(answer) {
    const { op, stat } = resultOf(answer);
    return setBytes({ stat, isCreated: op === 'create' }, answer.outcome, answer.meta);
  },
};

export const remove: WriteOperation<DeleteRequest__Output, DeleteResponse> = {
  multi: (request) => single(decodeDelete(request)),
  response(answer) {
    const [result] = answer.outcome.results;
    return { deleted: result?.op === 'delete' ? result.deleted : 0, ...written(answer) };
  },
};

export const setAcl: WriteOperation<SetAclRequest__Output, SetAclResponse> = {
  multi: (request) => single(decodeSetAcl(request)),
  response: (answer) => ({ stat: encodeStat(resultOf(answer).stat), ...written(answer) }),
};

export const txn: WriteOperation<TxnRequest__Output, TxnResponse> = {
  multi: decodeTxn,
  response: (answer) => ({
    results: answer.outcome.results.map(encodeResult),
    isOrElse: answer.outcome.branch === 'orElse',
    ...written(answer),
  }),
};

function single(op: TreeOp): MultiRequest {
  return { kind: 'multi', single: true, ops: [op] };
}

function resultOf({ outcome }: WriteAnswer): Extract<OpResult, { stat: unknown }> {
  const [result] = outcome.results;
  if (result === undefined || !('stat' in result)) {
    throw new Error(`a write was answered with the result ${String(result?.op)}`);
  }
  return result;
}

function written({
  outcome,
  meta,
}: WriteAnswer): Pick<CreateResponse, 'zxid' | 'replayed' | 'meta'> {
  return { zxid: longOfZxid(outcome.zxid), replayed: outcome.replayed, meta: encodeMeta(meta) };
}
