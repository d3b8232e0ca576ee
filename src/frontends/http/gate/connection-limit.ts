import type { Socket } from 'node:net';
import { Problem } from '../exchange/problem.ts';

/** So many more are let in when all connections are busy: for probes and operators, who are answered alone there. */
export const reservedConnectionsMax = 64;

/**
 * Limits how many connections there are. When there are as many as may be, a new one takes the place of the one that
 * has been idle for longest: whoever opens thousands and leaves them lying gets in nobody's way but his own. When all are
 * busy, `reservedConnectionsMax` more are let in for the operators' routes; what is beyond is closed as it comes.
 */
export class ConnectionLimit {
  readonly #max: number;
  /** Those that came when all were busy. */
  readonly #reserved = new Set<Socket>();
  /** Answers owed, by connection. */
  readonly #owed = new Map<Socket, number>();
  /** Those that are owed nothing, the longest first. */
  readonly #idle = new Set<Socket>();

  constructor(max: number) {
    this.#max = max;
  }

  opened(socket: Socket): void {
    if (this.#owed.size >= this.#max && !this.#makesRoom()) {
      if (this.#reserved.size >= reservedConnectionsMax) {
        socket.destroy();
        return;
      }
      this.#reserved.add(socket);
    }
    this.#owed.set(socket, 0);
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#forget(socket);
    });
  }

  /**
   * Keeps the connection from being closed for another's sake until as many were `answered` as it was busy with.
   */
  busy(socket: Socket): void {
    const owed = this.#owed.get(socket);
    if (owed === undefined) return;
    this.#owed.set(socket, owed + 1);
    this.#idle.delete(socket);
  }

  answered(socket: Socket): void {
    const owed = this.#owed.get(socket);
    if (owed === undefined) return;
    this.#owed.set(socket, owed - 1);
    if (owed === 1) this.#idle.add(socket);
  }

  /** Says whether a connection is there for the operators' routes alone. It is one like others once there is room. */
  isReserved(socket: Socket): boolean {
    if (this.#reserved.size === 0 || !this.#reserved.has(socket)) return false;
    if (this.#owed.size - this.#reserved.size >= this.#max) return true;
    this.#reserved.delete(socket);
    return false;
  }

  /** Closes all connections, whatever is owed on them. */
  closeAll(): void {
    for (const socket of [...this.#owed.keys()]) socket.destroy();
  }

  #makesRoom(): boolean {
    const [longest] = this.#idle;
    if (longest === undefined) return false;
    this.#forget(longest);
    longest.destroy();
    return true;
  }

  #forget(socket: Socket): void {
    this.#reserved.delete(socket);
    this.#owed.delete(socket);
    this.#idle.delete(socket);
  }
}

/** Says why a connection that was let in for the operators' routes gets no other answer. */
export function tooManyConnections(): Problem {
  return new Problem(
    'throttled',
    'all connections of this peer are in use: ask again a little later, or use another peer',
    { closes: true },
  );
}
