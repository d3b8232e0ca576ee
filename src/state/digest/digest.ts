import { finish, mix } from './mixing.ts';

/** Seeds of the two lanes: two independent 32-bit hashes of the same words make one of 64 bits. */
export const laneSeeds = [0x9747b28c, 0x3c6ef372] as const;

/**
 * A sum of hashes, one per replicated fact, modulo 2^32 in each of two lanes. A sum does not depend on the order in
 * which facts came to be, so a peer that restored a snapshot has the sum of one that applied every txn.
 */
export class RunningDigest {
  #first = 0;
  #second = 0;

  add(first: number, second: number): void {
    this.#first = (this.#first + first) >>> 0;
    this.#second = (this.#second + second) >>> 0;
  }

  subtract(first: number, second: number): void {
    this.#first = (this.#first - first) >>> 0;
    this.#second = (this.#second - second) >>> 0;
  }

  /** Gives sixteen hex digits; `words` are facts that exist once, such as the last applied zxid. */
  text(words: readonly number[]): string {
    let first: number = laneSeeds[0];
    let second: number = laneSeeds[1];
    for (const word of [this.#first, this.#second, ...words]) {
      first = mix(first, word);
      second = mix(second, word);
    }
    return hex(finish(first)) + hex(finish(second));
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
