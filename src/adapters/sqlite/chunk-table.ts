// The chunks of snapshots. A generation is one snapshot: being written, staged, valid, or left over. The meta row says
// which one is valid; all others are forgotten at the next start, and what is left over is deleted a few chunks at a time.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import type { SqliteConnection } from './connection.ts';
import { corrupt } from './failure.ts';

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
    const rows = this.#connection
      .statement('SELECT DISTINCT id >> 24 AS generation FROM chunk')
      .all() as { generation: bigint }[];
    for (const generation of rows.map((row) => Number(row.generation))) {
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
      .statement('INSERT INTO chunk VALUES (?, ?, ?)')
      .run(id, bytes, chunkCrc(id, bytes));
  }

  get(generation: number, sequence: number): Buffer | undefined {
    const row = this.#connection
      .statement('SELECT id, bytes, crc FROM chunk WHERE id = ?')
      .get(idOf(generation, sequence)) as ChunkRow | undefined;
    return row === undefined ? undefined : this.#checked(row);
  }

  /** Reads a whole generation, up to where a chunk is missing. */
  digest(generation: number): Digest {
    const hash = createHash('sha256');
    let chunks = 0;
    let bytes = 0;
    for (;;) {
      const chunk = this.get(generation, chunks);
      if (chunk === undefined) return { chunks, bytes, sha256: hash.digest('hex') };
      hash.update(chunk);
      bytes += chunk.length;
      chunks++;
    }
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
      .statement(
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
