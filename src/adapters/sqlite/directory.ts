// The data directory: its rights, its reserve of space, and making its entries durable.

import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { codeOf, diverged, unusable } from './failure.ts';
import { freeSpace } from './space.ts';

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

/**
 * Makes the directory if there is none; no one else may read it, as far as that is this user's to say. Gives its path
 * without links: one that is led elsewhere while the peer runs changes nothing.
 */
export function prepareDirectory(directory: string): string {
  try {
    makeDirectories(directory);
    const place = withoutLinks(directory);
    if (!statSync(place).isDirectory()) throw unusable(directory, 'it is not a directory');
    restrict(place, 0o700);
    // Of a volume that belongs to somebody else the group may have the right.
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
    if (process.platform === 'linux' && networkFilesystems.has(statfsSync(place).type)) {
      throw unusable(directory, 'it lies on a network file system. Choose a local disk');
    }
    return place;
  } catch (error) {
    const reason = reasons.get(codeOf(error));
    if (reason === undefined) throw error;
    throw unusable(directory, `${reason} (${codeOf(error)})`, error);
  }
}

/** One by one: where no directory can be made, as below /proc, Node's own recursion never ends. */
function makeDirectories(directory: string): void {
  const missing: string[] = [];
  for (let path = resolve(directory); !exists(path); path = dirname(path)) missing.push(path);
  for (const path of missing.reverse()) {
    makeUnlessMade(path);
    syncDirectory(dirname(path));
  }
}

/** Peers that are started together below one directory make it at the same time: who comes second finds it made. */
function makeUnlessMade(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

function withoutLinks(directory: string): string {
  if (!lstatSync(directory).isSymbolicLink()) return directory;
  try {
    return realpathSync(directory);
  } catch (error) {
    const target = readlinkSync(directory);
    throw unusable(
      directory,
      `it is a link to ${target}, where nothing is. Make that, or mend the link`,
      error,
    );
  }
}

/** Takes the rights of all others away, unless that is the right of somebody else. */
function restrict(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
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
    restrict(path, 0o600);
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
