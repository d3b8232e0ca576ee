import { compareZxid, minZxid, type Zxid } from '../../model/zxid.ts';
import type { LogMark } from '../applied/recovery.ts';
import type { ServerTuning } from '../tuning.ts';

interface Mark extends LogMark {
  readonly atMs: number;
}

/**
 * Says how much of the log may go: what is both older and further behind than promised to streams that resume, or more
 * than the cap allows. Entries found at start count as just come.
 */
export class LogRetention {
  readonly #tuning: ServerTuning;
  #marks: Mark[] = [];
  #entries = 0;
  #bytes = 0;
  #sinceMark = 0;
  /** Bytes at the last compaction: what the log no longer holds. */
  #goneBytes = 0;
  #goneEntries = 0;

  constructor(tuning: ServerTuning) {
    this.#tuning = tuning;
  }

  /** The log holds so much already. */
  found(marks: readonly LogMark[], nowMs: number): void {
    for (const { zxid, entries, bytes } of marks) {
      this.#entries = entries;
      this.#bytes = bytes;
      this.#marks.push({ zxid, entries, bytes, atMs: nowMs });
    }
  }

  get bytes(): number {
    return this.#bytes - this.#goneBytes;
  }

  get entries(): number {
    return this.#entries - this.#goneEntries;
  }

  add(zxid: Zxid, bytes: number, nowMs: number): void {
    this.#entries++;
    this.#bytes += bytes;
    if (++this.#sinceMark < this.#tuning.retentionMarkTxns) return;
    this.#sinceMark = 0;
    this.#marks.push({ zxid, atMs: nowMs, entries: this.#entries, bytes: this.#bytes });
  }

  /** Up to where the log may be forgotten now; never above `snapshot`. */
  forgettable(
    snapshot: Zxid,
    nowMs: number,
  ): { readonly upTo: Zxid; readonly byCap: boolean } | undefined {
    const { keepTxns, keepMs, keepBytesMax } = this.#tuning;
    let found: { upTo: Zxid; byCap: boolean } | undefined;
    let bytesBefore = this.#goneBytes;
    for (const mark of this.#marks) {
      if (compareZxid(mark.zxid, snapshot) > 0) break;
      const outlived = this.#entries - mark.entries >= keepTxns && nowMs - mark.atMs >= keepMs;
      // The cap asks for the first mark that leaves no more behind it; the ones before it are part of the way.
      const overCap = this.#bytes - bytesBefore > keepBytesMax;
      bytesBefore = mark.bytes;
      if (!outlived && !overCap) break;
      found = { upTo: minZxid(mark.zxid, snapshot), byCap: !outlived };
    }
    return found;
  }

  forgotten(base: Zxid): void {
    while (this.#marks[0] !== undefined && compareZxid(this.#marks[0].zxid, base) <= 0) {
      const mark = this.#marks.shift();
      if (mark === undefined) break;
      this.#goneBytes = mark.bytes;
      this.#goneEntries = mark.entries;
    }
  }

  /** The log was replaced by a leader's. */
  reset(): void {
    this.#marks = [];
    this.#entries = 0;
    this.#bytes = 0;
    this.#sinceMark = 0;
    this.#goneBytes = 0;
    this.#goneEntries = 0;
  }
}
