import {
  budgetKinds,
  defaultBudget,
  type BudgetKind,
  type BudgetLimits,
} from '../../model/budget.ts';
import { Fifo } from '../../base/fifo.ts';

type Amounts = Record<BudgetKind, number>;

/** A large answer that waits until there is room for it. */
interface Waiting {
  readonly bytes: number;
  /** Undefined once it was taken back. */
  run: (() => void) | undefined;
}

const none = (): Amounts => ({
  owedBytes: 0,
  receivedBytes: 0,
  heldRequests: 0,
  sessions: 0,
  queuePlaces: 0,
  watches: 0,
  copies: 0,
});

/**
 * Counts what one peer keeps for its clients: for each address or principal, and for all of them. The doors and the
 * service share one, so that nobody has more by coming through several doors.
 *
 * Whoever is beyond is told so by `take`; a large answer waits, by `owe`, until others are taken by their readers. Small
 * answers need not count: one who asks for little is never behind one who asks for much.
 */
export class Budget {
  readonly limits: BudgetLimits;
  readonly #accounts = new Map<string, Account>();
  readonly #all = none();
  readonly #waiting = new Set<Account>();

  constructor(limits: BudgetLimits = defaultBudget) {
    this.limits = limits;
  }

  /**
   * Opens the account of an address or a principal for one of its connections, or whatever else outlives the call.
   * `close` it in the end: an account that nobody has open, and in which nothing stands, is forgotten.
   */
  open(holder: string): Account {
    let account = this.#accounts.get(holder);
    if (account === undefined) {
      account = new Account(this, holder);
      this.#accounts.set(holder, account);
    }
    account.opened();
    return account;
  }

  /** Says how much is kept of a kind, for everybody. */
  inUse(kind: BudgetKind): number {
    return this.#all[kind];
  }

  /** Says how many have an account: those that are connected, or for whom something is kept. */
  get holders(): number {
    return this.#accounts.size;
  }

  /** Says whether an answer waits for room: whoever takes nothing of what he was sent is in others' way now. */
  get isShort(): boolean {
    return this.#waiting.size > 0;
  }

  /** For accounts alone. */
  add(kind: BudgetKind, amount: number): void {
    this.#all[kind] += amount;
  }

  /** For accounts alone. */
  hasRoom(kind: BudgetKind, amount: number): boolean {
    return this.#all[kind] + amount <= this.limits[kind].all;
  }

  /** For accounts alone. */
  waits(account: Account): void {
    this.#waiting.add(account);
  }

  /** For accounts alone: gives the room there is to those who wait, one of each account in turn. */
  letIn(): void {
    // Each is looked at once: whoever is let in goes to the end, and comes again with the next that is given back.
    let left = this.#waiting.size;
    for (const account of this.#waiting) {
      if (left-- === 0) return;
      this.#waiting.delete(account);
      account.letIn();
      if (account.isWaiting) this.#waiting.add(account);
    }
  }

  /** For accounts alone. */
  forget(account: Account): void {
    this.#accounts.delete(account.holder);
  }
}

/** What is kept for one address or principal. */
export class Account {
  readonly holder: string;
  readonly #budget: Budget;
  readonly #mine = none();
  readonly #queue = new Fifo<Waiting>();
  #openings = 0;

  constructor(budget: Budget, holder: string) {
    this.#budget = budget;
    this.holder = holder;
  }

  /** Says how much is kept of a kind for this holder. */
  inUse(kind: BudgetKind): number {
    return this.#mine[kind];
  }

  /** Takes, unless that is more than this holder or all of them may have: false, and nothing is taken. */
  take(kind: BudgetKind, amount = 1): boolean {
    if (!this.#hasRoom(kind, amount)) return false;
    this.#add(kind, amount);
    return true;
  }

  giveBack(kind: BudgetKind, amount = 1): void {
    this.#add(kind, -amount);
    if (kind === 'owedBytes') this.#budget.letIn();
    this.#forgetIfEmpty();
  }

  /**
   * Takes the bytes of a large answer as soon as there is room, and then calls `run`; at once when there is. Of one
   * holder's, the first asked for is the first let in. One that is larger than all he may have is let in once he owes
   * nothing. They are given back as `owedBytes`. What this returns takes it back, as long as `run` was not called.
   */
  owe(bytes: number, run: () => void): () => void {
    if (!this.isWaiting && this.#fits(bytes)) {
      this.#add('owedBytes', bytes);
      run();
      return () => undefined;
    }
    const waiting: Waiting = { bytes, run };
    this.#queue.push(waiting);
    this.#budget.waits(this);
    return () => {
      waiting.run = undefined;
      this.#budget.letIn();
    };
  }

  get isWaiting(): boolean {
    return this.#queue.length > 0;
  }

  /** For the budget alone: lets in the one that has waited for longest, if there is room. */
  letIn(): void {
    for (let next = this.#queue.first; next !== undefined; next = this.#queue.first) {
      const { bytes, run } = next;
      if (run !== undefined && !this.#fits(bytes)) return;
      this.#queue.shift();
      if (run === undefined) continue;
      this.#add('owedBytes', bytes);
      next.run = undefined;
      run();
      return;
    }
  }

  opened(): void {
    this.#openings++;
  }

  close(): void {
    this.#openings--;
    this.#forgetIfEmpty();
  }

  #fits(bytes: number): boolean {
    if (this.#hasRoom('owedBytes', bytes)) return true;
    const { each, all } = this.#budget.limits.owedBytes;
    return bytes > Math.min(each, all) && this.#mine.owedBytes === 0;
  }

  #hasRoom(kind: BudgetKind, amount: number): boolean {
    return (
      this.#mine[kind] + amount <= this.#budget.limits[kind].each &&
      this.#budget.hasRoom(kind, amount)
    );
  }

  #add(kind: BudgetKind, amount: number): void {
    this.#mine[kind] += amount;
    this.#budget.add(kind, amount);
  }

  #forgetIfEmpty(): void {
    if (this.#openings > 0) return;
    for (const kind of budgetKinds) if (this.#mine[kind] > 0) return;
    if (!this.isWaiting) this.#budget.forget(this);
  }
}
