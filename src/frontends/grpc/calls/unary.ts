import type { Metadata, sendUnaryData, ServerErrorResponse, ServerUnaryCall } from '@grpc/grpc-js';
import { isRefusal, refused, type Refusal } from '../../../model/error-code.ts';
import type { ReadQuery, ResultOf } from '../../../model/read.ts';
import type { ReadAnswer } from '../../../service/call.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { callerOf } from './caller.ts';
import type {
  Asked,
  Door,
  OtherOperation,
  ReadOperation,
  WaitingOperation,
  WriteOperation,
} from '../operations/door.ts';
import { refusedRead, refusedWrite } from '../messages/error-map.ts';
import { statusOfRefusal } from '../messages/status.ts';

// Unary calls: bytes in, bytes out. The library is handed bytes in both directions, so that what is malformed is refused in
// our words, and what is answered may be encoded once for many.

/** How one method's messages are read and written: as `protocol.ts` has it. */
export interface Method<Request, Response> {
  readonly path: string;
  requestDeserialize(bytes: Buffer): Request;
  responseSerialize(response: Response): Buffer;
}

type Unary = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => void;

export function answerRead<Request, Query extends ReadQuery, Response>(
  door: Door,
  method: Method<Request, Response>,
  operation: ReadOperation<Request, Query, Response>,
): Unary {
  return (call, callback) => {
    try {
      const request = decoded(method, call.request);
      const { caller, timeoutMs } = askedBy(door, call);
      const options = { ...operation.options(request), timeoutMs };
      if (options.consistency === 'session' && caller.credential === undefined)
        throw new ServiceError(sessionNeeded);
      const query = operation.query(request, door.service);
      const answered = (answer: ReadAnswer<ResultOf<Query>>): void => {
        callback(null, method.responseSerialize(operation.response(answer)));
      };
      door.service.readThen(query, caller, options, (answer) => {
        try {
          if (isRefusal(answer))
            callback(statusOfRefusal(refusedRead(answer), door.service.meta()));
          else answered(answer);
        } catch (error) {
          callback(statusOfError(door, method, error));
        }
      });
    } catch (error) {
      callback(statusOfError(door, method, error));
    }
  };
}

export const sessionNeeded = refused(
  'badArguments',
  'the consistency SESSION needs a session: send x-session-id and x-session-secret, or use min_zxid',
);

export function answerWrite<Request extends { readonly idempotencyKey: string }, Response>(
  door: Door,
  method: Method<Request, Response>,
  operation: WriteOperation<Request, Response>,
): Unary {
  return (call, callback) => {
    let hasKey = false;
    const fail = (error: unknown): void => {
      const known =
        error instanceof ServiceError
          ? new ServiceError(refusedWrite(error.refusal, hasKey))
          : error;
      callback(statusOfError(door, method, known));
    };
    try {
      const request = decoded(method, call.request);
      const { idempotencyKey } = request;
      hasKey = idempotencyKey !== '';
      const { caller, timeoutMs } = askedBy(door, call);
      const multi = operation.multi(request);
      const options = hasKey
        ? { timeoutMs, idempotencyKey: checkedKey(idempotencyKey) }
        : { timeoutMs };
      door.service
        .write(multi, caller, options)
        .then((answer) => {
          callback(null, method.responseSerialize(operation.response(answer)));
        })
        .catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

export function checkedKey(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const detail = 'idempotency_key must be printable ASCII without spaces: a fresh random UUID does';
  throw new ServiceError(refused('badArguments', detail));
}

export function answerOther<Request, Response>(
  door: Door,
  method: Method<Request, Response>,
  operation: OtherOperation<Request, Response>,
): Unary {
  return (call, callback) => {
    const ask = async (): Promise<Buffer> => {
      const request = decoded(method, call.request);
      const response = await operation.ask(door, request, askedBy(door, call));
      return method.responseSerialize(response);
    };
    ask().then(
      (bytes) => {
        callback(null, bytes);
      },
      (error: unknown) => {
        callback(statusOfError(door, method, error));
      },
    );
  };
}

/** The call's end, however it comes, ends the waiting; the place is kept unless the request says otherwise. */
export function answerWaiting<Request, Response>(
  door: Door,
  method: Method<Request, Response>,
  operation: WaitingOperation<Request, Response>,
): Unary {
  return (call, callback) => {
    try {
      const request = decoded(method, call.request);
      const waiting = operation.ask(door, request, askedBy(door, call));
      let isOver = false;
      call.on('cancelled', () => {
        if (!isOver) waiting.cancel(operation.abandons(request));
      });
      waiting.result
        .then((response) => {
          isOver = true;
          callback(null, method.responseSerialize(response));
        })
        .catch((error: unknown) => {
          isOver = true;
          callback(statusOfError(door, method, error));
        });
    } catch (error) {
      callback(statusOfError(door, method, error));
    }
  };
}

export function decoded<Request>(
  method: Pick<Method<Request, never>, 'requestDeserialize'>,
  bytes: Buffer,
): Request {
  try {
    return method.requestDeserialize(bytes);
  } catch {
    const detail = 'the message is not valid protobuf of the type that this method takes';
    throw new ServiceError(refused('badArguments', detail));
  }
}

/** The parts that all kinds of calls have. */
interface AnyCall {
  readonly metadata: Metadata;
  getPeer(): string;
  getDeadline(): Date | number;
}

export function askedBy(door: Door, call: AnyCall): Asked {
  return { caller: callerOf(call.metadata, call.getPeer()), timeoutMs: timeoutOf(door, call) };
}

/**
 * Our own answer says more than the client's deadline does (was it done? is there a quorum?), so it should be there first:
 * this much before, or this share of a time that is short.
 */
const beforeDeadline = { ms: 100, share: 0.1 } as const;

function timeoutOf(door: Door, call: AnyCall): number {
  const deadline = Number(call.getDeadline());
  if (deadline === Infinity) return door.requestTimeoutMs;
  const leftMs = deadline - door.clock.wall();
  return Math.max(1, leftMs - Math.min(beforeDeadline.ms, leftMs * beforeDeadline.share));
}

export function statusOfError(
  door: Door,
  { path }: { readonly path: string },
  error: unknown,
): ServerErrorResponse {
  return statusOfRefusal(refusalOfError(door, path, error), door.service.meta());
}

/** Refusals as they are; anything else is an error of ours, told to the log and not to the client. */
export function refusalOfError(
  { logger }: Pick<Door, 'logger'>,
  method: string,
  error: unknown,
): Refusal {
  if (error instanceof ServiceError) return error.refusal;
  const stack = error instanceof Error ? error.stack : String(error);
  logger.log('error', 'grpcRequestFailed', { method, stack });
  return refused('internal', 'an error of ours: the log of this peer has the details');
}
