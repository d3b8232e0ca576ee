// The chunks of snapshots. A generation is one snapshot: being written, staged, valid, or left over. The meta row says
// which one is valid; all others are forgotten at the next start, and what is left over is deleted a few chunks at a time.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { corrupt } from './failure.ts';
import type { SqliteConnection } from './pragmas.ts';

const sequencesPerGeneration = 2 ** 24;
const sweptAtOnce = 4;

export interface Digest {
  readonly chunks: number;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export class ChunkTable {
  readonly #connection: SqliteConnection;
  readonly #directory: string;
  #nextGeneration = 1;
  readonly #leftOver: number[] = [];

  constructor(connection: SqliteConnection, directory: string) {
    this.#connection = connection;
    this.#directory = directory;
  }

  /** At load: all generations but the valid one are left over from before. */
  open(valid: number | undefined): void {
    const generations = this.#connection
      .prepare('SELECT DISTINCT id >> 24 AS generation FROM chunk')
      .pluck()
      .all() as bigint[];
    for (const generation of generations.map(Number)) {
      this.#nextGeneration = Math.max(this.#nextGeneration, generation + 1);
      if (generation !== valid) this.#leftOver.push(generation);
    }
  }

  newGeneration(): number {
    return this.#nextGeneration++;
  }

  put(generation: number, sequence: number, bytes: Uint8Array): void {
    const id = idOf(generation, sequence);
    this.#connection
      .prepare('INSERT INTO chunk VALUES (?, ?, ?)')
      .run(id, bytes, chunkCrc(id, bytes));
  }

  get(generation: number, sequence: number): Buffer | undefined {
    const row = this.#connection
      .prepare('SELECT id, bytes, crc FROM chunk WHERE id = ?')
      .get(idOf(generation, sequence)) as ChunkRow | undefined;
    return row === undefined ? undefined : this.#checked(row);
  }

  /** Reads a whole generation. */
  digest(generation: number): Digest {
    const rows = this.#connection
      .prepare('SELECT id, bytes, crc FROM chunk WHERE id >= ? AND id < ? ORDER BY id')
      .iterate(idOf(generation, 0), idOf(generation + 1, 0)) as IterableIterator<ChunkRow>;
    const hash = createHash('sha256');
    let chunks = 0;
    let bytes = 0;
    for (const row of rows) {
      if (row.id !== idOf(generation, chunks)) break;
      hash.update(this.#checked(row));
      bytes += row.bytes.length;
      chunks++;
    }
    return { chunks, bytes, sha256: hash.digest('hex') };
  }

  drop(generation: number): void {
    this.#leftOver.push(generation);
  }

  get hasLeftOver(): boolean {
    return this.#leftOver.length > 0;
  }

  /** Deletes a few chunks of what is left over, in the transaction that is open. */
  sweepSlice(): void {
    const [generation] = this.#leftOver;
    if (generation === undefined) return;
    const { changes } = this.#connection
      .prepare(
        'DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE id >= ? AND id < ? LIMIT ?)',
      )
      .run(idOf(generation, 0), idOf(generation + 1, 0), sweptAtOnce);
    if (changes < sweptAtOnce) this.#leftOver.shift();
  }

  #checked(row: ChunkRow): Buffer {
    if (BigInt(chunkCrc(row.id, row.bytes)) !== row.crc) {
      throw corrupt(
        this.#directory,
        `the checksum of chunk ${String(row.id)} of the snapshot is wrong`,
      );
    }
    return row.bytes;
  }
}

interface ChunkRow {
  readonly id: bigint;
  readonly bytes: Buffer;
  readonly crc: bigint;
}

function idOf(generation: number, sequence: number): bigint {
  return BigInt(generation * sequencesPerGeneration + sequence);
}

function chunkCrc(id: bigint, bytes: Uint8Array): number {
  const label = Buffer.alloc(8);
  label.writeBigInt64BE(id);
  return crc32(bytes, crc32(label));
}
