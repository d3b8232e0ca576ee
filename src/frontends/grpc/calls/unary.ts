import type { sendUnaryData, ServerUnaryCall } from '#grpc';
import { isRefusal } from '../../../model/error-code.ts';
import type { ReadQuery, ResultOf } from '../../../model/read.ts';
import type { ReadAnswer, ReadOptions } from '../../../service/call.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { callOf } from '../connection/counted-call.ts';
import { refusedRead, refusedWrite } from '../messages/error-map.ts';
import { statusOfRefusal } from '../messages/status.ts';
import type { GrpcDoor } from '../operations/door.ts';
import {
  checkSession,
  writeOptions,
  type OtherOperation,
  type ReadOperation,
  type WaitingOperation,
  type WriteOperation,
} from '../operations/operation.ts';
import { answerBytes, answerParts, makeLarge, smallAnswerBytes } from './large-answer.ts';
import { decoded, statusOfError, tooManyHeld, type Method } from './method.ts';
import { termsOf } from './terms.ts';

// Unary calls: bytes in, bytes out. The library is handed bytes in both directions, so that what is malformed is refused in
// our words, and what is answered may be encoded once for many.

type Unary = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => void;

export function answerRead<Request, Query extends ReadQuery, Response extends object>(
  door: GrpcDoor,
  method: Method<Request, Response>,
  operation: ReadOperation<Request, Query, Response>,
): Unary {
  return (call, callback) => {
    try {
      const request = decoded(method, call.request);
      const { caller, timeoutMs } = termsOf(door, call);
      const options = { ...operation.options(request), timeoutMs };
      checkSession(options, caller);
      const query = operation.query(request, door.service);
      const incoming = callOf(call);
      const failed = (error: unknown): void => {
        incoming.readDone();
        callback(statusOfError(door, method, error));
      };
      const answered = (answer: ReadAnswer<ResultOf<Query>>): void => {
        const bytes = answerBytes(answer.result);
        if (bytes < smallAnswerBytes) {
          incoming.readDone();
          callback(null, method.responseSerialize(operation.response(answer)));
          return;
        }
        const make = (made: ReadAnswer<ResultOf<Query>>): void => {
          makeLarge({ work: door.work, call: incoming }, answerParts(operation.response(made)), {
            encode: (part) => method.responseSerialize(part),
            done: (encoded) => {
              incoming.readDone();
              callback(null, encoded);
            },
            failed,
          });
        };
        let isAtOnce = true;
        incoming.owe(bytes, () => {
          if (isAtOnce) make(answer);
          // What waited is read anew: it was let go of meanwhile. No older than it was; on the same peer that costs nothing.
          else read({ consistency: 'local', minZxid: answer.meta.zxid, timeoutMs }, make);
        });
        isAtOnce = false;
      };
      const read = (
        how: ReadOptions,
        then: (answer: ReadAnswer<ResultOf<Query>>) => void,
      ): void => {
        door.service.readThen(query, caller, how, (answer) => {
          try {
            if (isRefusal(answer)) {
              incoming.readDone();
              callback(statusOfRefusal(refusedRead(answer), door.service.meta()));
            } else then(answer);
          } catch (error) {
            failed(error);
          }
        });
      };
      incoming.connection.read(incoming, () => {
        read(options, answered);
      });
    } catch (error) {
      callback(statusOfError(door, method, error));
    }
  };
}

export function answerWrite<Request extends { readonly idempotencyKey: string }, Response>(
  door: GrpcDoor,
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
      const { caller, timeoutMs } = termsOf(door, call);
      const multi = operation.multi(request);
      door.service
        .write(multi, caller, writeOptions(idempotencyKey, timeoutMs))
        .then((answer) => {
          callback(null, method.responseSerialize(operation.response(answer)));
        })
        .catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

export function answerOther<Request, Response>(
  door: GrpcDoor,
  method: Method<Request, Response>,
  operation: OtherOperation<Request, Response>,
): Unary {
  return (call, callback) => {
    const ask = async (): Promise<Buffer> => {
      const request = decoded(method, call.request);
      const response = await operation.ask(door, request, termsOf(door, call));
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

/**
 * Answers with what may wait long. The call's end, however it comes, ends the waiting; the place is kept unless the
 * request says otherwise.
 */
export function answerWaiting<Request, Response>(
  door: GrpcDoor,
  method: Method<Request, Response>,
  operation: WaitingOperation<Request, Response>,
): Unary {
  return (call, callback) => {
    try {
      const request = decoded(method, call.request);
      const terms = termsOf(door, call);
      if (!callOf(call).hold()) throw new ServiceError(tooManyHeld());
      const waiting = operation.ask(door, request, terms);
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
