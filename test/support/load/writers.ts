import assert from 'node:assert/strict';
import type { TestEnsemble } from '../ensemble.ts';
import { doors, pens, type Door, type Pen, type PenTerms } from './pens.ts';

/** Creates on one connection; after that many somebody signs in anew. */
const createsPerPen = 10;

export interface WritersOptions {
  readonly ensemble: TestEnsemble;
  readonly count: number;
  /** Below which they create, and what the names of these ones begin with. */
  readonly parent: string;
  readonly name: string;
  /** How a peer is spoken to by now, and as whom; asked for each connection. */
  readonly terms: (peerId: number) => PenTerms | Promise<PenTerms>;
}

/**
 * Clients that create znodes one after the other, a share of them through each door, and know which were acknowledged. One
 * whose connection breaks goes on at the next peer with the same znode, as clients do.
 */
export class Writers {
  /** Paths that were acknowledged. */
  readonly written: string[] = [];
  /** What was refused, which door and peer ahead. */
  readonly refused: string[] = [];
  /** Why one had to go on elsewhere, each time. */
  readonly moves: string[] = [];
  #isStopping = false;
  readonly #options: WritersOptions;
  readonly #running: readonly Promise<void>[];

  constructor(options: WritersOptions) {
    this.#options = options;
    this.#running = Array.from({ length: options.count }, (_, index) => {
      const door = doors[index % doors.length] ?? 'http';
      return this.#run(door, index);
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  async #run(door: Door, index: number): Promise<void> {
    const { ensemble, parent, name, terms } = this.#options;
    let at = index >> 2;
    let pen: Pen | undefined;
    let left = 0;
    let isRepeated = false;
    for (let turn = 0; !this.#isStopping;) {
      const peer = ensemble.peer((at % ensemble.peers.length) + 1);
      const path = `${parent}/${name}-${door}-${String(index)}-${String(turn)}`;
      try {
        if (pen === undefined || left === 0) {
          pen?.close();
          pen = await pens[door](peer, await terms(peer.id));
          left = createsPerPen;
        }
        const outcome = await pen.create(path);
        left--;
        if (outcome === 'written' || (outcome === 'there' && isRepeated)) this.written.push(path);
        else {
          const words = outcome === 'there' ? 'there already' : outcome.refused;
          this.refused.push(`${door} at ${String(peer.id)}: ${words}`);
          left = 0;
        }
        isRepeated = false;
        turn++;
      } catch (error) {
        // Its fate is unknown: the same again, elsewhere.
        isRepeated = true;
        this.moves.push(`${door} at ${String(peer.id)}: ${String(error)}`);
        at++;
        left = 0;
      }
    }
    pen?.close();
  }

  /** All that was acknowledged is there, by what is listed below the parent. */
  assertKept(children: readonly string[]): void {
    const there = new Set(children.map((name) => `${this.#options.parent}/${name}`));
    const lost = this.written.filter((path) => !there.has(path));
    assert.deepEqual(lost, [], `of ${String(this.written.length)}`);
  }
}
