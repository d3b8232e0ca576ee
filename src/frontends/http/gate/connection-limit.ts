import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/**
 * Limits how many connections there are. When there are as many as may be, a new one takes the place of the one that
 * has been idle for longest: whoever opens thousands and leaves them lying gets in nobody's way but his own.
 */
export class ConnectionLimit {
  readonly #max: number;
  /** Answers owed, by connection. */
  readonly #owed = new Map<Socket, number>();
  /** Those that are owed nothing, the longest first. */
  readonly #idle = new Set<Socket>();

  constructor(max: number) {
    this.#max = max;
  }

  opened(socket: Socket): void {
    if (this.#owed.size >= this.#max) {
      const [longest] = this.#idle;
      if (longest === undefined) {
        socket.destroy();
        return;
      }
      this.#forget(longest);
      longest.destroy();
    }
    this.#owed.set(socket, 0);
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#forget(socket);
    });
  }

  /**
   * Keeps the connection from being closed for another's sake until the answer is over; without an answer, for good.
   */
  busy(socket: Socket, answer?: EventEmitter): void {
    const owed = this.#owed.get(socket);
    if (owed === undefined) return;
    this.#owed.set(socket, owed + 1);
    this.#idle.delete(socket);
    answer?.once('close', () => {
      this.#answered(socket);
    });
  }

  /** Closes all connections, whatever is owed on them. */
  closeAll(): void {
    for (const socket of [...this.#owed.keys()]) socket.destroy();
  }

  #answered(socket: Socket): void {
    const owed = this.#owed.get(socket);
    if (owed === undefined) return;
    this.#owed.set(socket, owed - 1);
    if (owed === 1) this.#idle.add(socket);
  }

  #forget(socket: Socket): void {
    this.#owed.delete(socket);
    this.#idle.delete(socket);
  }
}
