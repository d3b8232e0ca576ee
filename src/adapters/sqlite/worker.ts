// The thread that owns the disk. It takes all calls that wait as one group: one transaction, one fsync, then the answers;
// what has no hurry (checkpoints, the guard file, deleting what is left over) comes after the answers are out. It has no
// event loop: between groups it sleeps until something is sent.

import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { InvariantBroken, assert, unreachable } from '../../base/assert.ts';
import type { Zxid } from '../../model/zxid.ts';
import { syncDirectory } from './directory.ts';
import { storeFailureOf } from './failure.ts';
import { guardRecordOf, load, type Loaded } from './load.ts';
import { CallReceiver } from './mailbox.ts';
import type {
  AnsweredCall,
  Answers,
  Call,
  Piece,
  ThreadAnswer,
  ThreadData,
  ThreadMessage,
} from './messages.ts';
import { freeSpace } from './space.ts';
import { checkpointAll, walFramesToCheckpoint, checkpointWithoutWaiting } from './pragmas.ts';

/** Of calls' bytes; a group closes above it, so that one commit never takes long. */
const groupBytesMax = 4 * 1_048_576;
/** Of the WAL's size: commits wait for a checkpoint, some 1.5 ms for each MiB, and the WAL never outgrows its first size. */
const checkpointedPart = 1 / 16;
const frameBytes = 4_120;
/** How full the WAL is is asked for after so many commits, or so many bytes: to ask takes longer than a small commit. */
const commitsPerLook = 16;
const bytesPerLook = 262_144;
const guardIntervalMs = 100;
const spaceIntervalMs = 1_000;

interface Waiting {
  readonly id: number;
  readonly call: Call | SmallAppendCall;
  readonly bytes: Uint8Array;
}

/** A write that did not come by message: all its bytes are entries of one append. */
interface SmallAppendCall {
  readonly call: 'append';
  readonly commit: Zxid;
}

class StoreThread {
  readonly #port: MessagePort;
  readonly #options: ThreadData;
  readonly #receiver: CallReceiver;
  #loaded: Loaded | undefined;
  #queue: Waiting[] = [];
  #answers: ThreadAnswer[] = [];
  #transfer: ArrayBuffer[] = [];
  /** The last write that was performed, and the last that was told to be. */
  #written = 0;
  #toldWritten = 0;
  readonly #compactions: { readonly id: number; readonly upTo: Zxid }[] = [];
  /** The guard file is behind what was committed, and is raised then. */
  #guardDueMs: number | undefined;
  #spaceCheckedMs = 0;
  #commitsSinceLook = 0;
  #bytesSinceLook = 0;
  #state: 'alive' | 'over' | 'failed' = 'alive';

  constructor(port: MessagePort, options: ThreadData) {
    this.#port = port;
    this.#options = options;
    this.#receiver = new CallReceiver(port, options.mailbox);
  }

  /** Until the store is closed. After a failure nothing is touched any more, not even by the end of this thread. */
  run(): void {
    while (this.#state === 'alive') {
      try {
        this.#step();
      } catch (error) {
        this.#fail(error);
      }
    }
    while (this.#state === 'failed') this.#receiver.rest();
  }

  #step(): void {
    this.#takeAllThatWaits();
    const first = this.#queue[0]?.call.call;
    if (first === 'load') this.#load();
    else if (first === 'close') this.#close();
    else if (first !== undefined || this.#hasBackgroundWork) this.#commitGroup();
    else this.#sleep();
  }

  #takeAllThatWaits(): void {
    for (;;) {
      const taken = this.#receiver.take();
      if (taken === undefined) return;
      if ('calls' in taken) {
        const { calls, bytes } = taken;
        for (const { id, call } of calls) this.#queue.push({ id, call, bytes });
      } else {
        const { id, commit, bytes } = taken;
        this.#queue.push({ id, call: { call: 'append', commit }, bytes });
      }
    }
  }

  #sleep(): void {
    const dueMs = this.#guardDueMs;
    const ms = dueMs === undefined ? Number.POSITIVE_INFINITY : dueMs - performance.now();
    if (ms <= 0) this.#raiseGuard();
    else this.#receiver.sleep(ms);
  }

  #load(): void {
    const id = this.#queue.shift()?.id ?? 0;
    try {
      this.#loaded = load(this.#options, (run) => {
        this.#post({ kind: 'index', run }, [run.buffer as ArrayBuffer]);
      });
    } catch (error) {
      // Nothing was promised yet, and `load` has closed what it had opened: the thread may simply end.
      this.#fail(error);
      this.#state = 'over';
      return;
    }
    this.#answer('load', id, this.#loaded.database.state);
    this.#postAnswers();
  }

  #commitGroup(): void {
    const { database } = this.#required();
    database.begin();
    let taken = 0;
    let bytes = 0;
    for (const waiting of this.#queue) {
      if (waiting.call.call === 'close' || bytes > groupBytesMax) break;
      bytes += this.#perform(waiting);
      taken++;
    }
    this.#queue = this.#queue.slice(taken);
    this.#backgroundSlice();
    database.commit();
    this.#postAnswers();
    this.#commitsSinceLook++;
    this.#bytesSinceLook += bytes;
    this.#afterCommit();
  }

  /** Gives the bytes that the call adds to the transaction. */
  #perform({ id, call, bytes }: Waiting): number {
    const { database } = this.#required();
    switch (call.call) {
      case 'append':
        database.append(bytes, call.commit);
        this.#written = id;
        return bytes.length;
      case 'write':
        for (const change of call.changes) database.apply(change, bytes);
        this.#written = id;
        return call.changes.reduce(
          (sum, change) => sum + ('entries' in change ? lengthOf(change.entries) : 0),
          0,
        );
      case 'readLog':
        this.#answer('readLog', id, this.#own(database.readLog(call.range)));
        return 0;
      case 'beginSnapshot':
        database.beginSnapshot(call.at, call.membership);
        return 0;
      case 'writeSnapshotChunk':
        database.writeSnapshotChunk(pieceOf(bytes, call.chunk));
        this.#answer('writeSnapshotChunk', id, undefined);
        return lengthOf(call.chunk);
      case 'finishSnapshot':
        this.#answer('finishSnapshot', id, database.finishSnapshot(call.sha256));
        return 0;
      case 'abandonSnapshot':
        database.abandonSnapshot();
        return 0;
      case 'beginStaging':
        database.beginStaging(call.at, call.membership);
        return 0;
      case 'stageChunk':
        database.stageChunk(call.sequence, pieceOf(bytes, call.chunk));
        this.#answer('stageChunk', id, undefined);
        return lengthOf(call.chunk);
      case 'verifyStaging':
        this.#answer('verifyStaging', id, database.verifyStaging(call.expected));
        return 0;
      case 'readSnapshotChunk': {
        const chunk = database.readSnapshotChunk(call.at, call.sequence);
        this.#answer('readSnapshotChunk', id, this.#own(chunk));
        return 0;
      }
      case 'compact':
        database.checkCompaction(call.upTo);
        this.#compactions.push({ id, upTo: call.upTo });
        return 0;
      case 'freeBytes':
        this.#answer('freeBytes', id, freeSpace(this.#required().directory));
        return 0;
      case 'load':
      case 'close':
        throw new InvariantBroken('load comes once and first, close last', {});
      default:
        return unreachable(call);
    }
  }

  /** A bounded piece of the work that has no hurry; it shares the group's fsync. */
  #backgroundSlice(): void {
    const { database } = this.#required();
    const [compaction] = this.#compactions;
    if (compaction !== undefined && !database.compactSlice(compaction.upTo)) {
      this.#compactions.shift();
      this.#answer('compact', compaction.id, database.meta.base);
    }
    database.chunks.sweepSlice();
  }

  /** What no call may come by for that it could share a transaction with. */
  get #hasBackgroundWork(): boolean {
    const database = this.#loaded?.database;
    return database !== undefined && (this.#compactions.length > 0 || database.chunks.hasLeftOver);
  }

  #afterCommit(): void {
    const { reserve } = this.#required();
    this.#checkpointWhenFull();
    const nowMs = performance.now();
    this.#guardDueMs ??= nowMs + guardIntervalMs;
    if (nowMs >= this.#guardDueMs) this.#raiseGuard();
    if (nowMs - this.#spaceCheckedMs < spaceIntervalMs) return;
    this.#spaceCheckedMs = nowMs;
    reserve.releaseWhenLow();
  }

  #checkpointWhenFull(): void {
    if (this.#commitsSinceLook < commitsPerLook && this.#bytesSinceLook < bytesPerLook) return;
    this.#commitsSinceLook = 0;
    this.#bytesSinceLook = 0;
    const { connection, walBytes } = this.#required();
    const usedBytes = walFramesToCheckpoint(connection) * frameBytes;
    if (usedBytes > walBytes * checkpointedPart) checkpointWithoutWaiting(connection);
  }

  #raiseGuard(): void {
    this.#guardDueMs = undefined;
    const { database, guard } = this.#required();
    guard.raise(guardRecordOf(database));
  }

  #close(): void {
    const id = this.#queue.shift()?.id ?? 0;
    if (this.#loaded !== undefined) {
      const { connection, database, guard, directory } = this.#loaded;
      while (this.#compactions.length > 0) {
        database.begin();
        this.#backgroundSlice();
        database.commit();
      }
      guard.raise(guardRecordOf(database));
      guard.close();
      checkpointAll(connection);
      connection.close();
      syncDirectory(directory);
    }
    this.#state = 'over';
    this.#answer('close', id, undefined);
    this.#postAnswers();
  }

  /**
   * Fail-stop: one word to the main thread, and nothing more is touched. Neither is the transaction rolled back nor the
   * fsync tried again, for the kernel may have dropped what it could not write and would call the next one a success.
   */
  #fail(error: unknown): void {
    this.#state = 'failed';
    this.#post({ kind: 'failure', failure: storeFailureOf(error, this.#options.directory) });
  }

  #required(): Loaded {
    assert(this.#loaded !== undefined, 'load comes first');
    return this.#loaded;
  }

  #answer<C extends AnsweredCall>(_call: C, id: number, value: Answers[C]): void {
    this.#answers.push({ id, value });
  }

  /** Bytes of our own, to be handed over with the answers. */
  #own(bytes: Uint8Array | undefined): Uint8Array | undefined {
    if (bytes === undefined) return undefined;
    const own = new Uint8Array(bytes.length);
    own.set(bytes);
    this.#transfer.push(own.buffer);
    return own;
  }

  #postAnswers(): void {
    const written = this.#written;
    if (this.#answers.length > 0) {
      this.#post({ kind: 'answers', answers: this.#answers, written }, this.#transfer);
      this.#answers = [];
      this.#transfer = [];
    } else if (written > this.#toldWritten) this.#port.postMessage(written);
    this.#toldWritten = written;
  }

  #post(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

function lengthOf(piece: Piece): number {
  return piece.end - piece.start;
}

function pieceOf(bytes: Uint8Array, piece: Piece): Uint8Array {
  return bytes.subarray(piece.start, piece.end);
}

assert(parentPort !== null, 'the store runs in a thread of its own');
new StoreThread(parentPort, workerData as ThreadData).run();
