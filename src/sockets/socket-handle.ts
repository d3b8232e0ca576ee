import type { Socket } from 'node:net';

/**
 * What a socket of Node's is read by, which its type does not say. Below all streams: who stops it stops HTTP's parser and
 * HTTP/2 as well, where those have taken the socket over, and the client with it.
 */
export interface SocketHandle {
  /** Whoever pauses the socket makes that false; who stops the handle alone leaves it. */
  readonly reading: boolean;
  readStart(): void;
  readStop(): void;
  /** Has it read into memory that is given; TLS has none of that. */
  useUserBuffer?(memory: Uint8Array): void;
}

/** Gives it while there is one. */
export function handleOf(socket: Socket): SocketHandle | null {
  return socket.destroyed ? null : (socket as unknown as { _handle: SocketHandle | null })._handle;
}
