import { assert, broken } from '../base/assert.ts';
import { wordToHex } from '../base/hex.ts';
import {
  chainWords,
  wordsAt,
  wordsPerChain,
  type ChainHash,
  type LogPosition,
} from '../model/log-entry.ts';
import { compareZxid, zxid, zxidEquals, type Zxid } from '../model/zxid.ts';

/** Entries of one epoch: counters `first`..`last`, without a gap; the first one's proof is at `index`. */
interface Run {
  readonly epoch: number;
  readonly first: number;
  last: number;
  readonly index: number;
}

const chainsPerBlock = 4_096;

/**
 * The chain hash of every entry from `base` on, 16 bytes each in blocks of typed arrays: a log of millions of entries
 * costs the heap nothing. Entries are numbered in order; a run per epoch maps a zxid to its number.
 */
export class ChainIndex {
  #base: LogPosition;
  #lastZxid: Zxid;
  #lastChain: ChainHash;
  #runs: Run[] = [];
  #blocks: Uint32Array[] = [];
  /** The number of the first entry of the first block. */
  #firstIndex = 0;
  #nextIndex = 0;

  constructor(base: LogPosition) {
    this.#base = base;
    this.#lastZxid = base.zxid;
    this.#lastChain = base.chain;
  }

  get base(): LogPosition {
    return this.#base;
  }

  get last(): LogPosition {
    return { zxid: this.#lastZxid, chain: this.#lastChain };
  }

  /** As of `last`, for every entry's path: without an object for it. */
  get lastZxid(): Zxid {
    return this.#lastZxid;
  }

  get lastChain(): ChainHash {
    return this.#lastChain;
  }

  append(position: LogPosition): void {
    const run = this.#runs.at(-1);
    const { epoch, counter } = position.zxid;
    if (run?.epoch === epoch) {
      if (counter !== run.last + 1) throw broken('no gap in the log', { last: run.last, counter });
      run.last = counter;
    } else {
      this.#runs.push({ epoch, first: counter, last: counter, index: this.#nextIndex });
    }
    this.#write(this.#nextIndex++, position.chain);
    this.#setLast(position.zxid, position.chain);
  }

  chainAt(at: Zxid): ChainHash | undefined {
    if (zxidEquals(at, this.#base.zxid)) return this.#base.chain;
    const run = this.#runs.find((candidate) => candidate.epoch === at.epoch);
    if (run === undefined || at.counter < run.first || at.counter > run.last) return undefined;
    return this.#read(run.index + at.counter - run.first);
  }

  highestBelow(limit: Zxid): LogPosition | undefined {
    for (let index = this.#runs.length - 1; index >= 0; index--) {
      const run = this.#runs[index];
      if (run === undefined || run.epoch > limit.epoch) continue;
      const counter = run.epoch < limit.epoch ? run.last : Math.min(run.last, limit.counter - 1);
      if (counter < run.first) continue;
      return {
        zxid: zxid(run.epoch, counter),
        chain: this.#read(run.index + counter - run.first),
      };
    }
    return compareZxid(this.#base.zxid, limit) < 0 ? this.#base : undefined;
  }

  /** For entries that were read before what lies ahead of the first was known. */
  startAfter(base: LogPosition): void {
    this.#base = base;
    if (this.#runs.length === 0) this.#setLast(base.zxid, base.chain);
  }

  /** `to` must be held. */
  truncate(to: Zxid): void {
    const chain = this.chainAt(to);
    assert(chain !== undefined, 'a cut is at a place that the log holds', { to });
    for (;;) {
      const run = this.#runs.at(-1);
      if (run === undefined || compareZxid(zxid(run.epoch, run.last), to) <= 0) break;
      if (run.epoch === to.epoch && to.counter >= run.first) run.last = to.counter;
      else this.#runs.pop();
    }
    const run = this.#runs.at(-1);
    this.#nextIndex = run === undefined ? this.#firstIndex : run.index + run.last - run.first + 1;
    this.#setLast(to, chain);
  }

  /** `to` must be held; it becomes the base. */
  compact(to: Zxid): void {
    const chain = this.chainAt(to);
    assert(chain !== undefined, 'compaction ends at a place that the log holds', { to });
    this.#runs = this.#runs
      .filter((run) => compareZxid(zxid(run.epoch, run.last), to) > 0)
      .map((run) =>
        run.epoch === to.epoch && run.first <= to.counter
          ? { ...run, first: to.counter + 1, index: run.index + to.counter + 1 - run.first }
          : run,
      );
    const first = this.#runs[0]?.index ?? this.#nextIndex;
    while (first - this.#firstIndex >= chainsPerBlock) {
      this.#blocks.shift();
      this.#firstIndex += chainsPerBlock;
    }
    this.#base = { zxid: to, chain };
  }

  reset(base: LogPosition): void {
    this.#base = base;
    this.#setLast(base.zxid, base.chain);
    this.#runs = [];
    this.#blocks = [];
    this.#firstIndex = 0;
    this.#nextIndex = 0;
  }

  #setLast(at: Zxid, chain: ChainHash): void {
    this.#lastZxid = at;
    this.#lastChain = chain;
  }

  #write(index: number, chain: ChainHash): void {
    const offset = index - this.#firstIndex;
    const blockIndex = Math.floor(offset / chainsPerBlock);
    let block = this.#blocks[blockIndex];
    if (block === undefined) {
      block = new Uint32Array(chainsPerBlock * wordsPerChain);
      this.#blocks[blockIndex] = block;
    }
    const start = (offset % chainsPerBlock) * wordsPerChain;
    const at = wordsAt(chain);
    for (let word = 0; word < wordsPerChain; word++) {
      block[start + word] = chainWords[at + word] ?? 0;
    }
  }

  #read(index: number): ChainHash {
    const offset = index - this.#firstIndex;
    const block = this.#blocks[Math.floor(offset / chainsPerBlock)];
    assert(block !== undefined, 'the proof of a held entry is there', { index });
    const start = (offset % chainsPerBlock) * wordsPerChain;
    let chain = '';
    for (let word = 0; word < wordsPerChain; word++) {
      chain += wordToHex(block[start + word] ?? 0);
    }
    return chain as ChainHash;
  }
}
