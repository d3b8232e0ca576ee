import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** How often it is looked at whether there still is a reader. */
const lookEveryMs = 1_000;
/** So many looks in a row have to find none: a reader may just be handing its end to another process. */
const missesMax = 2;
const output = '/proc/self/fd/1';

/**
 * Notices that nobody reads our output any more while nothing is written: a write would be told (EPIPE), and Node has
 * no poll(2) for an end that is only written to. On Linux, the processes that hold the other end can be seen, as far as
 * they are of the same user; once one was seen, and then none is, the reader has gone. Elsewhere, and where the output
 * is no pipe, the next write has to tell.
 */
export class ReaderWatch {
  readonly #gone: () => void;
  readonly #looking: NodeJS.Timeout | undefined;
  /** `/proc/PID/fd/N` of a reader. */
  #reader: string | undefined;
  #misses = 0;

  constructor(gone: () => void) {
    this.#gone = gone;
    const pipe = pipeOf(output);
    if (pipe === undefined) return;
    // At once: the first line may be all that is read.
    this.#look(pipe);
    this.#looking = setInterval(() => {
      this.#look(pipe);
    }, lookEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#looking);
  }

  #look(pipe: string): void {
    if (this.#reader !== undefined && pipeOf(this.#reader) === pipe) return;
    const found = readerOf(pipe);
    if (found !== undefined) {
      this.#reader = found;
      this.#misses = 0;
    } else if (++this.#misses === missesMax) {
      this.stop();
      // Where none was ever seen, it is another user's, or in another container.
      if (this.#reader !== undefined) this.#gone();
    }
  }
}

/** `pipe:[1234]`; undefined for anything else, FIFOs with a name among it: their readers may come and go. */
function pipeOf(path: string): string | undefined {
  try {
    const target = readlinkSync(path);
    return target.startsWith('pipe:') ? target : undefined;
  } catch {
    return undefined;
  }
}

function readerOf(pipe: string): string | undefined {
  for (const process of namesIn('/proc')) {
    if (!/^\d+$/.test(process)) continue;
    for (const fd of namesIn(`/proc/${process}/fd`)) {
      const path = `/proc/${process}/fd/${fd}`;
      if (pipeOf(path) === pipe && reads(`/proc/${process}/fdinfo/${fd}`)) return path;
    }
  }
  return undefined;
}

/** False for the ends that are written to: ours, and those of all who share it. */
function reads(fdInfo: string): boolean {
  try {
    const [, flags = ''] = /^flags:\s*([0-7]+)/m.exec(readFileSync(fdInfo, 'latin1')) ?? [];
    return flags !== '' && (Number.parseInt(flags, 8) & 3) !== 1;
  } catch {
    return false;
  }
}

/** None where it may not be looked at, or has just ended. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
