import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Budget } from '../../../service/budget/budget.ts';
import type { Work } from '../../../service/budget/work.ts';

/**
 * While large answers wait for room, a connection is cut that owes one and has taken nothing of it for so long: it is in
 * the way of others.
 */
export const stuckWhileShortMsMax = 5_000;

const lookEveryMs = 1_000;

export interface DebtorsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly budget: Budget;
  readonly work: Work;
}

/** A large answer under way. */
export interface Debtor {
  /** Says whether its client has taken nothing of it since then, though there is something to take. */
  isStuckSince(ms: number): boolean;
  cut(): void;
}

/** Knows all large answers under way at this door, and ends those that nobody takes when there is no room for others. */
export class Debtors implements DebtorsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly budget: Budget;
  readonly work: Work;
  readonly #owing = new Set<Debtor>();
  #look: Timer | undefined;

  constructor({ clock, logger, budget, work }: DebtorsParts) {
    this.clock = clock;
    this.logger = logger;
    this.budget = budget;
    this.work = work;
  }

  add(answer: Debtor): void {
    this.#owing.add(answer);
    this.#look ??= this.clock.every(lookEveryMs, () => {
      this.#cutStuck();
    });
  }

  delete(answer: Debtor): void {
    this.#owing.delete(answer);
    if (this.#owing.size > 0) return;
    this.#look?.cancel();
    this.#look = undefined;
  }

  #cutStuck(): void {
    if (!this.budget.isShort) return;
    const sinceMs = this.clock.now() - stuckWhileShortMsMax;
    for (const answer of [...this.#owing]) if (answer.isStuckSince(sinceMs)) answer.cut();
  }
}
