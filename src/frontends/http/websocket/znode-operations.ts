import { z } from 'zod';
import { isRefusal } from '../../../model/error-code.ts';
import type { Limits } from '../../../model/limits.ts';
import type { ReadQuery, ResultOf } from '../../../model/read.ts';
import type { MultiRequest } from '../../../model/request.ts';
import { parseZxid, zxidToDecimal } from '../../../model/zxid.ts';
import type { ReadAnswer, ReadOptions } from '../../../service/call.ts';
import type { WatchedQuery } from '../../../service/watching.ts';
import { childrenDocument, pagesOf } from '../documents/children-document.ts';
import { decodeSingleOp, decodeTxnDocument } from '../documents/decode-txn.ts';
import { encodeResult, type Encoding } from '../documents/encode.ts';
import { encodingField, idempotencyKeyText, zxidField } from '../documents/fields.ts';
import { outcomeDocument, refusedTxn } from '../documents/txn-outcome.ts';
import { aclDocument, dataDocument, statDocument } from '../documents/znode-documents.ts';
import { smallAnswerBytesMax } from '../exchange/connection.ts';
import { pathFrom } from '../exchange/decode.ts';
import { checkedBy } from '../exchange/json-body.ts';
import { Problem, badRequest, problemOf, problemOfRefusal } from '../exchange/problem.ts';
import type { Room } from '../exchange/room.ts';
import { operation, type Done, type SocketRequest, type SocketContext } from './operation.ts';
import { UnknownCause, settling } from './settling.ts';

// Reading and changing znodes. Fields and answers are those of the REST contract.

const readFields = {
  path: z.string(),
  consistency: z.enum(['linearizable', 'session', 'local']).optional(),
  minZxid: zxidField.optional(),
};

/** ZooKeeper's one-shot watch. */
const watchField = { watch: z.boolean().optional() };

interface ReadFields {
  readonly consistency?: ReadOptions['consistency'] | undefined;
  readonly minZxid?: string | undefined;
}

function readOptions(body: ReadFields, timeoutMs: number): ReadOptions {
  const { consistency = 'linearizable', minZxid } = body;
  const least = minZxid === undefined ? undefined : parseZxid(minZxid);
  return least === undefined
    ? { consistency, timeoutMs }
    : { consistency, timeoutMs, minZxid: least };
}

type AnswerRead<Read extends ReadQuery> = (given: ReadAnswer<ResultOf<Read>>, done: Done) => void;

function read<Read extends ReadQuery>(
  context: SocketContext,
  query: Read,
  options: ReadOptions,
  answer: AnswerRead<Read>,
): (done: Done) => void {
  const caller = context.caller();
  if (options.consistency === 'session' && caller.credential === undefined) {
    throw badRequest('consistency "session" needs a session: begin with hello, or use minZxid');
  }
  return (done) => {
    context.door.service.readThen(query, caller, options, (given) => {
      if (isRefusal(given)) done(problemOfRefusal(given));
      else answer(given, done);
    });
  };
}

/** The request's id names the watch. */
function readWatched<Read extends WatchedQuery>(
  context: SocketContext,
  asked: { readonly id: number; readonly query: Read; readonly options: ReadOptions },
  answer: AnswerRead<Read>,
): (done: Done) => void {
  const { id, query, options } = asked;
  const outlet = context.outlet();
  context.claim(id, { values: false, encoding: undefined }, () => {
    outlet.unwatch(id);
  });
  return (done) => {
    outlet.readWatched(id, query, options, (given) => {
      // Only `exists` leaves a watch where there is no znode.
      const isLeft = !isRefusal(given) || (given.code === 'noNode' && query.read === 'stat');
      if (!isLeft) context.release(id);
      if (isRefusal(given)) done(problemOfRefusal(given));
      else answer(given, done);
    });
  };
}

function watchable<Read extends WatchedQuery>(
  context: SocketContext,
  request: SocketRequest<ReadFields & { readonly watch?: boolean | undefined }>,
  query: Read,
  answer: AnswerRead<Read>,
): (done: Done) => void {
  const options = readOptions(request.body, request.timeoutMs);
  return request.body.watch === true
    ? readWatched(context, { id: request.id, query, options }, answer)
    : read(context, query, options, answer);
}

const get = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({ ...readFields, ...watchField, encoding: encodingField }),
  run(context, request, done) {
    const path = pathFrom(request.body.path);
    const query = { read: 'data', path, dataBytesMax: smallAnswerBytesMax } as const;
    watchable(context, request, query, (given, answered) => {
      const { result, meta } = given;
      if (result.data === null && result.stat.dataLength > 0) getLarge(context, request, done);
      else answered({ sized: dataDocument(path, result, request.body.encoding), meta });
    })(done);
  },
});

/** Reads data that was left away, once there is room for it: what this peer has by then. */
function getLarge(
  context: SocketContext,
  { order, body, timeoutMs }: SocketRequest<{ path: string; encoding?: Encoding | undefined }>,
  done: Done,
): void {
  const path = pathFrom(body.path);
  context.withRoom(order, context.door.service.limits.listBytesMax, (room) => {
    const options = { consistency: 'local', timeoutMs } as const;
    context.door.service.readThen({ read: 'data', path }, context.caller(), options, (given) => {
      if (isRefusal(given)) {
        room.giveBack();
        done(problemOfRefusal(given));
        return;
      }
      const { result, meta } = given;
      done({ sized: dataDocument(path, result, body.encoding), meta, room });
    });
  });
}

const exists = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({ ...readFields, ...watchField }),
  run(context, request, done) {
    const path = pathFrom(request.body.path);
    watchable(context, request, { read: 'stat', path }, ({ result, meta }, answered) => {
      answered({ ok: statDocument(path, result), meta });
    })(done);
  },
});

const children = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({
    ...readFields,
    ...watchField,
    encoding: encodingField,
    limit: z.int().min(1).optional(),
    continue: z.string().optional(),
    withData: z.boolean().optional(),
  }),
  run(context, request, done) {
    const { body } = request;
    const path = pathFrom(body.path);
    const { withData = false, limit = context.door.service.limits.childrenPageMax } = body;
    const pages = pagesOf('children', body.continue);
    const { after } = pages;
    const page = { read: 'children', path, limit, withData } as const;
    const query = after === undefined ? page : { ...page, after };
    const list = (room?: Room): void => {
      const options = { path, pages, withData, encoding: body.encoding };
      watchable(context, request, query, ({ result, meta }, answered) => {
        const sized = childrenDocument(options, result, meta);
        answered(room === undefined ? { sized, meta } : { sized, meta, room });
      })((answer) => {
        if (answer instanceof Problem) room?.giveBack();
        done(answer);
      });
    };
    if (!withData) {
      list();
      return;
    }
    context.withRoom(request.order, context.door.service.limits.listBytesMax, (room) => {
      try {
        list(room);
      } catch (error) {
        room.giveBack();
        done(problemOf(error) ?? new UnknownCause(error));
      }
    });
  },
});

const getAcl = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject(readFields),
  run(context, { body, timeoutMs }, done) {
    const path = pathFrom(body.path);
    read(
      context,
      { read: 'acl', path },
      readOptions(body, timeoutMs),
      ({ result, meta }, answered) => {
        answered({ ok: aclDocument(path, result), meta });
      },
    )(done);
  },
});

const sync = operation({
  kind: 'write',
  changesState: false,
  schema: z.strictObject({}),
  run(context, { timeoutMs }, done) {
    settling(done, context.door.service.sync(timeoutMs, context.caller()), (meta) => ({
      ok: { zxid: zxidToDecimal(meta.zxid) },
      meta,
    }));
  },
});

const keyField = z.strictObject({
  idempotencyKey: z
    .string()
    .regex(idempotencyKeyText, 'must be printable ASCII without spaces')
    .optional(),
});

/** The fields of a write are checked by what REST checks them with; only the key is the socket's own. */
function write(
  op: string,
  decode: (document: object, limits: Limits) => MultiRequest,
  isTxn: boolean,
) {
  return operation({
    kind: 'write',
    changesState: true,
    schema: z.looseObject({}),
    run(context, { body, timeoutMs }, done) {
      const { idempotencyKey: given, ...fields } = body;
      const { idempotencyKey } =
        given === undefined
          ? { idempotencyKey: undefined }
          : checkedBy(keyField, { idempotencyKey: given });
      const request = decode(isTxn ? fields : { op, ...fields }, context.door.service.limits);
      const options = { timeoutMs, ...(idempotencyKey !== undefined && { idempotencyKey }) };
      settling(
        done,
        context.door.service.write(request, context.caller(), options).catch((error: unknown) => {
          throw isTxn ? refusedTxn(error, request) : error;
        }),
        ({ outcome, meta }) => {
          const around = { meta, isReplay: outcome.replayed };
          if (isTxn) return { ...around, sized: outcomeDocument(outcome) };
          const [result] = outcome.results;
          const single = result === undefined ? {} : encodeResult(result);
          return { ...around, ok: { ...single, zxid: zxidToDecimal(outcome.zxid) } };
        },
      );
    },
  });
}

export const znodeOperations = {
  get,
  exists,
  children,
  getAcl,
  sync,
  create: write('create', decodeSingleOp, false),
  set: write('set', decodeSingleOp, false),
  delete: write('delete', decodeSingleOp, false),
  setAcl: write('setAcl', decodeSingleOp, false),
  txn: write('txn', decodeTxnDocument, true),
} as const;
