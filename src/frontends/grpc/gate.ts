import type {
  sendUnaryData,
  ServerErrorResponse,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '#grpc';
import { Duplex } from 'node:stream';
import { callOf } from './connection/counted-call.ts';
import { foreignAuthority } from './messages/status.ts';
import type { OpenStreams } from './open-streams.ts';

type UnaryCall = ServerUnaryCall<unknown, unknown>;
type StreamingCall = ServerWritableStream<unknown, unknown>;

/** Streams of reflection that may be open at a time: one request of ten bytes is answered with all that the door offers. */
const foreignStreamsMax = 16;

/**
 * Makes what every call of this door passes before its handler, those of health and reflection included: an authority
 * that is not ours (DNS rebinding) is refused. Streams are held requests, of which there may be so many, and are noted, so
 * that a door that closes can end them.
 */
export function createGate(
  isOwnHost: (host: string) => boolean,
  openStreams: OpenStreams,
  tooMany: () => ServerErrorResponse,
): (
  implementation: UntypedServiceImplementation,
  isForeign?: boolean,
) => UntypedServiceImplementation {
  let foreignStreams = 0;
  const isForeignTaken = (stream: StreamingCall): boolean => {
    if (foreignStreams >= foreignStreamsMax) return false;
    foreignStreams++;
    stream.on('cancelled', () => foreignStreams--);
    if (stream instanceof Duplex) keepPace(stream);
    return true;
  };
  const guard =
    (handler: UntypedServiceImplementation[string], isForeign: boolean) =>
    (call: UnaryCall | StreamingCall, callback?: sendUnaryData<unknown>): void => {
      const isOurs = isOwnHost(call.getHost());
      const pass = handler as (call: UnaryCall | StreamingCall, callback?: unknown) => void;
      if (callback !== undefined) {
        if (isOurs) pass(call, callback);
        else callback(foreignAuthority());
        return;
      }
      const stream = call as StreamingCall;
      if (!isOurs) {
        stream.emit('error', foreignAuthority());
        return;
      }
      if (!callOf(stream).hold() || (isForeign && !isForeignTaken(stream))) {
        stream.emit('error', tooMany());
        return;
      }
      const forget = openStreams.add((status) => {
        if (!stream.writableEnded) stream.emit('error', status);
      });
      stream.on('cancelled', forget);
      pass(stream);
    };
  return (implementation, isForeign = false) =>
    Object.fromEntries(
      Object.entries(implementation).map(([name, handler]) => [name, guard(handler, isForeign)]),
    );
}

/** Reads no further on a stream whose answers are not taken: who answers there (reflection) does not look. */
function keepPace(stream: Duplex): void {
  stream.on('data', () => {
    if (stream.writableNeedDrain) stream.pause();
  });
  stream.on('drain', () => {
    stream.resume();
  });
}
