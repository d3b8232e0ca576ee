// A second, tiny file that remembers how far this peer ever acknowledged. A WAL that lost its tail opens without any
// complaint from SQLite; the guard is what notices (brief D2.6). Two slots are written in turn, so a torn write costs one.

import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { ByteReader, ByteWriter, MalformedBytes } from '../../base/bytes.ts';
import type { Nonce } from '../../model/ids.ts';
import { emptyLog, type ChainHash, type LogPosition } from '../../model/log-entry.ts';
import { compareZxid, readZxid, writeZxid, zeroZxid, zxidEquals } from '../../model/zxid.ts';
import { codeOf } from './failure.ts';

const slotBytes = 512;
const version = 1;

export interface GuardRecord {
  readonly nonce: Nonce;
  /** The log once reached this far, durably. */
  readonly acked: LogPosition;
  readonly acceptedEpoch: number;
}

interface Slot extends GuardRecord {
  readonly sequence: number;
}

/** Reads the guard file; undefined when there is none, or none that is whole. */
export function readGuard(path: string): Slot | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const slots = [0, 1]
    .map((index) => readSlot(bytes.subarray(index * slotBytes, (index + 1) * slotBytes)))
    .filter((slot) => slot !== undefined);
  return slots.sort((left, right) => right.sequence - left.sequence)[0];
}

function readSlot(bytes: Uint8Array): Slot | undefined {
  try {
    const reader = new ByteReader(bytes);
    const body = reader.bytes();
    if (reader.u32() !== crc32(body)) return undefined;
    const fields = new ByteReader(body);
    if (fields.u8() !== version) return undefined;
    return {
      sequence: fields.u53(),
      nonce: fields.text() as Nonce,
      acked: { zxid: readZxid(fields), chain: fields.text() as ChainHash },
      acceptedEpoch: fields.u32(),
    };
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}

/** Writes the guard file, which nobody else does. */
export class Guard {
  readonly #descriptor: number;
  #sequence: number;

  constructor(path: string, lastSequence: number) {
    this.#descriptor = openSync(path, 'r+', 0o600);
    this.#sequence = lastSequence;
  }

  /** Durable when it returns. */
  write(record: GuardRecord): void {
    this.#sequence++;
    const body = new ByteWriter().u8(version).u53(this.#sequence).text(record.nonce);
    writeZxid(body, record.acked.zxid);
    body.text(record.acked.chain).u32(record.acceptedEpoch);
    const bytes = body.take();
    const slot = new Uint8Array(slotBytes);
    slot.set(new ByteWriter().bytes(bytes).u32(crc32(bytes)).take());
    writeSync(this.#descriptor, slot, 0, slotBytes, (this.#sequence % 2) * slotBytes);
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Writes the guard lazily, but lowers it at once where the log is about to end earlier than it says. */
export class GuardKeeper {
  readonly #guard: Guard;
  #written: GuardRecord;

  constructor(guard: Guard, written: GuardRecord) {
    this.#guard = guard;
    this.#written = written;
  }

  /** The log will be cut after `end`, or replaced as a whole. */
  lower(end: LogPosition | null): void {
    const { acked } = this.#written;
    if (end !== null && compareZxid(acked.zxid, end.zxid) <= 0) return;
    if (zxidEquals(acked.zxid, zeroZxid)) return;
    this.write({ ...this.#written, acked: end ?? emptyLog });
  }

  /** True if it was not up to date. */
  raise(record: GuardRecord): boolean {
    const { acked, acceptedEpoch } = this.#written;
    if (acked.chain === record.acked.chain && acceptedEpoch === record.acceptedEpoch) return false;
    this.write(record);
    return true;
  }

  close(): void {
    this.#guard.close();
  }

  write(record: GuardRecord): void {
    this.#guard.write(record);
    this.#written = record;
  }
}
