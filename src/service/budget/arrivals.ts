import type { Work } from './work.ts';

/** Limits the connections of one door that have come and wait for their turn to be taken in; more are closed as they come. */
export const arrivalsWaitingMax = 10_000;

/** A connection of a client, as far as it matters here: a socket of Node's. */
interface Arriving {
  readonly destroyed: boolean;
  on(event: 'error', run: () => void): unknown;
  destroy(): unknown;
}

/**
 * Takes in the connections of one door: as they come while the turn has time for them, and otherwise in turns of their
 * addresses. Hundreds come at once, and each costs as much as a few requests.
 */
export class Arrivals {
  readonly #work: Work;
  readonly #waiting = new Set<Arriving>();
  #isOver = false;

  constructor(work: Work) {
    this.#work = work;
  }

  /** `begin` is called now or later, unless the connection is gone by then. It must not throw. */
  take(connection: Arriving, address: string, begin: () => void): void {
    if (this.#isOver || this.#waiting.size >= arrivalsWaitingMax) {
      connection.destroy();
      return;
    }
    if (this.#work.turn.hasTime()) {
      begin();
      return;
    }
    // Nobody else hears of it yet.
    connection.on('error', () => undefined);
    this.#waiting.add(connection);
    this.#work.add(address, () => {
      if (this.#waiting.delete(connection) && !connection.destroyed) begin();
      return true;
    });
  }

  /** Closes those that wait, and all that still come. */
  stop(): void {
    this.#isOver = true;
    for (const connection of this.#waiting) connection.destroy();
    this.#waiting.clear();
  }
}
