import type { Socket } from 'node:net';
import type { Clock } from '../../../ports/clock.ts';

/** An answer is made for so long at a time. */
const sliceMs = 4;
/** And is sent in pieces of so many characters. */
const pieceLength = 16_384;

/** Who is to be sent the answer to a word. */
export interface WordReader {
  readonly socket: Socket;
  readonly clock: Clock;
  /** Acts while the connection is there. */
  goesOn(act: () => void): void;
  /** All of it is with the socket. */
  ended(): void;
}

/**
 * Sends the answer to a word: in slices, and no faster than it is read; what is short in one go, since there are clients that
 * look only once (kazoo's `command`).
 */
export function sendWord(parts: Iterator<string>, to: WordReader, before = ''): void {
  const { clock, socket } = to;
  let text = before;
  const goOn = (): void => {
    to.goesOn(() => {
      sendWord(parts, to, text);
    });
  };
  for (const untilMs = clock.now() + sliceMs; clock.now() < untilMs;) {
    const next = parts.next();
    if (next.done === true) {
      if (text !== '') socket.write(text);
      to.ended();
      return;
    }
    text += next.value;
    if (text.length < pieceLength) continue;
    const isTaken = socket.write(text);
    text = '';
    if (isTaken) continue;
    socket.once('drain', goOn);
    return;
  }
  clock.soon(goOn);
}
