import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from '../../adapters/sqlite/directory.ts';
import { systemHash } from '../../adapters/system/hash.ts';
import type { CopyProgress, CopyReport } from '../../config/copy-tools.ts';
import type { LogEntry, LogPosition } from '../../model/log-entry.ts';
import { formatZxid, zxidEquals, zxidFollows } from '../../model/zxid.ts';
import {
  CopyReader,
  UnusableCopy,
  type CopyHeader,
  type CopyItem,
  type CopyTrailer,
} from '../../wire/copy-format.ts';

const pieceBytes = 1_048_576;

/** Thrown in words for whoever typed the command. */
export class CopyFailed extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CopyFailed';
  }
}

/** Runs what reads or writes a copy; what goes wrong is told with the name of the file. */
export function ofFile<Value>(file: string, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (error instanceof UnusableCopy) {
      throw new CopyFailed(`The copy ${file} can't be used: ${error.message}.`, error);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const message = `The disk of ${file} is full. Nothing under that name is lost or half there: free some space, then run the same command again.`;
      throw new CopyFailed(message, error);
    }
    if (code === 'ENOENT') throw new CopyFailed(`There is no ${file}.`, error);
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
      throw new CopyFailed(`${file} can't be read or written (${code}).`, error);
    }
    throw error;
  }
}

/** Reads a copy and checks it as it goes: what it gives is as it was written; that all came is known at the end. */
export function* readCopy(file: string, progress?: CopyProgress): Generator<CopyItem> {
  const descriptor = openSync(file, 'r');
  try {
    const reader = new CopyReader(systemHash);
    const proof = new CopyProof();
    const bytesExpected = fstatSync(descriptor).size;
    let bytes = 0;
    for (;;) {
      const piece = new Uint8Array(pieceBytes);
      const length = readSync(descriptor, piece, 0, pieceBytes, null);
      if (length === 0) break;
      bytes += length;
      progress?.({ what: file, bytes, bytesExpected });
      for (const item of reader.feed(piece.subarray(0, length))) {
        proof.take(item);
        yield item;
      }
    }
    reader.end();
  } finally {
    closeSync(descriptor);
  }
}

/** Reads a copy for its checks alone. */
export function checkCopy(file: string): void {
  const items = readCopy(file);
  while (items.next().done !== true);
}

/**
 * Checks that the parts of a copy belong together: the snapshot is the one that is announced, the log goes on from it
 * without a gap, by the chain of its hashes, and ends where it is said to.
 */
export class CopyProof {
  readonly #hash = systemHash.sha256Stream();
  #header: CopyHeader | undefined;
  #chunks = 0;
  #bytes = 0;
  /** Undefined before the first entry of a log whose beginning is another copy's end. */
  #at: LogPosition | undefined;
  #isSnapshotChecked = false;

  /** Of a log alone: where the copy ends that it goes on from. */
  constructor(after?: LogPosition) {
    this.#at = after;
  }

  get at(): LogPosition | undefined {
    return this.#at;
  }

  take(item: CopyItem): void {
    switch (item.item) {
      case 'header':
        this.#header = item.header;
        this.#at = item.header.snapshot?.at ?? this.#at;
        return;
      case 'chunk':
        this.#chunks++;
        this.#bytes += item.bytes.length;
        this.#hash.update(item.bytes);
        return;
      case 'entries':
        this.#checkSnapshot();
        for (const entry of item.entries) this.#follow(entry);
        return;
      case 'trailer':
        this.#checkSnapshot();
        this.#checkEnd();
        return;
    }
  }

  #checkSnapshot(): void {
    const snapshot = this.#header?.snapshot ?? null;
    if (this.#isSnapshotChecked || snapshot === null) return;
    this.#isSnapshotChecked = true;
    const isSame =
      snapshot.chunks === this.#chunks &&
      snapshot.bytes === this.#bytes &&
      snapshot.sha256 === Buffer.from(this.#hash.digest()).toString('hex');
    if (!isSame) throw new UnusableCopy('its snapshot is not the one that it announces');
  }

  #follow({ zxid, kind, payload, chain }: LogEntry): void {
    const before = this.#at;
    if (before !== undefined) {
      if (!zxidFollows(before.zxid, zxid)) {
        throw new UnusableCopy(
          `the log in it has a gap: ${formatZxid(zxid)} comes after ${formatZxid(before.zxid)}`,
        );
      }
      if (systemHash.chain(before.chain, zxid, kind, payload) !== chain) {
        throw new UnusableCopy(
          `at ${formatZxid(zxid)} it is of another history than what it goes on from`,
        );
      }
    }
    this.#at = { zxid, chain };
  }

  #checkEnd(): void {
    const { upTo, after } = this.#header ?? {};
    // A log in which nothing is.
    if (this.#at === undefined && upTo !== undefined && after !== undefined) {
      if (zxidEquals(upTo.zxid, after)) return;
    }
    if (
      upTo === undefined ||
      this.#at?.chain !== upTo.chain ||
      !zxidEquals(this.#at.zxid, upTo.zxid)
    ) {
      throw new UnusableCopy('it ends elsewhere than it announces');
    }
  }
}

export interface CopyFile {
  readonly file: string;
  readonly header: CopyHeader;
}

export function headerOf(file: string): CopyHeader {
  return ofFile(file, () => {
    for (const item of readCopy(file)) if (item.item === 'header') return item.header;
    throw new CopyFailed(`The copy ${file} can't be used: it is cut off.`);
  });
}

export function reportOf(header: CopyHeader, trailer: CopyTrailer, bytes: number): CopyReport {
  const { program, takenAtMs, serverId, clusterId, epoch, snapshot, after, upTo } = header;
  return {
    kind: snapshot === null ? 'log' : 'state',
    program,
    takenAtMs,
    serverId,
    clusterId,
    epoch,
    after: formatZxid(after),
    zxid: formatZxid(upTo.zxid),
    chain: upTo.chain,
    bytes,
    chunks: trailer.chunks,
    entries: trailer.entries,
    voters: header.membership?.voters.map(({ id }) => id) ?? [],
  };
}

/** A file that has another name until all of it is there, durably. */
export class FileInTheMaking {
  readonly #part: string;
  #descriptor: number | undefined;

  constructor(part: string) {
    this.#part = part;
    rmSync(part, { force: true });
    this.#descriptor = openSync(part, 'wx', 0o600);
  }

  write(bytes: Uint8Array): void {
    if (this.#descriptor === undefined) throw new Error('a file that is closed is not written');
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
  }

  finish(file: string): void {
    if (this.#descriptor === undefined) throw new Error('a file is finished once');
    fsyncSync(this.#descriptor);
    this.#close();
    renameSync(this.#part, file);
    syncDirectory(dirname(file));
  }

  abandon(): void {
    this.#close();
    rmSync(this.#part, { force: true });
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
