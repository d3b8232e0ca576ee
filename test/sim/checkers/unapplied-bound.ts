import { Fifo } from '../../../src/base/fifo.ts';
import type { LogEntry } from '../../../src/model/log-entry.ts';
import { compareZxid, type Zxid } from '../../../src/model/zxid.ts';
import type { RunningPeer } from '../../../src/server/running-peer.ts';
import { entryOverheadBytes } from '../../../src/zab/backlog.ts';
import { InvariantViolated } from '../node-view.ts';

/**
 * Q2: what a leader has committed in its epoch and not applied itself, and the memory that each entry takes besides, stays
 * below `unappliedBytesMax`, but for the one proposal that was let in below it.
 */
export class UnappliedBound {
  readonly #who: string;
  readonly #bytesMax: number;
  readonly #entries = new Fifo<{ readonly zxid: Zxid; readonly bytes: number }>();
  #largest = 0;

  constructor(who: string, bytesMax: number) {
    this.#who = who;
    this.#bytesMax = bytesMax;
  }

  delivered(entries: readonly LogEntry[]): void {
    for (const { zxid, payload } of entries) {
      const bytes = payload.length + entryOverheadBytes;
      this.#entries.push({ zxid, bytes });
      this.#largest = Math.max(this.#largest, bytes);
    }
  }

  check({ applier, zab }: RunningPeer): void {
    for (;;) {
      const { first } = this.#entries;
      if (first === undefined || compareZxid(first.zxid, applier.applied) > 0) break;
      this.#entries.shift();
    }
    const { status } = zab;
    if (status.role !== 'leading' || !status.isServing) return;
    const own = this.#entries.toArray().filter(({ zxid }) => zxid.epoch === status.epoch);
    const bytes = own.reduce((sum, entry) => sum + entry.bytes, 0);
    if (bytes <= this.#bytesMax + this.#largest) return;
    throw new InvariantViolated(
      'Q2',
      `${this.#who} leads with ${String(bytes)} bytes to apply, unappliedBytesMax is ${String(this.#bytesMax)}`,
    );
  }
}
