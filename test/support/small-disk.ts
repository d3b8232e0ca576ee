import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of its own, a small one in memory. Mounting it takes root. */
export class SmallDisk {
  readonly #place: string;
  readonly #filler: string;

  constructor(place: string, mebibytes: number) {
    this.#place = place;
    this.#filler = join(place, 'filler');
    mkdirSync(place, { recursive: true });
    mount('-t', 'tmpfs', '-o', `size=${String(mebibytes)}m`, 'tmpfs', place);
  }

  /** Fills it to the last byte. */
  fill(): void {
    const descriptor = openSync(this.#filler, 'a');
    try {
      for (const size of [1_048_576, 4_096]) {
        const piece = Buffer.alloc(size, 'x');
        while (isWritten(descriptor, piece));
      }
    } finally {
      closeSync(descriptor);
    }
  }

  makeSpace(): void {
    rmSync(this.#filler);
  }

  remount(as: 'ro' | 'rw'): void {
    mount('-o', `remount,${as}`, this.#place);
  }

  remove(): void {
    spawnSync('umount', [this.#place]);
  }
}

export function canMount(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

function isWritten(descriptor: number, piece: Buffer): boolean {
  try {
    return writeSync(descriptor, piece) === piece.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
