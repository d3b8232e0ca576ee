// How much room the volume of a data directory has.

import { statfsSync } from 'node:fs';

export function freeSpace(directory: string): { free: number; total: number } {
  const { bavail, blocks, bsize } = statfsSync(directory);
  return { free: bavail * bsize, total: blocks * bsize };
}

/** Less than SQLite's smallest files need. */
const fullBelowBytes = 131_072;

/** Says whether nothing can be written for want of space, or of inodes; false where that can't be told. */
export function isFull(directory: string): boolean {
  try {
    const { files, ffree } = statfsSync(directory);
    return freeSpace(directory).free < fullBelowBytes || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

/** Parts of the volume: on a small one what is set aside and grown ahead must leave room for the data. */
const walPart = 1 / 8;
const reservePart = 1 / 32;
/** The WAL is not grown to less, whatever the volume. */
const walBytesMin = 262_144;

/** Gives what the WAL is grown to and what is set aside: what is wanted, or as much as the volume allows. */
export function sizesFor(
  directory: string,
  wanted: { readonly walBytes: number; readonly reserveBytes: number },
): { readonly walBytes: number; readonly reserveBytes: number } {
  const { total } = freeSpace(directory);
  // Some file systems do not tell.
  if (total === 0) return wanted;
  const { walBytes, reserveBytes } = wanted;
  return {
    walBytes: Math.min(walBytes, Math.max(walBytesMin, Math.floor(total * walPart))),
    reserveBytes: Math.min(reserveBytes, Math.floor(total * reservePart)),
  };
}
