// Every way in which the store can fail, as sentences for the person who finds the peer stopped: the cause, whether data
// is safe, what to do next.

import { InvariantBroken } from '../../base/assert.ts';
import { MalformedBytes } from '../../base/bytes.ts';
import { StoreFailed, type StoreFailure } from '../../ports/store.ts';
import { isFull } from './space.ts';

const othersHaveIt =
  'No acknowledged write is lost as long as a quorum of the other peers is well: they have it all.';

function startAnew(directory: string): string {
  return (
    `Move the directory away (mv ${directory} ${directory}.damaged) and start again: ` +
    'the peer joins as a new one, gets its data from the others, and then its vote back.'
  );
}

export function corrupt(directory: string, what: string, cause?: unknown): StoreFailed {
  const message = `The data in ${directory} is damaged: ${what}. ${othersHaveIt} ${startAnew(directory)}`;
  return new StoreFailed({ code: 'corrupt', message }, cause);
}

export function lostTail(directory: string, what: string): StoreFailed {
  const message =
    `The data in ${directory} is older than what this peer had promised: ${what}. ` +
    `Voting with it could undo acknowledged writes. ${othersHaveIt} ${startAnew(directory)}`;
  return new StoreFailed({ code: 'lostTail', message });
}

export function diverged(directory: string, why: string): StoreFailed {
  const message = `The data in ${directory} must not be used. ${why} ${startAnew(directory)}`;
  return new StoreFailed({ code: 'diverged', message });
}

export function locked(directory: string): StoreFailed {
  const message =
    `Another process is using ${directory}. Its data is safe. ` +
    'Stop the other process, or give this peer a data directory of its own.';
  return new StoreFailed({ code: 'locked', message });
}

export function newerFormat(directory: string, found: number, known: number): StoreFailed {
  const message =
    `The data in ${directory} has format ${String(found)}; this version reads up to ${String(known)}. ` +
    'Nothing was changed. Start the newer version again.';
  return new StoreFailed({ code: 'newerFormat', message });
}

export function otherServer(directory: string, found: number, wanted: number): StoreFailed {
  const message =
    `The data in ${directory} belongs to server ${String(found)}, but this peer is configured as server ` +
    `${String(wanted)}. Nothing was changed. Correct the server id or the data directory.`;
  return new StoreFailed({ code: 'otherServer', message });
}

export function unusable(directory: string, what: string, cause?: unknown): StoreFailed {
  const message = `The data directory ${directory} can't be used: ${what}. Nothing was changed.`;
  return new StoreFailed({ code: 'unusable', message }, cause);
}

/** Gives what kept a directory from being made; nothing of it counts. */
export function seedFailed(error: unknown, directory: string): StoreFailed {
  if (error instanceof StoreFailed) return error;
  const { code, message } = storeFailureOf(error, directory);
  if (code !== 'diskFull') return new StoreFailed({ code, message }, error);
  const text =
    `The disk of ${directory} is full: the data directory was not made, and nothing of it is left there. ` +
    'Free some space, then run the same command again.';
  return new StoreFailed({ code, message: text }, error);
}

/** Gives what any error of the write path amounts to. The peer stops on every one of them (brief D2.4). */
export function storeFailureOf(error: unknown, directory: string): StoreFailure {
  if (error instanceof StoreFailed) return error.failure;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof InvariantBroken) {
    const message =
      `${text}. This is a defect of the program, and it was stopped before anything was written. ` +
      `The data in ${directory} stands as it was. Start the peer again, and report this line.`;
    return { code: 'corrupt', message };
  }
  if (error instanceof MalformedBytes) return corrupt(directory, text).failure;
  const code = codeOf(error);
  if (saysFull(code) || (mayHideFullDisk(code) && isFull(directory))) {
    const message =
      `The disk of ${directory} is full (${saysFull(code) ? text : `${code}: ${text}`}). All acknowledged writes are safe. ` +
      'Free some space, then start the peer again.';
    return { code: 'diskFull', message };
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return corrupt(directory, text).failure;
  }
  if (isNotPermitted(code)) {
    const message =
      `A file in ${directory} can't be opened or written (${code}: ${text}). All acknowledged writes are safe. ` +
      'Give this user the right to read and write it, or check the disk, then start the peer again.';
    return { code: 'unusable', message };
  }
  const message =
    `The disk of ${directory} failed (${code === '' ? text : `${code}: ${text}`}). All acknowledged writes were ` +
    'durable before; the last one may or may not be there. Check the disk, then start the peer again: it verifies all it has.';
  return { code: 'io', message };
}

const saysFull = (code: string): boolean => ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'].includes(code);

/** Where SQLite maps or makes a file, it has one word for whatever goes wrong. */
const mayHideFullDisk = (code: string): boolean => /^SQLITE_(IOERR|CANTOPEN)/.test(code);

function isNotPermitted(code: string): boolean {
  return (
    ['EACCES', 'EPERM', 'EROFS', 'EISDIR'].includes(code) ||
    /^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code)
  );
}

export function codeOf(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
