import { fstatSync, openSync, constants, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Lines that can't be written now wait up to so many bytes; those that come then are dropped, and counted. */
export const unwrittenBytesMax = 1_048_576;
/** Waiting lines are tried again after this, and with the next line. */
const againAfterMs = 200;
/** Until then it may well be over: of a full disk, or a reader that stands still. */
const mayPass = new Set(['EAGAIN', 'EWOULDBLOCK', 'EBUSY', 'EINTR', 'ENOSPC', 'EDQUOT']);
const standardOutput = 1;

/** Writes so many bytes of it, now, and says how many; throws as `writeSync` does. */
export type WriteNow = (bytes: Uint8Array) => number;

/**
 * Where log lines go: each is written at once, or waits, but nobody waits for it. A reader that stands still (a wedged log
 * driver, a suspended `| tee`, Ctrl-S at a terminal) costs `unwrittenBytesMax` and then the lines that come, never the
 * peer. Never throws.
 */
export class LogOutput {
  readonly #write: WriteNow;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #again: NodeJS.Timeout | undefined;
  #dropped = 0;
  #droppedSince = 0;
  /** Is called for each line that is dropped. */
  onDropped: () => void = () => undefined;
  /** Is told, once lines can be written again, how many were dropped meanwhile. May write. */
  onWritable: (dropped: number) => void = () => undefined;

  constructor(write: WriteNow = standardOutputNow()) {
    this.#write = write;
  }

  /** Lines that nobody will ever read. */
  get dropped(): number {
    return this.#dropped;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Takes one line, with its line feed. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waiting.length === 0) {
      const left = this.#writeNow(bytes);
      if (left !== undefined) this.#wait(left);
      return;
    }
    if (this.#waitingBytes + bytes.length > unwrittenBytesMax) this.#drop();
    else this.#wait(bytes);
  }

  #wait(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#tryAgain();
  }

  #tryAgain(): void {
    // It keeps no process alive.
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.#writeOn();
    }, againAfterMs).unref();
  }

  #writeOn(): void {
    for (;;) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) break;
      this.#waitingBytes -= bytes.length;
      const left = this.#writeNow(bytes);
      if (left === undefined) continue;
      this.#waiting.unshift(left);
      this.#waitingBytes += left.length;
      this.#tryAgain();
      return;
    }
    const lines = this.#droppedSince;
    this.#droppedSince = 0;
    if (lines > 0) this.onWritable(lines);
  }

  /** Gives what could not be written and may be later. */
  #writeNow(bytes: Uint8Array): Uint8Array | undefined {
    let rest = bytes;
    try {
      while (rest.length > 0) {
        const written = this.#write(rest);
        if (written === 0) return rest;
        rest = rest.subarray(written);
      }
    } catch (error) {
      if (mayPass.has((error as NodeJS.ErrnoException).code ?? '')) return rest;
      // Nobody is there who would read it.
      this.#drop();
    }
    return undefined;
  }

  #drop(): void {
    this.#dropped++;
    this.#droppedSince++;
    this.onDropped();
  }
}

function standardOutputNow(): WriteNow {
  const fd = descriptorThatNeverWaits();
  return (bytes) => writeSync(fd, bytes);
}

/**
 * Standard output as something whose writes say EAGAIN rather than wait. A pipe and a terminal are opened anew for that, where
 * they can be: the setting would be that of all who share them else. Writing into a file waits for nobody.
 */
function descriptorThatNeverWaits(): number {
  try {
    const stats = fstatSync(standardOutput);
    if (stats.isFIFO() || isatty(standardOutput)) {
      const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
      return openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK | O_NOCTTY);
    }
    // Node sets a socket so when it makes a stream of it.
    if (stats.isSocket()) touchNodesStream();
  } catch {
    // Another user's pipe, or a system without /proc: Node's own stream sets a pipe so too.
    if (!isatty(standardOutput)) touchNodesStream();
  }
  return standardOutput;
}

/** It is made when it is first looked at. */
function touchNodesStream(): boolean {
  return process.stdout.writable;
}
