import { refused, type Refusal } from '../../model/error-code.ts';

/**
 * One connection may have so much of what is left, as one part of so many: those who want very many leave room for the
 * others, however many they are.
 */
const shareOfFree = 3;
/** So many anybody may have while there is room at all. */
const shareMin = 100;

/** Counts the watches of all kinds of this peer, and says when somebody has his share of them. */
export class WatchTotal {
  readonly #watchesMax: number;
  #count = 0;

  constructor(watchesMax: number) {
    this.#watchesMax = watchesMax;
  }

  get count(): number {
    return this.#count;
  }

  add(more: number): void {
    this.#count += more;
  }

  /** `count` is what the connection has, `countMax` what it may have at most. */
  whyNoMore(count: number, countMax: number): Refusal | undefined {
    const free = this.#watchesMax - this.#count;
    if (free <= 0) {
      return refused(
        'throttled',
        'This peer has as many watches as it may have: use another peer.',
        { limit: this.#watchesMax, actual: this.#count + 1 },
      );
    }
    const share = Math.min(countMax, Math.max(shareMin, Math.ceil(free / shareOfFree)));
    if (count < share) return undefined;
    return refused(
      'throttled',
      count >= countMax
        ? `One connection may have ${String(countMax)} watches: use a recursive one, or another connection.`
        : `One connection may have ${String(share)} watches while this peer has so many: use a recursive one, or another peer.`,
      { limit: share, actual: count + 1 },
    );
  }
}
