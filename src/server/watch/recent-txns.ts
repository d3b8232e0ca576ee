import type { Txn } from '../../model/txn.ts';
import type { TxnEvents } from '../../model/watch-event.ts';
import { compareZxid, zxidFromWords, zxidHigh, zxidLow, type Zxid } from '../../model/zxid.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import { eventsOf } from '../../state/txn-events.ts';

/** Holds the events of a run of the log, in order. */
export interface EventPiece {
  readonly txns: readonly TxnEvents[];
  /** All up to here is in it. */
  readonly upTo: Zxid;
}

interface RecentLimits {
  readonly recentTxnsMax: number;
  readonly recentBytesMax: number;
}

/** Bytes of txns that are taken at a time: their events may have to be made. */
const pieceBytes = 131_072;

/** What a block holds. A txn with more bytes has a block of its own. */
const blockBytes = 131_072;
const blockEntries = 512;

/**
 * Keeps what was applied last in memory: spares the disk when thousands of watches come back after a fail-over. It keeps the
 * bytes, in a few large arrays: twenty thousand txns, of a dozen objects each, would be what the collector copies and walks
 * under writes, for watches that as a rule never come back.
 * What it takes is at most twice `recentBytesMax` and 9 KB for every 512 txns: large ones leave some room of their block.
 */
export class RecentTxns {
  readonly #limits: RecentLimits;
  readonly #codec: Pick<TxnCodec, 'decode'>;
  #blocks: Block[] = [];
  #size = 0;
  #bytes = 0;
  /** What was forgotten last when the first block had all of its entries. */
  #baseBefore: Zxid;
  #newest: Zxid;
  #newestTxn: Txn | undefined;

  constructor(limits: RecentLimits, codec: Pick<TxnCodec, 'decode'>, base: Zxid) {
    this.#limits = limits;
    this.#codec = codec;
    this.#baseBefore = this.#newest = base;
  }

  /** `txn`: what `payload` says; undefined for an entry that changes no znode. */
  add(at: Zxid, payload: Uint8Array, txn: Txn | undefined): void {
    let block = this.#blocks.at(-1);
    if (block?.takes(payload.length) !== true) {
      block = new Block(payload.length);
      this.#blocks.push(block);
    }
    block.add(at, payload, txn !== undefined);
    this.#newest = at;
    this.#newestTxn = txn;
    this.#size++;
    this.#bytes += payload.length;
    const { recentTxnsMax, recentBytesMax } = this.#limits;
    while (this.#size > 1 && (this.#size > recentTxnsMax || this.#bytes > recentBytesMax)) {
      this.#forgetFirst();
    }
  }

  /** Of the entry that was added last. */
  get newest(): TxnEvents | undefined {
    return this.#newestTxn === undefined ? undefined : eventsOf(this.#newest, this.#newestTxn);
  }

  /** Nothing before `base` is known any more. */
  reset(base: Zxid): void {
    this.#blocks = [];
    this.#size = 0;
    this.#bytes = 0;
    this.#baseBefore = this.#newest = base;
    this.#newestTxn = undefined;
  }

  /** At most `entriesMax` entries after `after`, or fewer large ones; undefined when that is too long ago. */
  read(after: Zxid, entriesMax: number): EventPiece | undefined {
    if (compareZxid(after, this.#base) < 0) return undefined;
    const txns: TxnEvents[] = [];
    let upTo = after;
    let entries = 0;
    let bytes = 0;
    for (const block of this.#blocks) {
      for (let index = block.firstAfter(after); index < block.count; index++) {
        if (entries === entriesMax || bytes >= pieceBytes) return { txns, upTo };
        entries++;
        bytes += block.lengthOf(index);
        upTo = block.zxidOf(index);
        const events = block.eventsOf(index, this.#codec);
        if (events !== undefined) txns.push(events);
      }
    }
    return { txns, upTo };
  }

  /** What was forgotten last: worked out for who asks, since each would be an object made to be thrown away. */
  get #base(): Zxid {
    const first = this.#blocks[0];
    if (first === undefined || first.forgotten === 0) return this.#baseBefore;
    return first.zxidOf(first.forgotten - 1);
  }

  #forgetFirst(): void {
    const [first] = this.#blocks;
    if (first === undefined) return;
    this.#size--;
    this.#bytes -= first.lengthOf(first.forgotten);
    first.forgotten++;
    if (first.forgotten < first.count) return;
    this.#baseBefore = first.zxidOf(first.count - 1);
    this.#blocks.shift();
  }
}

/** A run of entries, side by side. */
class Block {
  readonly #bytes: Uint8Array;
  readonly #ends = new Uint32Array(blockEntries);
  /**
   * Zxids, as words: V8 makes what it reads of a `Float64Array` a double, and from the first zxid that has one on every
   * zxid has its counter in an object of its own (docs/performance.md).
   */
  readonly #highs = new Uint32Array(blockEntries);
  readonly #lows = new Uint32Array(blockEntries);
  readonly #areTxns = new Uint8Array(blockEntries);
  /** Of entries that somebody read: those that come back after a fail-over read the same. */
  #events: (TxnEvents | undefined)[] = [];
  count = 0;
  /** So many from the front are not kept any more. */
  forgotten = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(Math.max(bytes, blockBytes));
  }

  takes(bytes: number): boolean {
    return this.count < blockEntries && this.#endOf(this.count - 1) + bytes <= this.#bytes.length;
  }

  add(at: Zxid, payload: Uint8Array, isTxn: boolean): void {
    const index = this.count++;
    const from = this.#endOf(index - 1);
    this.#bytes.set(payload, from);
    this.#ends[index] = from + payload.length;
    this.#highs[index] = zxidHigh(at);
    this.#lows[index] = zxidLow(at);
    this.#areTxns[index] = isTxn ? 1 : 0;
  }

  zxidOf(index: number): Zxid {
    return zxidFromWords(this.#highs[index] ?? 0, this.#lows[index] ?? 0);
  }

  lengthOf(index: number): number {
    return this.#endOf(index) - this.#endOf(index - 1);
  }

  eventsOf(index: number, codec: Pick<TxnCodec, 'decode'>): TxnEvents | undefined {
    if (this.#areTxns[index] !== 1) return undefined;
    return (this.#events[index] ??= eventsOf(
      this.zxidOf(index),
      // A copy: who is told of a few bytes late must not keep all that lie beside them.
      codec.decode(this.#bytes.slice(this.#endOf(index - 1), this.#endOf(index))),
    ));
  }

  /** Of those that are kept. */
  firstAfter(after: Zxid): number {
    let low = this.forgotten;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareZxid(this.zxidOf(middle), after) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #endOf(index: number): number {
    return index < 0 ? 0 : (this.#ends[index] ?? 0);
  }
}
