// The thread that owns the disk. It takes all calls that wait as one group: one transaction, one fsync, then the answers;
// what has no hurry (checkpoints, the guard file, deleting what is left over) comes after the answers are out.

import {
  parentPort,
  receiveMessageOnPort,
  workerData,
  type MessagePort,
} from 'node:worker_threads';

import { InvariantBroken, assert, unreachable } from '../../base/assert.ts';
import type { Zxid } from '../../model/zxid.ts';
import { syncDirectory } from './directory.ts';
import { storeFailureOf } from './failure.ts';
import { guardRecordOf, load, type Loaded } from './load.ts';
import type {
  AnsweredCall,
  Answers,
  Call,
  CallsMessage,
  Piece,
  ThreadAnswer,
  ThreadMessage,
  ThreadOptions,
} from './messages.ts';
import { freeSpace } from './space.ts';
import { checkpointAll, walFramesToCheckpoint, checkpointWithoutWaiting } from './pragmas.ts';

/** Of calls' bytes; a group closes above it, so that one commit never takes long. */
const groupBytesMax = 4 * 1_048_576;
/** Of the WAL's size: small enough for a checkpoint to be short, and for the WAL never to outgrow its first size. */
const checkpointedPart = 1 / 4;
const frameBytes = 4_120;
/** How full the WAL is is asked for after so many commits, or so many bytes: to ask takes longer than a small commit. */
const commitsPerLook = 16;
const bytesPerLook = 262_144;
const guardIntervalMs = 100;
const spaceIntervalMs = 1_000;

interface Waiting {
  readonly id: number;
  readonly call: Call;
  readonly bytes: Uint8Array;
}

class StoreThread {
  readonly #port: MessagePort;
  readonly #options: ThreadOptions;
  #loaded: Loaded | undefined;
  #queue: Waiting[] = [];
  #answers: ThreadAnswer[] = [];
  #transfer: ArrayBuffer[] = [];
  readonly #compactions: { readonly id: number; readonly upTo: Zxid }[] = [];
  #backgroundTurn: NodeJS.Immediate | undefined;
  #guardTimer: NodeJS.Timeout | undefined;
  #spaceCheckedMs = 0;
  #commitsSinceLook = 0;
  #bytesSinceLook = 0;
  #isDead = false;

  constructor(port: MessagePort, options: ThreadOptions) {
    this.#port = port;
    this.#options = options;
    port.on('message', (message: CallsMessage) => {
      this.#take(message);
      this.#run();
    });
  }

  #take({ calls, bytes }: CallsMessage): void {
    for (const { id, call } of calls) this.#queue.push({ id, call, bytes });
  }

  #run(): void {
    if (this.#isDead) return;
    try {
      do {
        this.#takeAllThatWaits();
        const first = this.#queue[0]?.call.call;
        if (first === 'load') this.#load();
        else if (first === 'close') {
          this.#close();
          return;
        } else this.#commitGroup();
      } while (this.#queue.length > 0);
      this.#scheduleBackground();
    } catch (error) {
      this.#fail(error);
    }
  }

  #takeAllThatWaits(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: CallsMessage } | undefined;
      if (received === undefined) return;
      this.#take(received.message);
    }
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
      this.#port.close();
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
      case 'write':
        for (const change of call.changes) database.apply(change, bytes);
        this.#answer('write', id, undefined);
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

  /** Keeps background work going when no call comes by that it could share a transaction with. */
  #scheduleBackground(): void {
    const database = this.#loaded?.database;
    if (database === undefined || this.#backgroundTurn !== undefined) return;
    if (this.#compactions.length === 0 && !database.chunks.hasLeftOver) return;
    this.#backgroundTurn = setImmediate(() => {
      this.#backgroundTurn = undefined;
      this.#run();
    });
  }

  #afterCommit(): void {
    const { reserve } = this.#required();
    this.#checkpointWhenFull();
    this.#guardTimer ??= setTimeout(() => {
      this.#guardTimer = undefined;
      this.#raiseGuard();
    }, guardIntervalMs);
    const nowMs = performance.now();
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
    if (this.#isDead) return;
    try {
      const { database, guard } = this.#required();
      guard.raise(guardRecordOf(database));
    } catch (error) {
      this.#fail(error);
    }
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
    clearTimeout(this.#guardTimer);
    this.#isDead = true;
    this.#answer('close', id, undefined);
    this.#postAnswers();
    this.#port.close();
  }

  /**
   * Fail-stop: one word to the main thread, and nothing more is touched. Neither is the transaction rolled back nor the
   * fsync tried again, for the kernel may have dropped what it could not write and would call the next one a success.
   */
  #fail(error: unknown): void {
    if (this.#isDead) return;
    this.#isDead = true;
    clearTimeout(this.#guardTimer);
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
    if (this.#answers.length > 0) {
      this.#post({ kind: 'answers', answers: this.#answers }, this.#transfer);
    }
    this.#answers = [];
    this.#transfer = [];
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
new StoreThread(parentPort, workerData as ThreadOptions);
