import { setTimeout as delay } from 'node:timers/promises';
import type { Told } from '../client.ts';
import type { PeerProcess } from '../ensemble.ts';
import { doors, NotNow, penData, pens, type Door, type Pen } from './pens.ts';

/** Load enough to be caught by any crash, and not so much that peers that start find no processor. */
const writerPauseMs = 10;
/** By one connection; then the writer goes to the next peer, so that all of them are written through. */
const createsPerPen = 20;

/** A write that was said not to be done. */
export interface RefusedWrite {
  readonly door: Door;
  readonly peerId: number;
  readonly why: string;
  readonly isRetryable: boolean;
  readonly atMs: number;
}

/**
 * Writers that go on through crashes, a share of them through each door: each creates znodes of its own, one after the
 * other, at whatever peer runs, and notes what it was told. What was sent once is not sent again.
 */
export class FatedWriters {
  readonly told = new Map<string, Told>();
  readonly refused: RefusedWrite[] = [];
  readonly acknowledgedBy = new Map<Door, number>(doors.map((door) => [door, 0]));
  #isStopping = false;
  readonly #running: Promise<void>[];

  constructor(peers: readonly PeerProcess[], count: number, parent: string) {
    this.#running = Array.from({ length: count }, (_, index) =>
      new Writer({ peers, parent, index, notes: this, isOver: () => this.#isStopping }).run(),
    );
  }

  get acknowledged(): number {
    return [...this.acknowledgedBy.values()].reduce((sum, count) => sum + count, 0);
  }

  readonly dataOf = (): string => penData;

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }
}

interface WriterTerms {
  readonly peers: readonly PeerProcess[];
  readonly parent: string;
  readonly index: number;
  readonly notes: Pick<FatedWriters, 'told' | 'refused' | 'acknowledgedBy'>;
  readonly isOver: () => boolean;
}

class Writer {
  readonly #terms: WriterTerms;
  readonly #door: Door;
  #at: number;
  #pen: Pen | undefined;
  #left = 0;

  constructor(terms: WriterTerms) {
    this.#terms = terms;
    this.#door = doors[terms.index % doors.length] ?? 'http';
    this.#at = Math.floor(terms.index / doors.length);
  }

  async run(): Promise<void> {
    const { peers, index, isOver } = this.#terms;
    for (let turn = 0; !isOver();) {
      const peer = peers[this.#at % peers.length];
      if (peer?.isRunning === true && (await this.#opened(peer))) {
        await this.#create(peer, `w${String(index)}-${String(turn++)}`);
      } else this.#elsewhere();
      await delay(writerPauseMs);
    }
    this.#elsewhere();
  }

  /** False where nobody lets it in: nothing was sent. */
  async #opened(peer: PeerProcess): Promise<boolean> {
    if (this.#left === 0) this.#elsewhere();
    if (this.#pen !== undefined) return true;
    try {
      this.#pen = await pens[this.#door](peer, {});
      this.#left = createsPerPen;
      return true;
    } catch {
      return false;
    }
  }

  #elsewhere(): void {
    this.#pen?.close();
    this.#pen = undefined;
    this.#at++;
  }

  async #create(peer: PeerProcess, name: string): Promise<void> {
    const { parent, notes } = this.#terms;
    const door = this.#door;
    this.#left--;
    try {
      const outcome = await this.#pen?.create(`${parent}/${name}`);
      if (outcome === 'written') {
        notes.told.set(name, 'acknowledged');
        notes.acknowledgedBy.set(door, (notes.acknowledgedBy.get(door) ?? 0) + 1);
        return;
      }
      const why = typeof outcome === 'object' ? outcome.refused : String(outcome);
      this.#refused({ door, peerId: peer.id, why, isRetryable: false }, name);
    } catch (error) {
      if (error instanceof NotNow && error.isUndone) {
        this.#refused({ door, peerId: peer.id, why: error.message, isRetryable: true }, name);
      } else notes.told.set(name, 'unknown');
      this.#left = 0;
    }
  }

  #refused(refused: Omit<RefusedWrite, 'atMs'>, name: string): void {
    const { notes } = this.#terms;
    notes.told.set(name, 'refused');
    notes.refused.push({ ...refused, atMs: performance.now() });
  }
}
