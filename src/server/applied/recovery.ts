import { assert } from '../../base/assert.ts';
import { emptyLog, type LogEntry } from '../../model/log-entry.ts';
import { decodeMembership } from '../../model/membership.ts';
import { compareZxid, formatZxid, maxZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type {
  LogIndexEntry,
  Store,
  StoredSnapshot,
  StoredState,
  StoreFailure,
} from '../../ports/store.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import { LogIndex } from '../../zab/log-index.ts';
import type { ZabRecovered } from '../../zab/options.ts';
import type { StateAt } from './applier.ts';
import type { ServerTuning } from '../tuning.ts';
import { finishRestore, type StateSource } from './state-source.ts';

interface RecoveryParts {
  readonly store: Store;
  readonly codec: TxnCodec;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tuning: ServerTuning;
  readonly states: StateSource;
}

/** So many entries and bytes of payloads are in the log up to a zxid, that one included. */
export interface LogMark {
  readonly zxid: Zxid;
  readonly entries: number;
  readonly bytes: number;
}

/** A recovery that takes long says so, and how far it is, this often. */
const progressEveryMs = 5_000;

export interface Recovered {
  readonly stored: StoredState;
  readonly at: StateAt;
  readonly zab: ZabRecovered;
  /** Of what is in the log and applied, in order; the last is of all of it. */
  readonly logged: readonly LogMark[];
  /** Applied after the snapshot. */
  readonly txnsSince: number;
  readonly bytesSince: number;
}

/** Loads what is durable: the snapshot, then the log after it as far as it is known to be committed, then the rest. */
export function recover(
  parts: RecoveryParts,
  handlers: {
    readonly onRecovered: (recovered: Recovered) => void;
    readonly onFailure: (failure: StoreFailure) => void;
  },
): void {
  const found = new FoundLog(parts.tuning.retentionMarkTxns);
  parts.store.load({
    onIndex: (entries) => {
      for (const entry of entries) found.add(entry);
    },
    onLoaded: (stored) => {
      found.index.chains.startAfter(stored.base);
      restoreState(parts, stored.snapshot, (at) => {
        new Replay(parts, { stored, at, found }, handlers.onRecovered).run();
      });
    },
    onFailure: (failure) => {
      handlers.onFailure(failure);
    },
  });
}

function restoreState(
  parts: RecoveryParts,
  snapshot: StoredSnapshot | null,
  done: (at: StateAt) => void,
): void {
  const state = parts.states.empty();
  if (snapshot === null) {
    done({ state, position: emptyLog, membership: null });
    return;
  }
  const restore = state.beginRestore();
  const feed = (sequence: number): void => {
    if (sequence === snapshot.chunks) {
      finishRestore(restore, parts.states, (complaint) => {
        assert(complaint === undefined, 'the state that was stored can be read', { complaint });
        done({ state, position: snapshot.at, membership: snapshot.membership });
      });
      return;
    }
    parts.store.readSnapshotChunk(snapshot.at, sequence, (bytes) => {
      assert(bytes !== undefined, 'all of the snapshot that was loaded is there', { sequence });
      restore.feed(bytes);
      feed(sequence + 1);
    });
  };
  feed(0);
}

/** The log as it is loaded: what is kept of an entry is its proof, and a mark of every so many. */
class FoundLog {
  readonly index = new LogIndex(emptyLog);
  readonly #marks: LogMark[] = [];
  readonly #markEvery: number;
  #bytes = 0;

  constructor(markEvery: number) {
    this.#markEvery = markEvery;
  }

  add(entry: LogIndexEntry): void {
    this.index.add(entry);
    this.#bytes += entry.bytes;
    if (this.index.size % this.#markEvery === 0) this.#marks.push(this.#markAt(entry.zxid));
  }

  /** Up to `applied`; `after` is all that the log holds behind that. */
  marksUpTo(applied: Zxid, after: readonly LogEntry[]): readonly LogMark[] {
    const all = this.#markAt(applied);
    const marks = this.#marks.filter(({ zxid }) => compareZxid(zxid, applied) < 0);
    let { entries, bytes } = all;
    for (const { payload } of after) {
      entries--;
      bytes -= payload.length;
    }
    return [...marks, { zxid: applied, entries, bytes }];
  }

  #markAt(zxid: Zxid): LogMark {
    return { zxid, entries: this.index.size, bytes: this.#bytes };
  }
}

/** What was loaded, with the state as the snapshot has it. */
interface Loaded {
  readonly stored: StoredState;
  readonly at: StateAt;
  readonly found: FoundLog;
}

/** Applies the log after the snapshot, as far as it is known to be committed: page by page, and each in slices. */
class Replay {
  readonly #parts: RecoveryParts;
  readonly #loaded: Loaded;
  readonly #done: (recovered: Recovered) => void;
  readonly #commit: Zxid;
  readonly #last: Zxid;
  #at: StateAt;
  #bytesSince = 0;
  #txnsSince = 0;
  readonly #tail: LogEntry[] = [];
  #saidAtMs: number;

  constructor(parts: RecoveryParts, loaded: Loaded, done: (recovered: Recovered) => void) {
    const { stored, at, found } = loaded;
    this.#parts = parts;
    this.#loaded = loaded;
    this.#done = done;
    this.#at = at;
    this.#commit = maxZxid(stored.commit, at.position.zxid);
    this.#last = found.index.chains.last.zxid;
    this.#saidAtMs = parts.clock.now();
  }

  run(): void {
    this.#readOn(this.#at.position.zxid);
  }

  #readOn(after: Zxid): void {
    if (compareZxid(after, this.#last) >= 0) {
      this.#finish();
      return;
    }
    const { store, tuning } = this.#parts;
    const range = { after, upTo: this.#last, bytesMax: tuning.snapshotChunkBytes };
    store.readLog(range, (entries) => {
      const end = entries?.at(-1);
      assert(entries !== undefined && end !== undefined, 'the log reaches on from the snapshot', {
        after: formatZxid(after),
        last: formatZxid(this.#last),
      });
      this.#takeFrom(entries, 0, () => {
        this.#readOn(end.zxid);
      });
    });
  }

  #takeFrom(entries: readonly LogEntry[], start: number, done: () => void): void {
    const { clock, states, tuning } = this.#parts;
    const untilMs = clock.now() + tuning.sliceMs;
    for (let index = start; index < entries.length; index++) {
      const entry = entries[index];
      if (entry !== undefined) this.#take(entry);
      if (clock.now() <= untilMs || index + 1 === entries.length) continue;
      states.soon(() => {
        this.#takeFrom(entries, index + 1, done);
      });
      return;
    }
    this.#sayHowFar();
    done();
  }

  #take(entry: LogEntry): void {
    if (compareZxid(entry.zxid, this.#commit) > 0) {
      this.#tail.push(entry);
      return;
    }
    const { state } = this.#at;
    let { membership } = this.#at;
    if (entry.kind === 'txn') state.apply(entry.zxid, this.#parts.codec.decode(entry.payload));
    else {
      state.advance(entry.zxid);
      membership = decodeMembership(entry.payload);
    }
    this.#at = { state, position: { zxid: entry.zxid, chain: entry.chain }, membership };
    this.#txnsSince++;
    this.#bytesSince += entry.payload.length;
  }

  #sayHowFar(): void {
    const { clock, logger } = this.#parts;
    const now = clock.now();
    if (now - this.#saidAtMs < progressEveryMs) return;
    this.#saidAtMs = now;
    logger.log('info', 'recovering', {
      zxid: formatZxid(this.#at.position.zxid),
      upTo: formatZxid(this.#commit),
      txns: this.#txnsSince,
    });
  }

  #finish(): void {
    const { stored, found } = this.#loaded;
    const { zxid } = this.#at.position;
    this.#done({
      stored,
      at: this.#at,
      zab: {
        acceptedEpoch: stored.acceptedEpoch,
        currentEpoch: stored.currentEpoch,
        founded: stored.founded,
        baseMembership: stored.baseMembership,
        index: found.index,
        commit: this.#commit,
        delivered: zxid,
        tail: this.#tail,
      },
      logged: found.marksUpTo(zxid, this.#tail),
      txnsSince: this.#txnsSince,
      bytesSince: this.#bytesSince,
    });
  }
}
