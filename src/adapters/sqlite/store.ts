// The main thread's side of the store: packs the calls of a turn into one message, and hands the answers out.

import { Worker } from 'node:worker_threads';

import { assert } from '../../base/assert.ts';
import { ByteWriter } from '../../base/bytes.ts';
import { Fifo } from '../../base/fifo.ts';
import type { ServerId } from '../../model/ids.ts';
import type { LogChange } from '../../model/log-change.ts';
import type { LogEntry, LogPosition } from '../../model/log-entry.ts';
import type { Membership } from '../../model/membership.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { LogRange, Store, StoredSnapshot, StoreFailure } from '../../ports/store.ts';
import { markDiverged } from './directory.ts';
import { entriesOf, entryHeadBytes, indexEntriesOf, writeEntry } from './entry-codec.ts';
import { storeFailureOf } from './failure.ts';
import { CallSender, newMailbox, slotBytesMax } from './mailbox.ts';
import type {
  AnsweredCall,
  Answers,
  Call,
  CallsMessage,
  Expected,
  PackedChange,
  Piece,
  ThreadData,
  ThreadMessage,
  ThreadOptions,
} from './messages.ts';

export interface SqliteStoreOptions {
  readonly directory: string;
  readonly serverId: ServerId;
  /** Space that is set aside for the protocol's own writes on a full disk; 0 for none. */
  readonly reserveBytes?: number;
  /** What the WAL is grown to before the first commit; a quarter of it in use starts a checkpoint. */
  readonly walBytes?: number;
}

const defaultReserveBytes = 16 * 1_048_576;
const defaultWalBytes = 16 * 1_048_576;
/** Less is copied into the message: to hand memory over costs more than that. */
const handedOverBytesMin = 16_384;
/** A packer that had to grow above this is not kept, but handed over itself. */
const keptPackerBytes = 262_144;

/** Who waits for a write to be durable. */
interface Writing {
  readonly id: number;
  readonly done: () => void;
}

export class SqliteStore implements Store {
  readonly #options: ThreadOptions;
  #thread: Worker | undefined;
  #sender: CallSender | undefined;
  #handlers: Parameters<Store['load']>[0] | undefined;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  /** In the order of their ids. */
  #writing = new Fifo<Writing>();
  #nextId = 1;
  #calls: CallsMessage['calls'][number][] = [];
  readonly #packer = new ByteWriter(65_536);
  #isOver = false;

  constructor(options: SqliteStoreOptions) {
    const { directory, serverId } = options;
    const { reserveBytes = defaultReserveBytes, walBytes = defaultWalBytes } = options;
    this.#options = { directory, serverId, reserveBytes, walBytes };
  }

  load(handlers: Parameters<Store['load']>[0]): void {
    assert(this.#thread === undefined, 'a store is loaded once');
    this.#handlers = handlers;
    const mailbox = newMailbox();
    const workerData: ThreadData = { ...this.#options, mailbox };
    const thread = new Worker(new URL('./worker.js', import.meta.url), { workerData });
    this.#thread = thread;
    this.#sender = new CallSender(thread, mailbox);
    thread.on('message', (message: ThreadMessage) => {
      this.#receive(message);
    });
    thread.on('error', (error) => {
      this.#fail(storeFailureOf(error, this.#options.directory));
    });
    thread.on('exit', () => {
      this.#fail(storeFailureOf(new Error('its thread has ended'), this.#options.directory));
    });
    this.#ask('load', { call: 'load' }, (state) => {
      handlers.onLoaded(state);
    });
  }

  write(changes: readonly LogChange[], done: () => void): void {
    const packed = changes.map((change) => this.#pack(change));
    this.#writing.push({ id: this.#tell({ call: 'write', changes: packed }), done });
  }

  readLog(range: LogRange, done: (entries: readonly LogEntry[] | undefined) => void): void {
    this.#ask('readLog', { call: 'readLog', range }, (run) => {
      done(run === undefined ? undefined : entriesOf(run));
    });
  }

  beginSnapshot(at: LogPosition, membership: Membership | null): void {
    this.#tell({ call: 'beginSnapshot', at, membership });
  }

  writeSnapshotChunk(bytes: Uint8Array, done: () => void): void {
    const chunk = this.#packBytes(bytes);
    this.#ask('writeSnapshotChunk', { call: 'writeSnapshotChunk', chunk }, done);
  }

  finishSnapshot(sha256: Uint8Array, done: (snapshot: StoredSnapshot) => void): void {
    this.#ask('finishSnapshot', { call: 'finishSnapshot', sha256 }, done);
  }

  abandonSnapshot(): void {
    this.#tell({ call: 'abandonSnapshot' });
  }

  beginStaging(at: LogPosition, membership: Membership | null): void {
    this.#tell({ call: 'beginStaging', at, membership });
  }

  stageChunk(sequence: number, bytes: Uint8Array, done: () => void): void {
    const chunk = this.#packBytes(bytes);
    this.#ask('stageChunk', { call: 'stageChunk', sequence, chunk }, done);
  }

  verifyStaging(expected: Expected, done: (valid: boolean) => void): void {
    const { at, chunks, bytes, sha256 } = expected;
    const call = { call: 'verifyStaging', expected: { at, chunks, bytes, sha256 } } as const;
    this.#ask('verifyStaging', call, done);
  }

  readSnapshotChunk(
    at: LogPosition,
    sequence: number,
    done: (bytes: Uint8Array | undefined) => void,
  ): void {
    this.#ask('readSnapshotChunk', { call: 'readSnapshotChunk', at, sequence }, done);
  }

  compact(upTo: Zxid, done: (base: LogPosition) => void): void {
    this.#ask('compact', { call: 'compact', upTo }, done);
  }

  markDiverged(why: string, done: () => void): void {
    // From this thread: once, at the end, and whatever the other one is about.
    markDiverged(this.#options.directory, why);
    setImmediate(done);
  }

  freeBytes(done: (free: number, total: number) => void): void {
    this.#ask('freeBytes', { call: 'freeBytes' }, ({ free, total }) => {
      done(free, total);
    });
  }

  close(done: () => void): void {
    this.#ask('close', { call: 'close' }, () => {
      // Only when the thread is gone is the directory free for the next store.
      this.#isOver = true;
      this.#thread?.on('exit', done);
    });
  }

  /**
   * The end without an orderly one, as a crash would be it: what was not durable may be lost, and nobody is called any
   * more. Resolves once the thread is gone and the directory is free. Of a store that has failed, too.
   */
  async terminate(): Promise<void> {
    this.#isOver = true;
    this.#forget();
    await this.#thread?.terminate();
  }

  #ask<C extends AnsweredCall>(_name: C, call: Call, done: (value: Answers[C]) => void): void {
    const id = this.#tell(call);
    // What answers a call with this id is of the call's own type: the thread answers each by its name.
    this.#waiting.set(id, done as (value: unknown) => void);
  }

  #tell(call: Call): number {
    const id = this.#nextId++;
    if (this.#calls.length === 0) {
      queueMicrotask(() => {
        this.#post();
      });
    }
    this.#calls.push({ id, call });
    return id;
  }

  /** All calls of this turn, at its end, as one: they share a commit. */
  #post(): void {
    const calls = this.#calls;
    this.#calls = [];
    const packer = this.#packer;
    if (this.#isOver || this.#sendSmall(calls)) {
      packer.reset();
      return;
    }
    const bytes = packer.length > keptPackerBytes ? packer.detach() : packer.take();
    packer.reset();
    const transfer = bytes.length < handedOverBytesMin ? [] : [bytes.buffer as ArrayBuffer];
    this.#sender?.send({ calls, bytes }, transfer);
  }

  /** Where all is to append a little, as in nearly every turn. */
  #sendSmall(calls: CallsMessage['calls']): boolean {
    const first = calls[0];
    if (first?.call.call !== 'write' || calls.length > 1) return false;
    const { changes } = first.call;
    const change = changes[0];
    if (change?.kind !== 'append' || changes.length > 1) return false;
    if (this.#packer.length > slotBytesMax) return false;
    return this.#sender?.sendAppend(first.id, change.commit, this.#packer) === true;
  }

  #receive(message: ThreadMessage): void {
    if (this.#isOver) return;
    if (typeof message === 'number') {
      this.#written(message);
      return;
    }
    switch (message.kind) {
      case 'index':
        this.#handlers?.onIndex(indexEntriesOf(message.run));
        return;
      case 'answers':
        for (const { id, value } of message.answers) {
          this.#written(Math.min(id, message.written));
          const done = this.#waiting.get(id);
          this.#waiting.delete(id);
          done?.(value);
        }
        this.#written(message.written);
        return;
      case 'failure':
        this.#fail(message.failure);
        return;
    }
  }

  #written(upTo: number): void {
    for (;;) {
      const { first } = this.#writing;
      if (first === undefined || first.id > upTo) return;
      this.#writing.shift();
      first.done();
    }
  }

  #fail(failure: StoreFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#thread?.unref();
    this.#handlers?.onFailure(failure);
  }

  #forget(): void {
    this.#waiting.clear();
    this.#writing = new Fifo();
  }

  #pack(change: LogChange): PackedChange {
    if (change.kind === 'append' || change.kind === 'adopt') {
      return { ...change, entries: this.#packEntries(change.entries) };
    }
    return change;
  }

  #packEntries(entries: readonly LogEntry[]): Piece {
    const packer = this.#packer;
    const start = packer.length;
    let bytes = 0;
    for (const { payload } of entries) bytes += entryHeadBytes + payload.length;
    packer.reserve(bytes);
    for (const entry of entries) writeEntry(packer, entry);
    return { start, end: packer.length };
  }

  #packBytes(bytes: Uint8Array): Piece {
    const start = this.#packer.length;
    this.#packer.raw(bytes);
    return { start, end: this.#packer.length };
  }
}
