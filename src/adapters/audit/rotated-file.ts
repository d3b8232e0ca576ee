import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';

const readableByUsAlone = 0o600;

/** A file that is written at its end, and that makes way for a new one when it is full: `FILE`, before it `FILE.1` … */
export class RotatedFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #handle: FileHandle | undefined;
  #inode = 0;
  #bytes = 0;

  constructor(path: string, { maxBytes, keep }: { readonly maxBytes: number; keep: number }) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
  }

  /** Begins at the end of what is there; a line that was cut off by a crash is ended first. */
  async open(): Promise<void> {
    const handle = await open(this.#path, 'a+', readableByUsAlone);
    try {
      await handle.chmod(readableByUsAlone);
      const { ino, size } = await handle.stat();
      this.#handle = handle;
      this.#inode = ino;
      this.#bytes = size;
      if (await this.#isCutOff(handle, size)) await this.write(Buffer.from('\n'));
    } catch (error) {
      this.#handle = undefined;
      await handle.close();
      throw error;
    }
  }

  /**
   * Makes ready for so many bytes, which begin with a line: opens the file anew when it is not the one by that name any
   * more, and lets it make way when it is full.
   */
  async prepare(bytes: number): Promise<void> {
    if (this.#handle === undefined || !(await this.#isByName())) {
      await this.close();
      await this.open();
    }
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) await this.#rotate();
  }

  /** Writes some of it, and says how much. */
  async write(bytes: Uint8Array): Promise<number> {
    if (this.#handle === undefined) throw new Error('the file is not open');
    const { bytesWritten } = await this.#handle.write(bytes);
    this.#bytes += bytesWritten;
    return bytesWritten;
  }

  async sync(): Promise<void> {
    await this.#handle?.datasync();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #isByName(): Promise<boolean> {
    const found = await stat(this.#path).catch(() => undefined);
    return found?.ino === this.#inode;
  }

  async #isCutOff(handle: FileHandle, size: number): Promise<boolean> {
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, size - 1);
    return last.toString() !== '\n';
  }

  /** The oldest goes, the others move up; what was written is on the disk before it moves. */
  async #rotate(): Promise<void> {
    await this.sync();
    await this.close();
    await rm(`${this.#path}.${String(this.#keep)}`, { force: true });
    for (let number = this.#keep - 1; number >= 0; number--) {
      const from = number === 0 ? this.#path : `${this.#path}.${String(number)}`;
      await rename(from, `${this.#path}.${String(number + 1)}`).catch(unlessMissing);
    }
    await this.open();
  }
}

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
