import { refused, type Refusal } from '../../model/error-code.ts';
import { Budget } from '../../service/budget/budget.ts';

/**
 * One connection may have so much of what is left, as one part of so many: those who want very many leave room for the
 * others, however many they are.
 */
const shareOfFree = 3;
/** So many anybody may have while there is room at all. */
const shareMin = 100;

/**
 * Counts the watches of all kinds of this peer, of each address in the budget that all doors share, and says when a
 * connection or an address has its share of them.
 */
export class WatchTotal {
  readonly #watchesMax: number;
  readonly #budget: Budget;
  #count = 0;

  constructor(watchesMax: number, budget = new Budget()) {
    this.#watchesMax = watchesMax;
    this.#budget = budget;
  }

  get count(): number {
    return this.#count;
  }

  /** One more of a connection from `address`; to be asked for by `whyNoMore` right before. */
  add(address: string): void {
    this.#count++;
    const account = this.#budget.open(address);
    account.take('watches');
    account.close();
  }

  remove(address: string, count: number): void {
    this.#count -= count;
    const account = this.#budget.open(address);
    account.giveBack('watches', count);
    account.close();
  }

  /** `count` is what the connection has, `countMax` what it may have at most. */
  whyNoMore(address: string, count: number, countMax: number): Refusal | undefined {
    const free = this.#watchesMax - this.#count;
    if (free <= 0) {
      return refused(
        'throttled',
        'This peer has as many watches as it may have: use another peer.',
        { limit: this.#watchesMax, actual: this.#count + 1 },
      );
    }
    const share = Math.min(countMax, Math.max(shareMin, Math.ceil(free / shareOfFree)));
    if (count < share) return this.#whyNotHere(address);
    return refused(
      'throttled',
      count >= countMax
        ? `One connection may have ${String(countMax)} watches: use a recursive one, or another connection.`
        : `One connection may have ${String(share)} watches while this peer has so many: use a recursive one, or another peer.`,
      { limit: share, actual: count + 1 },
    );
  }
  #whyNotHere(address: string): Refusal | undefined {
    const { each, all } = this.#budget.limits.watches;
    const account = this.#budget.open(address);
    const actual = account.inUse('watches') + 1;
    account.close();
    if (actual <= each && this.#budget.inUse('watches') < all) return undefined;
    return refused(
      'throttled',
      `One address may have ${String(each)} watches at a peer (budget.watchesEach): use a recursive one, or another peer.`,
      { limit: each, actual },
    );
  }
}
