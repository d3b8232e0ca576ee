import type { Socket } from 'node:net';

/** What the members of a floor say to each other. */
export const word = {
  /** To the leader: writes, numbered by who forwards them. */
  forward: 1,
  /** To those that follow: writes at their place in the log. */
  propose: 2,
  /** To the leader: on disk up to there. */
  ack: 3,
  /** A majority has it up to there; and the last of what was forwarded by who hears this that is in it. */
  commit: 4,
  /** To the leader: is it the leader still? Numbered by who asks. */
  ask: 5,
  /** The leader asks the same of those that follow, once for all who ask within a turn. */
  ping: 6,
  pong: 7,
  granted: 8,
} as const;

export interface Frame {
  readonly word: number;
  readonly number: number;
  readonly covered: number;
  readonly bytes: Uint8Array;
}

/** Length of what follows, word, number, covered. */
const headBytes = 4 + 1 + 4 + 4;
const nothing: Uint8Array = new Uint8Array(0);

/** A connection between two members. What is said within one callback leaves as one. */
export class Link {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #parts: Uint8Array[] = [];

  constructor(socket: Socket, onFrame: (frame: Frame) => void) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      this.#rest = bytes.subarray(takeFrames(bytes, onFrame));
    });
    // Members end one after the other.
    socket.on('error', () => undefined);
  }

  say(said: number, number: number, covered = 0, bytes = nothing): void {
    if (this.#parts.length === 0) process.nextTick(this.#flush);
    const head = Buffer.allocUnsafe(headBytes);
    head.writeUInt32BE(headBytes - 4 + bytes.length, 0);
    head[4] = said;
    head.writeUInt32BE(number, 5);
    head.writeUInt32BE(covered, 9);
    this.#parts.push(head);
    if (bytes.length > 0) this.#parts.push(bytes);
  }

  readonly #flush = (): void => {
    const [only = nothing] = this.#parts;
    this.#socket.write(this.#parts.length === 1 ? only : Buffer.concat(this.#parts));
    this.#parts = [];
  };
}

/** Gives how many of the bytes were used. */
function takeFrames(bytes: Buffer, onFrame: (frame: Frame) => void): number {
  let at = 0;
  while (bytes.length - at >= headBytes) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    onFrame({
      word: bytes[at + 4] ?? 0,
      number: bytes.readUInt32BE(at + 5),
      covered: bytes.readUInt32BE(at + 9),
      bytes: bytes.subarray(at + headBytes, end),
    });
    at = end;
  }
  return at;
}
