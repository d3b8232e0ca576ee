// A store with promises in place of callbacks, and entries to feed it with: for tests that read as a sequence of steps.

import { createHash } from 'node:crypto';

import { utf8 } from '../../../src/base/bytes.ts';
import { serverId, type Nonce } from '../../../src/model/ids.ts';
import type { LogChange } from '../../../src/model/log-change.ts';
import {
  emptyLog,
  type ChainHash,
  type EntryKind,
  type LogEntry,
  type LogPosition,
} from '../../../src/model/log-entry.ts';
import { encodeMembership, type Membership } from '../../../src/model/membership.ts';
import { zeroZxid, zxid, zxidHigh, zxidLow, type Zxid } from '../../../src/model/zxid.ts';
import type { Hash } from '../../../src/ports/hash.ts';
import type {
  LogIndexEntry,
  Store,
  StoredSnapshot,
  StoredState,
  StoreFailure,
} from '../../../src/ports/store.ts';

const kindBytes: Record<EntryKind, number> = { txn: 0, epochStart: 1, membership: 2 };

/** The definition of the chain, written down a second time: the stores must agree with it. */
export const nodeHash: Hash = {
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  sha256Stream: () => {
    const hash = createHash('sha256');
    return {
      update: (bytes) => {
        hash.update(bytes);
      },
      digest: () => new Uint8Array(hash.digest()),
    };
  },
  chain: (before, at, kind, payload) => {
    const head = Buffer.alloc(9);
    head.writeUInt32BE(zxidHigh(at), 0);
    head.writeUInt32BE(zxidLow(at), 4);
    head.writeUInt8(kindBytes[kind], 8);
    const hash = createHash('sha256')
      .update(Buffer.from(before, 'hex'))
      .update(head)
      .update(payload);
    return hash.digest('hex').slice(0, 32) as ChainHash;
  },
};

export function aMembership(...ids: number[]): Membership {
  return {
    clusterId: '0123456789abcdef',
    voters: ids.map((id) => ({ id: serverId(id), nonce: `nonce${String(id)}` as Nonce })),
  };
}

/** Entries that follow `after`; the first of a new epoch is its start. */
export function entriesAfter(
  after: LogPosition,
  epoch: number,
  payloads: readonly (string | Uint8Array | Membership)[],
): LogEntry[] {
  let { chain } = after;
  let counter = after.zxid.epoch === epoch ? after.zxid.counter : 0;
  return payloads.map((content) => {
    counter++;
    const at = zxid(epoch, counter);
    const kind = kindOf(content, counter);
    const payload = payloadOf(content);
    chain = nodeHash.chain(chain, at, kind, payload);
    return { zxid: at, kind, payload, chain };
  });
}

function kindOf(content: string | Uint8Array | Membership, counter: number): EntryKind {
  if (typeof content === 'string' || content instanceof Uint8Array) return 'txn';
  return counter === 1 ? 'epochStart' : 'membership';
}

function payloadOf(content: string | Uint8Array | Membership): Uint8Array {
  if (typeof content === 'string') return utf8(content);
  return content instanceof Uint8Array ? content : encodeMembership(content);
}

export function endOf(entries: readonly LogEntry[]): LogPosition {
  const last = entries.at(-1);
  return last === undefined ? emptyLog : { zxid: last.zxid, chain: last.chain };
}

export interface LoadedStore {
  readonly state: StoredState;
  readonly index: readonly LogIndexEntry[];
}

export class StoreRefused extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure) {
    super(`${failure.code}: ${failure.message}`);
    this.failure = failure;
  }
}

/** Every promise rejects with `StoreRefused` once the store has failed. */
export class DrivenStore {
  readonly store: Store;
  readonly #open = new Set<(reason: StoreRefused) => void>();
  #failed: StoreRefused | undefined;
  #isClosed = false;

  constructor(store: Store) {
    this.store = store;
  }

  load(): Promise<LoadedStore> {
    const index: LogIndexEntry[] = [];
    return this.#promise((resolve) => {
      this.store.load({
        onIndex: (entries) => {
          index.push(...entries);
        },
        onLoaded: (state) => {
          resolve({ state, index });
        },
        onFailure: (failure) => {
          this.#failed = new StoreRefused(failure);
          for (const reject of this.#open) reject(this.#failed);
        },
      });
    });
  }

  write(...changes: LogChange[]): Promise<void> {
    return this.#promise((resolve) => {
      this.store.write(changes, resolve);
    });
  }

  /** The epoch accepted and taken over with these entries, as a leader of an empty ensemble does it. */
  async startEpoch(epoch: number, entries: readonly LogEntry[]): Promise<void> {
    await this.write(
      { kind: 'acceptEpoch', epoch },
      { kind: 'adopt', epoch, snapshot: null, truncateTo: null, entries, commit: zeroZxid },
    );
  }

  append(entries: readonly LogEntry[], commit: Zxid = zeroZxid): Promise<void> {
    return this.write({ kind: 'append', entries, commit });
  }

  readLog(after: Zxid, upTo: Zxid, bytesMax = 1e9): Promise<readonly LogEntry[] | undefined> {
    return this.#promise((resolve) => {
      this.store.readLog({ after, upTo, bytesMax }, resolve);
    });
  }

  async snapshot(
    at: LogPosition,
    chunks: readonly Uint8Array[],
    membership: Membership | null = null,
  ): Promise<StoredSnapshot> {
    this.store.beginSnapshot(at, membership);
    for (const chunk of chunks) await this.writeChunk(chunk);
    return this.finishSnapshot(digestOf(chunks));
  }

  writeChunk(bytes: Uint8Array): Promise<void> {
    return this.#promise((resolve) => {
      this.store.writeSnapshotChunk(bytes, resolve);
    });
  }

  finishSnapshot(sha256: Uint8Array): Promise<StoredSnapshot> {
    return this.#promise((resolve) => {
      this.store.finishSnapshot(sha256, resolve);
    });
  }

  /** True when the staged chunks were found to be what was announced. */
  async stage(
    at: LogPosition,
    chunks: readonly Uint8Array[],
    membership: Membership | null = null,
  ): Promise<boolean> {
    this.store.beginStaging(at, membership);
    for (const [sequence, chunk] of chunks.entries()) await this.stageChunk(sequence, chunk);
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return this.verifyStaging({ at, chunks: chunks.length, bytes, sha256: digestOf(chunks) });
  }

  stageChunk(sequence: number, bytes: Uint8Array): Promise<void> {
    return this.#promise((resolve) => {
      this.store.stageChunk(sequence, bytes, resolve);
    });
  }

  verifyStaging(expected: Omit<StoredSnapshot, 'membership'>): Promise<boolean> {
    return this.#promise((resolve) => {
      this.store.verifyStaging(expected, resolve);
    });
  }

  readChunk(at: LogPosition, sequence: number): Promise<Uint8Array | undefined> {
    return this.#promise((resolve) => {
      this.store.readSnapshotChunk(at, sequence, resolve);
    });
  }

  compact(upTo: Zxid): Promise<LogPosition> {
    return this.#promise((resolve) => {
      this.store.compact(upTo, resolve);
    });
  }

  markDiverged(why: string): Promise<void> {
    return this.#promise((resolve) => {
      this.store.markDiverged(why, resolve);
    });
  }

  freeBytes(): Promise<{ free: number; total: number }> {
    return this.#promise((resolve) => {
      this.store.freeBytes((free, total) => {
        resolve({ free, total });
      });
    });
  }

  /** Closing again is nothing. */
  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    return this.#promise((resolve) => {
      this.store.close(resolve);
    });
  }

  #promise<T>(start: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failed !== undefined) {
        reject(this.#failed);
        return;
      }
      this.#open.add(reject);
      start((value) => {
        this.#open.delete(reject);
        resolve(value);
      });
    });
  }
}

export function digestOf(chunks: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return new Uint8Array(hash.digest());
}

/** Entries as they can be compared and printed. */
export function comparable(entries: readonly LogEntry[] | undefined): unknown {
  return entries?.map((entry) => ({
    ...entry,
    payload: Buffer.from(entry.payload).toString('hex'),
  }));
}
