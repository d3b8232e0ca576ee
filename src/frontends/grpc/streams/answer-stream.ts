import type { ServerWritableStream } from '#grpc';
import { decoded, statusOfError, type Method } from '../calls/method.ts';
import { termsOf } from '../calls/terms.ts';
import { callOf } from '../connection/counted-call.ts';
import type { SizedMessage } from '../messages/sized-message.ts';
import type { GrpcDoor } from '../operations/door.ts';
import type { CallTerms } from '../operations/operation.ts';
import { StreamWriter } from './stream-writer.ts';

/** A stream that is open, as its source sees it. */
export interface StreamSink<Response> {
  /** False: send no more until the source's `drained`. */
  send(response: Response): boolean;
  /** The same for what may be large. */
  sendSized(message: SizedMessage): boolean;
  end(): void;
  fail(error: unknown): void;
  readonly isOver: boolean;
}

/** What fills a stream. */
export interface StreamSource {
  /** The sink takes more. */
  drained(): void;
  /** The client is gone, or the door closes. */
  close(): void;
}

/** Answers a call with a stream of messages. */
export function answerStream<Request, Response>(
  door: GrpcDoor,
  method: Method<Request, Response>,
  open: (
    door: GrpcDoor,
    request: Request,
    terms: CallTerms,
    sink: StreamSink<Response>,
  ) => StreamSource,
): (call: ServerWritableStream<Buffer, Buffer>) => void {
  return (call) => {
    let source: StreamSource | undefined;
    const writer = new StreamWriter(call, {
      incoming: callOf(call),
      work: door.work,
      drained: () => source?.drained(),
      failed: (error) => {
        fail(error);
      },
    });
    const closed = (): void => {
      writer.gone();
      source?.close();
      source = undefined;
    };
    const fail = (error: unknown): void => {
      writer.fail(statusOfError(door, method, error));
    };
    call.on('cancelled', closed);
    // A status is an error to the library, whoever gives it: this source, or the door that closes.
    call.on('error', closed);
    const sink: StreamSink<Response> = {
      send: (response) => writer.send(method.responseSerialize(response)),
      sendSized: (message) => writer.sendSized(message),
      end() {
        writer.end();
        closed();
      },
      fail,
      get isOver() {
        return writer.isOver;
      },
    };
    try {
      const opened = open(door, decoded(method, call.request), termsOf(door, call), sink);
      // What was over before it was known here has nothing left to close it.
      if (writer.isOver) opened.close();
      else source = opened;
    } catch (error) {
      fail(error);
    }
  };
}
