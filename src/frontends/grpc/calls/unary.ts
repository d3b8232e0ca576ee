import type { sendUnaryData, ServerUnaryCall } from '#grpc';
import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import type { ReadQuery, ResultOf } from '../../../model/read.ts';
import type { Caller, ReadAnswer, ReadOptions, WriteAnswer } from '../../../service/call.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { callOf } from '../connection/counted-call.ts';
import type { UnaryHandler } from '../connection/direct-call.ts';
import type { IncomingCall, PendingRead } from '../connection/incoming-call.ts';
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

type WaitingHandler = (
  call: ServerUnaryCall<Buffer, Buffer>,
  callback: sendUnaryData<Buffer>,
) => void;

export function answerRead<Request, Query extends ReadQuery, Response extends object>(
  door: GrpcDoor,
  method: Method<Request, Response>,
  operation: ReadOperation<Request, Query, Response>,
): UnaryHandler {
  return (call, callback) => {
    try {
      const request = decoded(method, call.request);
      const { caller, timeoutMs } = termsOf(door, call);
      const { consistency, minZxid } = operation.options(request);
      const options: ReadOptions =
        minZxid === undefined ? { consistency, timeoutMs } : { consistency, minZxid, timeoutMs };
      checkSession(options, caller);
      const query = operation.query(request, door.service);
      const incoming = callOf(call);
      incoming.connection.read(
        new ReadCall({ door, method, operation }, incoming, { query, caller, options }, callback),
      );
    } catch (error) {
      callback(statusOfError(door, method, error));
    }
  };
}

/** How a method's reads are answered. */
interface HowToRead<Query extends ReadQuery, Response extends object> {
  readonly door: GrpcDoor;
  readonly method: Pick<Method<never, Response>, 'path' | 'responseSerialize'>;
  readonly operation: Pick<ReadOperation<never, Query, Response>, 'response' | 'bytes'>;
}

interface AskedRead<Query extends ReadQuery> {
  readonly query: Query;
  readonly caller: Caller;
  readonly options: ReadOptions;
}

/** One read on its way to its answer. */
class ReadCall<Query extends ReadQuery, Response extends object> implements PendingRead {
  readonly call: IncomingCall;
  readonly #how: HowToRead<Query, Response>;
  readonly #asked: AskedRead<Query>;
  readonly #callback: sendUnaryData<Buffer>;

  constructor(
    how: HowToRead<Query, Response>,
    call: IncomingCall,
    asked: AskedRead<Query>,
    callback: sendUnaryData<Buffer>,
  ) {
    this.#how = how;
    this.call = call;
    this.#asked = asked;
    this.#callback = callback;
  }

  run(): void {
    this.#read(this.#asked.options, this.#answer);
  }

  #read(options: ReadOptions, then: (answer: ReadAnswer<ResultOf<Query>>) => void): void {
    const { query, caller } = this.#asked;
    const { service } = this.#how.door;
    service.readThen(query, caller, options, (answer) => {
      try {
        if (isRefusal(answer)) {
          this.call.readDone();
          this.#callback(statusOfRefusal(refusedRead(answer), service.meta()));
        } else then(answer);
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  readonly #answer = (answer: ReadAnswer<ResultOf<Query>>): void => {
    const bytes = answerBytes(answer.result);
    if (bytes >= smallAnswerBytes) {
      this.#owe(bytes, answer);
      return;
    }
    const { method, operation } = this.#how;
    this.call.readDone();
    this.#callback(
      null,
      operation.bytes?.(answer) ?? method.responseSerialize(operation.response(answer)),
    );
  };

  #owe(bytes: number, answer: ReadAnswer<ResultOf<Query>>): void {
    const { timeoutMs } = this.#asked.options;
    let isAtOnce = true;
    this.call.owe(bytes, () => {
      if (isAtOnce) this.#make(answer);
      // What waited is read anew: it was let go of meanwhile. No older than it was; on the same peer that costs nothing.
      else {
        this.#read({ consistency: 'local', minZxid: answer.meta.zxid, timeoutMs }, (anew) => {
          this.#make(anew);
        });
      }
    });
    isAtOnce = false;
  }

  #make(answer: ReadAnswer<ResultOf<Query>>): void {
    const { door, method, operation } = this.#how;
    makeLarge({ work: door.work, call: this.call }, answerParts(operation.response(answer)), {
      encode: (part) => method.responseSerialize(part),
      done: (encoded) => {
        this.call.readDone();
        this.#callback(null, encoded);
      },
      failed: (error) => {
        this.#failed(error);
      },
    });
  }

  #failed(error: unknown): void {
    const { door, method } = this.#how;
    this.call.readDone();
    this.#callback(statusOfError(door, method, error));
  }
}

export function answerWrite<Request extends { readonly idempotencyKey: string }, Response>(
  door: GrpcDoor,
  method: Method<Request, Response>,
  operation: WriteOperation<Request, Response>,
): UnaryHandler {
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
      const options = writeOptions(idempotencyKey, timeoutMs);
      const written = (answer: WriteAnswer | Refusal): void => {
        try {
          if (isRefusal(answer)) {
            callback(statusOfRefusal(refusedWrite(answer, hasKey), door.service.meta()));
            return;
          }
          const bytes = operation.bytes?.(answer);
          callback(null, bytes ?? method.responseSerialize(operation.response(answer)));
        } catch (error) {
          fail(error);
        }
      };
      door.service.writeThen(multi, caller, options, { written });
    } catch (error) {
      fail(error);
    }
  };
}

export function answerOther<Request, Response>(
  door: GrpcDoor,
  method: Method<Request, Response>,
  operation: OtherOperation<Request, Response>,
): UnaryHandler {
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
): WaitingHandler {
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
