// The data directory: its rights, its reserve of space, and making its entries durable.

import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { codeOf, diverged, unusable } from './failure.ts';

export const databaseName = 'node.db';
export const guardName = 'guard';
const reserveName = 'reserve';
/** Its text says why nothing in the directory may be used any more. */
const divergedName = 'diverged';

/** Linux' magic numbers of NFS, SMB, CIFS and SMB2: there a lock or an fsync may not mean what it says. */
const networkFilesystems = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42]);

const notWritable = 'this user may not write there. Choose another place, or give the right to it';
const noPlace = 'no directory can be made there. Choose another place';
const reasons = new Map([
  ['EACCES', notWritable],
  ['EPERM', notWritable],
  ['EROFS', notWritable],
  ['ENOTDIR', 'part of the path is a file. Choose another place'],
  ['ENOENT', noPlace],
  ['EINVAL', noPlace],
  ['ELOOP', noPlace],
  ['ENAMETOOLONG', noPlace],
]);

/** Makes the directory if there is none; no one else may read it. */
export function prepareDirectory(directory: string): void {
  try {
    const found = lstatSync(directory, { throwIfNoEntry: false });
    if (found === undefined) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      syncDirectory(dirname(directory));
    } else if (found.isSymbolicLink()) {
      throw unusable(directory, 'it is a symbolic link. Give the directory itself');
    } else if (!found.isDirectory()) {
      throw unusable(directory, 'it is not a directory');
    }
    chmodSync(directory, 0o700);
    if (process.platform === 'linux' && networkFilesystems.has(statfsSync(directory).type)) {
      throw unusable(directory, 'it lies on a network file system. Choose a local disk');
    }
  } catch (error) {
    const reason = reasons.get(codeOf(error));
    if (reason === undefined) throw error;
    throw unusable(directory, `${reason} (${codeOf(error)})`, error);
  }
}

export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Makes an empty file that only its owner may read. An existing one is not even opened: closing another descriptor of a
 * database that this process holds would drop its lock (brief D2.11).
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
}

/** Refuses the directory from now on; durable when this returns. */
export function markDiverged(directory: string, why: string): void {
  const descriptor = openSync(join(directory, divergedName), 'w', 0o600);
  try {
    writeSync(descriptor, `${why}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  syncDirectory(directory);
}

/** Throws when the directory was marked. */
export function refuseDiverged(directory: string): void {
  const path = join(directory, divergedName);
  if (exists(path)) throw diverged(directory, readFileSync(path, 'utf8').trim());
}

export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function freeSpace(directory: string): { free: number; total: number } {
  const { bavail, blocks, bsize } = statfsSync(directory);
  return { free: bavail * bsize, total: blocks * bsize };
}

/**
 * Space set aside. When the disk is nearly full the reserve is given up: by then the shell refuses clients' writes, and
 * what the protocol must still write finds room.
 */
export class Reserve {
  readonly #directory: string;
  readonly #path: string;
  readonly #bytes: number;
  #isHeld = false;

  constructor(directory: string, bytes: number) {
    this.#directory = directory;
    this.#path = join(directory, reserveName);
    this.#bytes = bytes;
  }

  /** Takes the reserve if there is plenty, gives it up if there is not. */
  settle(): void {
    this.#isHeld = exists(this.#path);
    const { free } = freeSpace(this.#directory);
    if (!this.#isHeld && free > 8 * this.#bytes && this.#bytes > 0) this.#take();
    else this.release(free);
  }

  releaseWhenLow(): void {
    if (this.#isHeld) this.release(freeSpace(this.#directory).free);
  }

  release(free: number): void {
    if (!this.#isHeld || free >= 2 * this.#bytes) return;
    this.#isHeld = false;
    // Whoever looked for space may have deleted it by hand.
    rmSync(this.#path, { force: true });
  }

  #take(): void {
    const descriptor = openSync(this.#path, 'wx', 0o600);
    try {
      const zeros = new Uint8Array(1_048_576);
      for (let left = this.#bytes; left > 0; left -= zeros.length) {
        writeSync(descriptor, zeros, 0, Math.min(left, zeros.length));
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    this.#isHeld = true;
  }
}
