import { assert } from '../../base/assert.ts';
import { Fifo } from '../../base/fifo.ts';
import type { LogEntry } from '../../model/log-entry.ts';
import type { TxnEvents } from '../../model/watch-event.ts';
import { compareZxid, formatZxid, zxidFollows, type Zxid } from '../../model/zxid.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Store } from '../../ports/store.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import { eventsOf } from '../../state/txn-events.ts';
import type { LogRelay } from './log-relay.ts';
import type { EventPiece, RecentTxns } from './recent-txns.ts';
import type { WatchTuning } from '../tuning.ts';

interface EventLogParts {
  readonly recent: RecentTxns;
  readonly store: Store;
  readonly relay: Pick<LogRelay, 'fetch'>;
  readonly codec: TxnCodec;
  readonly metrics: Metrics;
  readonly tuning: WatchTuning;
  /** Where the log of this peer begins; exact or below. */
  logBase(): Zxid;
  /** Last zxid applied here: nothing above it is given. */
  applied(): Zxid;
}

/** Holds a piece of the log in memory, until it is released. */
export type HeldPiece = EventPiece & { readonly kind: 'piece'; readonly release: () => void };

/**
 * Says what was found of the log. `gone`: no log reaches back that far, of any peer. `unavailable`: none can be asked
 * now. A piece is given back by `release` once it is used up: so many at a time are in memory, and no more.
 */
export type EventsFound = HeldPiece | { readonly kind: 'gone' } | { readonly kind: 'unavailable' };

type EventsCallback = (found: EventsFound) => void;

/** Entries of the log that are taken out of memory at a time. */
const recentPerPiece = 500;

/** Reads the events of what was applied before: out of memory, else the store, else the log of another peer. */
export class EventLog {
  readonly #parts: EventLogParts;
  readonly #fromStore: Turns;
  readonly #fromPeers: Turns;

  constructor(parts: EventLogParts) {
    this.#parts = parts;
    this.#fromStore = new Turns(parts.tuning.replaysFromStoreMax);
    this.#fromPeers = new Turns(parts.tuning.replaysFromPeersMax);
  }

  /** The next piece after `after`, which is below what is applied. `done` may be called before this returns. */
  read(after: Zxid, done: EventsCallback): void {
    const { metrics, recent } = this.#parts;
    const found = recent.read(after, recentPerPiece);
    if (found !== undefined) {
      metrics.count('replay_reads_memory');
      done({ kind: 'piece', ...found, release: nothingToRelease });
    } else if (compareZxid(after, this.#parts.logBase()) < 0) {
      this.#readPeers(after, done);
    } else {
      this.#readStore(after, done);
    }
  }

  #readStore(after: Zxid, done: EventsCallback): void {
    const { store, metrics, tuning } = this.#parts;
    this.#fromStore.take((release) => {
      const upTo = this.#parts.applied();
      store.readLog({ after, upTo, bytesMax: tuning.replayPieceBytes }, (entries) => {
        assert(followsOn(after, entries ?? []), 'the log has no gap', { after: formatZxid(after) });
        const piece = entries === undefined ? undefined : this.#pieceOf(after, entries);
        // Empty: a leader's snapshot has just taken the place of the log.
        if (piece === undefined || piece.upTo === after) {
          release();
          this.#readPeers(after, done);
          return;
        }
        metrics.count('replay_reads_store');
        done({ kind: 'piece', ...piece, release });
      });
    });
  }

  #readPeers(after: Zxid, done: EventsCallback): void {
    const { relay, metrics, tuning } = this.#parts;
    this.#fromPeers.take((release) => {
      const upTo = this.#parts.applied();
      relay.fetch({ after, upTo, bytesMax: tuning.replayPieceBytes }, (found) => {
        if (found.found === 'entries' && followsOn(after, found.entries)) {
          const piece = this.#pieceOf(after, found.entries);
          if (piece !== undefined) {
            metrics.count('replay_reads_peers');
            done({ kind: 'piece', ...piece, release });
            return;
          }
        }
        release();
        done({ kind: found.found === 'unavailable' ? 'unavailable' : 'gone' });
      });
    });
  }

  /** Undefined when a txn in it does not say who may know of it. */
  #pieceOf(after: Zxid, entries: readonly LogEntry[]): EventPiece | undefined {
    const txns: TxnEvents[] = [];
    let upTo = after;
    for (const { zxid, kind, payload } of entries) {
      upTo = zxid;
      if (kind !== 'txn') continue;
      const txn = this.#parts.codec.decode(payload);
      if (txn.isBare === true) return undefined;
      txns.push(eventsOf(zxid, txn));
    }
    return { txns, upTo };
  }
}

function followsOn(after: Zxid, entries: readonly LogEntry[]): boolean {
  return entries.every(({ zxid }, index) => zxidFollows(entries[index - 1]?.zxid ?? after, zxid));
}

/** Lets so many in at a time, the others in the order they came. */
class Turns {
  #free: number;
  readonly #waiting = new Fifo<(release: () => void) => void>();

  constructor(count: number) {
    this.#free = count;
  }

  take(run: (release: () => void) => void): void {
    if (this.#free === 0) {
      this.#waiting.push(run);
      return;
    }
    this.#free--;
    let isReleased = false;
    run(() => {
      if (isReleased) return;
      isReleased = true;
      this.#free++;
      const next = this.#waiting.shift();
      if (next !== undefined) this.take(next);
    });
  }
}

function nothingToRelease(): void {
  // It is in memory anyway.
}
