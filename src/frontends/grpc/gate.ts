import type {
  sendUnaryData,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '#grpc';
import { foreignAuthority } from './messages/status.ts';
import type { OpenStreams } from './open-streams.ts';

type UnaryCall = ServerUnaryCall<unknown, unknown>;
type StreamingCall = ServerWritableStream<unknown, unknown>;

/**
 * Makes what every call of this door passes before its handler, those of health and reflection included: an authority
 * that is not ours (DNS rebinding) is refused. Streams are noted, so that a door that closes can end them.
 */
export function createGate(
  isOwnHost: (host: string) => boolean,
  openStreams: OpenStreams,
): (implementation: UntypedServiceImplementation) => UntypedServiceImplementation {
  const guard =
    (handler: UntypedServiceImplementation[string]) =>
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
      const forget = openStreams.add((status) => {
        if (!stream.writableEnded) stream.emit('error', status);
      });
      stream.on('cancelled', forget);
      pass(stream);
    };
  return (implementation) =>
    Object.fromEntries(
      Object.entries(implementation).map(([name, handler]) => [name, guard(handler)]),
    );
}
