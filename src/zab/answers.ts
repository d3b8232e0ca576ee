import type { ServerId } from '../model/ids.ts';

/** To one peer in a tick, while both look; what is more than this the next notification brings. */
const answersMax = 3;

/**
 * Answers while this peer looks, to those that look too. An answer may be answered, and whether that ends must not hang on
 * what either knows of the other.
 */
export class Answers {
  readonly #given = new Map<ServerId, number>();

  tick(): void {
    this.#given.clear();
  }

  /** True: this one may be given, and is counted. */
  take(to: ServerId): boolean {
    const before = this.#given.get(to) ?? 0;
    if (before >= answersMax) return false;
    this.#given.set(to, before + 1);
    return true;
  }
}
