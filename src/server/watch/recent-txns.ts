import type { Txn } from '../../model/txn.ts';
import type { TxnEvents } from '../../model/watch-event.ts';
import { compareZxid, type Zxid } from '../../model/zxid.ts';
import { eventsOf } from '../../state/txn-events.ts';

interface Recent {
  readonly zxid: Zxid;
  /** Undefined for an entry that changes no znode. */
  readonly txn: Txn | undefined;
  readonly bytes: number;
  events: TxnEvents | undefined;
}

/** Holds the events of a run of the log, in order. */
export interface EventPiece {
  readonly txns: readonly TxnEvents[];
  /** All up to here is in it. */
  readonly upTo: Zxid;
}

/** Bytes of txns that are taken at a time: their events may have to be made. */
const pieceBytes = 131_072;

/** Keeps what was applied last in memory: spares the disk when thousands of watches come back after a fail-over. */
export class RecentTxns {
  readonly #limits: { readonly recentTxnsMax: number; readonly recentBytesMax: number };
  #entries: (Recent | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #base: Zxid;

  constructor(
    limits: { readonly recentTxnsMax: number; readonly recentBytesMax: number },
    base: Zxid,
  ) {
    this.#limits = limits;
    this.#base = base;
  }

  add(zxid: Zxid, txn: Txn | undefined, bytes: number): void {
    this.#entries.push({ zxid, txn, bytes, events: undefined });
    this.#bytes += bytes;
    const { recentTxnsMax, recentBytesMax } = this.#limits;
    while (this.#size > 1 && (this.#size > recentTxnsMax || this.#bytes > recentBytesMax)) {
      this.#forgetFirst();
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Of the entry that was added last. */
  get newest(): TxnEvents | undefined {
    const entry = this.#entries.at(-1);
    return entry === undefined ? undefined : eventsIn(entry);
  }

  /** Nothing before `base` is known any more. */
  reset(base: Zxid): void {
    this.#entries = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#base = base;
  }

  /** At most `entriesMax` entries after `after`, or fewer large ones; undefined when that is too long ago. */
  read(after: Zxid, entriesMax: number): EventPiece | undefined {
    if (compareZxid(after, this.#base) < 0) return undefined;
    const txns: TxnEvents[] = [];
    let upTo = after;
    const first = this.#firstAfter(after);
    let bytes = 0;
    for (let index = first; index < first + entriesMax && bytes < pieceBytes; index++) {
      const entry = this.#entries[index];
      if (entry === undefined) break;
      bytes += entry.bytes;
      upTo = entry.zxid;
      const events = eventsIn(entry);
      if (events !== undefined) txns.push(events);
    }
    return { txns, upTo };
  }

  get #size(): number {
    return this.#entries.length - this.#head;
  }

  #firstAfter(after: Zxid): number {
    let low = this.#head;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && compareZxid(entry.zxid, after) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forgetFirst(): void {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return;
    this.#entries[this.#head] = undefined;
    this.#head++;
    this.#bytes -= entry.bytes;
    this.#base = entry.zxid;
  }
}

function eventsIn(entry: Recent): TxnEvents | undefined {
  if (entry.txn === undefined) return undefined;
  entry.events ??= eventsOf(entry.zxid, entry.txn);
  return entry.events;
}
