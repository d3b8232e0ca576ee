import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { formatZxid } from '../../model/zxid.ts';
import { JuteReader, MalformedRecord } from '../../wire/jute/jute-reader.ts';
import { Adler32 } from './adler32.ts';
import { DamagedFile } from './damaged-file.ts';
import { decodeTxn, type DecodedTxn, type TxnHeader } from './txns.ts';

/** `ZKLG` */
const magic = 0x5a4b_4c47;
const knownVersion = 2;
const headerBytes = 16;
/** A checksum and a length before each record, one byte behind it. */
const headBytes = 12;
const recordEnd = 0x42;
/** A TxnHeader. */
const recordBytesMin = 32;
const recordBytesMax = 128 * 1_048_576;
const windowBytes = 4 * 1_048_576;
const zeros = Buffer.alloc(windowBytes);
/** How often a search looks whether there is anything left to be found. */
const lookEveryBytes = 4_096;

export interface LoggedTxn {
  readonly header: TxnHeader;
  readonly txn: DecodedTxn;
}

/**
 * Calls `take` with each txn of a log. ZooKeeper makes its logs larger ahead with zeros, and a crash leaves a part of a
 * record at their end: there the log is cut, and the answer says so. Throws `DamagedFile` where good records follow bad
 * ones: those would be lost.
 */
export function readTxnLog(file: string, take: (logged: LoggedTxn) => void): string | undefined {
  const window = new FileWindow(file);
  try {
    const begins = checkHeader(window, file);
    if (begins !== undefined) return begins;
    let at = headerBytes;
    for (;;) {
      const size = recordSizeAt(window, at);
      if (size === undefined) break;
      take(decoded(window.bytes(at + headBytes, size), file, at));
      at += headBytes + size + 1;
    }
    return endAt(window, file, at);
  } finally {
    window.close();
  }
}

/** Gives what is wrong with a log that was only just begun, when that is all. */
function checkHeader(window: FileWindow, file: string): string | undefined {
  if (window.length === 0) return `${file} is empty`;
  const header = window.bytes(0, Math.min(headerBytes, window.length));
  if (header.length < headerBytes || header.every((byte) => byte === 0)) {
    if (nextRecordFrom(window, 0) === undefined) return `${file} was only just begun, and is empty`;
  }
  if (header.readInt32BE(0) !== magic) {
    throw new DamagedFile(file, 'it does not begin as a txn log does');
  }
  const version = header.readInt32BE(4);
  if (version === knownVersion) return undefined;
  throw new DamagedFile(file, `version ${String(version)} of the format is not known`);
}

/** Undefined where no whole record stands, its checksum right. */
function recordSizeAt(window: FileWindow, at: number): number | undefined {
  if (window.length - at < headBytes + recordBytesMin + 1) return undefined;
  const head = window.bytes(at, headBytes);
  const size = head.readInt32BE(8);
  if (head.readUInt32BE(0) !== 0 || size < recordBytesMin || size > recordBytesMax) {
    return undefined;
  }
  const sum = head.readUInt32BE(4);
  if (window.length - at < headBytes + size + 1) return undefined;
  const record = window.bytes(at + headBytes, size + 1);
  if (record[size] !== recordEnd) return undefined;
  return new Adler32().add(record, 0, size).value === sum ? size : undefined;
}

function decoded(bytes: Buffer, file: string, at: number): LoggedTxn {
  try {
    return decodeTxn(new JuteReader().open(bytes, 0, bytes.length));
  } catch (error) {
    if (!(error instanceof MalformedRecord)) throw error;
    throw new DamagedFile(
      file,
      `the txn at byte ${String(at)} is not known here: ${error.message}`,
    );
  }
}

/** All zeros from there on is how a log ends. */
function endAt(window: FileWindow, file: string, at: number): string | undefined {
  if (window.isZeroFrom(at)) return undefined;
  const next = nextRecordFrom(window, at + 1);
  if (next !== undefined) {
    const { zxid } = decoded(window.bytes(next.at + headBytes, next.size), file, next.at).header;
    throw new DamagedFile(
      file,
      `damaged at byte ${String(at)}: behind it, at byte ${String(next.at)}, the log goes on with ${formatZxid(zxid)}`,
    );
  }
  return `${file} ends with a part of a record at byte ${String(at)}, which is left out: it was being written when its server ended`;
}

function nextRecordFrom(
  window: FileWindow,
  from: number,
): { readonly at: number; readonly size: number } | undefined {
  for (let at = window.nextWordAfterZeros(from); at < window.length; at++) {
    const size = recordSizeAt(window, at);
    if (size !== undefined) return { at, size };
    if (at % lookEveryBytes === 0 && window.isZeroFrom(at)) return undefined;
  }
  return undefined;
}

/** A file, of which a part is in memory. */
class FileWindow {
  readonly length: number;
  readonly #file: number;
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;

  constructor(file: string) {
    this.#file = openSync(file, 'r');
    this.length = fstatSync(this.#file).size;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** A view that is good until the next call. They must be there. */
  bytes(at: number, length: number): Buffer {
    if (at < this.#from || at + length > this.#from + this.#bytes.length) this.#load(at, length);
    return this.#bytes.subarray(at - this.#from, at - this.#from + length);
  }

  isZeroFrom(at: number): boolean {
    return this.#firstNonZero(at) === this.length;
  }

  /** Where to look for what begins with zeros, as a checksum does: not far before what is none. */
  nextWordAfterZeros(at: number): number {
    return Math.max(at, this.#firstNonZero(at) - headBytes);
  }

  #firstNonZero(at: number): number {
    for (let from = at; from < this.length; from += windowBytes) {
      const part = this.bytes(from, Math.min(windowBytes, this.length - from));
      if (part.equals(zeros.subarray(0, part.length))) continue;
      return from + part.findIndex((byte) => byte !== 0);
    }
    return this.length;
  }

  #load(at: number, length: number): void {
    const bytes = Buffer.allocUnsafe(Math.min(Math.max(length, windowBytes), this.length - at));
    let read = 0;
    while (read < bytes.length) {
      const got = readSync(this.#file, bytes, read, bytes.length - read, at + read);
      // It was cut while it was read.
      if (got === 0) bytes.fill(0, read);
      read = got === 0 ? bytes.length : read + got;
    }
    this.#bytes = bytes;
    this.#from = at;
  }
}
