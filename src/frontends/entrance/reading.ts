import type { Socket } from 'node:net';
import { OnceSoon } from '../../base/once-soon.ts';
import { Rotation } from '../../service/budget/rotation.ts';
import type { Turn } from '../../service/budget/turn.ts';
import { handleOf } from '../../sockets/socket-handle.ts';

/**
 * Connections of a door that are read together whatever comes on them: as many as one turn of the event loop can take
 * in. Of more that are open, those beyond are read by turns while too much comes.
 */
export const readTogetherMax = 256;

/** So many connections are read again in each turn, however busy, one of each address at a time. */
const readAgainPerTurn = 32;

interface Reader {
  readonly socket: Socket;
  readonly address: string;
}

interface SoonClock {
  soon(run: () => void): void;
}

/**
 * Bounds what one turn of the event loop reads. Node brings whatever has come on all connections within one turn, however
 * many they are, and takes tens of microseconds for each before anybody is asked: ten thousand that speak at once
 * would hold a peer up for half a second. So when a turn is overrun, reading stops on all connections of the door, and begins
 * again by turns of the addresses: whoever has few connections is read at once.
 */
export class Reading {
  readonly #turn: Turn;
  readonly #read = new Set<Reader>();
  readonly #stopped = new Rotation<Reader>();
  readonly #again: OnceSoon;
  /** One for all sockets: an end takes as long as a request does, and whoever ends may end with ten thousand connections. */
  readonly #ended = (): void => {
    this.#turn.hasTime();
  };

  constructor(turn: Turn, clock: SoonClock) {
    this.#turn = turn;
    this.#again = new OnceSoon(clock, () => {
      this.#readAgain();
    });
    turn.whenOverrun(() => {
      this.#stop();
    });
  }

  /** A connection is served from now on, and read unless its door pauses it. */
  add(socket: Socket, address: string): void {
    const reader = { socket, address };
    this.#read.add(reader);
    socket.on('end', this.#ended);
    socket.on('error', this.#ended);
    socket.once('close', () => {
      this.#read.delete(reader);
    });
  }

  #stop(): void {
    if (this.#read.size <= readTogetherMax) return;
    for (const reader of this.#read) {
      const handle = handleOf(reader.socket);
      if (handle?.reading !== true) continue;
      handle.readStop();
      this.#read.delete(reader);
      this.#stopped.add(reader.address, reader);
    }
    this.#again.schedule();
  }

  #readAgain(): void {
    let left = readAgainPerTurn;
    this.#stopped.run(
      (reader) => {
        left--;
        this.#start(reader);
        return true;
      },
      () => left <= 0,
    );
    if (!this.#stopped.isEmpty) this.#again.schedule();
  }

  #start(reader: Reader): void {
    const handle = handleOf(reader.socket);
    if (handle === null) return;
    this.#read.add(reader);
    // Its door may have paused it meanwhile, and resumes it then.
    if (handle.reading) handle.readStart();
  }
}
