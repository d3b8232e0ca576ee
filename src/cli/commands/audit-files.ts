import { open, readdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const chunkBytes = 262_144;
/** No record is as long; what is, is none. */
const lineBytesMax = 1_048_576;
/** How often a file that is followed is looked at. */
const lookEveryMs = 250;
const lineFeed = 0x0a;

/**
 * Gives the lines of an audit log, the oldest first, whatever moves up meanwhile; with `follows` those that come, too,
 * for ever. Rejects when there is no such file, or it may not be read.
 */
export async function* auditLines(file: string, follows: boolean): AsyncGenerator<string> {
  let last: OpenFile | undefined;
  do {
    for (const opened of await openAll(file, last?.inode)) {
      // What was written to it before it moved up.
      if (last !== undefined) yield* last.rest();
      await last?.close();
      last = opened;
      yield* opened.rest();
    }
    if (!follows) continue;
    await delay(lookEveryMs);
    if (last !== undefined) yield* last.rest();
  } while (follows);
  await last?.close();
}

/** Opens those that are newer than `after`, and gives the oldest first. From the newest on, so that none slips through. */
async function openAll(file: string, after: number | undefined): Promise<OpenFile[]> {
  const opened: OpenFile[] = [];
  for (const path of await pathsOf(file)) {
    const found = await openFile(path, path === file && after === undefined);
    if (found === undefined || opened.some(({ inode }) => inode === found.inode)) {
      await found?.close();
      continue;
    }
    if (found.inode === after) {
      await found.close();
      break;
    }
    opened.unshift(found);
  }
  return opened;
}

/** The newest first: FILE, FILE.1, FILE.2 … */
async function pathsOf(file: string): Promise<string[]> {
  const prefix = `${basename(file)}.`;
  const names = await readdir(dirname(file));
  const numbers = names
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,5}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
  numbers.sort((left, right) => left - right);
  return [file, ...numbers.map((number) => `${file}.${String(number)}`)];
}

async function openFile(path: string, mustBeThere: boolean): Promise<OpenFile | undefined> {
  try {
    const handle = await open(path, 'r');
    return new OpenFile(handle, (await handle.stat()).ino);
  } catch (error) {
    // It has moved up between two looks.
    if (!mustBeThere && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

class OpenFile {
  readonly inode: number;
  readonly #handle: FileHandle;
  readonly #chunk = Buffer.alloc(chunkBytes);
  #begun: Buffer = Buffer.alloc(0);

  constructor(handle: FileHandle, inode: number) {
    this.#handle = handle;
    this.inode = inode;
  }

  /** The whole lines that are there by now and were not given yet. */
  async *rest(): AsyncGenerator<string> {
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#chunk, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      let bytes = Buffer.concat([this.#begun, this.#chunk.subarray(0, bytesRead)]);
      for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed)) {
        yield bytes.toString('utf8', 0, end);
        bytes = bytes.subarray(end + 1);
      }
      this.#begun = bytes.length > lineBytesMax ? Buffer.alloc(0) : Buffer.from(bytes);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
