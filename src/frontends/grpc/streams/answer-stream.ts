import type { ServerWritableStream } from '@grpc/grpc-js';
import { askedBy, decoded, statusOfError, type Method } from '../calls/unary.ts';
import type { Asked, Door } from '../operations/door.ts';
import { StreamWriter } from './stream-writer.ts';

/** A stream that is open, as its source sees it. */
export interface Sink<Response> {
  /** False: send no more until the source's `drained`. */
  send(response: Response): boolean;
  /** The same for what is encoded already. */
  sendBytes(bytes: Buffer): boolean;
  end(): void;
  fail(error: unknown): void;
  readonly isOver: boolean;
}

/** What fills a stream. */
export interface Source {
  /** The sink takes more. */
  drained(): void;
  /** The client is gone, or the door closes. */
  close(): void;
}

/** A call that is answered with a stream of messages. */
export function answerStream<Request, Response>(
  door: Door,
  method: Method<Request, Response>,
  open: (door: Door, request: Request, asked: Asked, sink: Sink<Response>) => Source,
): (call: ServerWritableStream<Buffer, Buffer>) => void {
  return (call) => {
    let source: Source | undefined;
    const writer = new StreamWriter(call, () => source?.drained());
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
    const sink: Sink<Response> = {
      send: (response) => writer.send(method.responseSerialize(response)),
      sendBytes: (bytes) => writer.send(bytes),
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
      const opened = open(door, decoded(method, call.request), askedBy(door, call), sink);
      // What was over before it was known here has nothing left to close it.
      if (writer.isOver) opened.close();
      else source = opened;
    } catch (error) {
      fail(error);
    }
  };
}
