import type { Account } from '../../../service/budget/budget.ts';

/** Room for one large answer in the account of its connection: asked for, had, and given back, once each. */
export class Room {
  readonly bytes: number;
  readonly #account: Account;
  #state: 'unasked' | 'asked' | 'had' | 'over' = 'unasked';
  #forgo: () => void = () => undefined;

  constructor(account: Account, bytes: number) {
    this.#account = account;
    this.bytes = bytes;
  }

  /** Calls `run` as soon as there is room; at once when there is, or when it was had before. */
  ask(run: () => void): void {
    if (this.#state === 'had') run();
    if (this.#state !== 'unasked') return;
    this.#state = 'asked';
    this.#forgo = this.#account.owe(this.bytes, () => {
      this.#state = 'had';
      run();
    });
  }

  /** `run` is not called any more. */
  giveBack(): void {
    const state = this.#state;
    this.#state = 'over';
    if (state === 'asked') this.#forgo();
    if (state === 'had') this.#account.giveBack('owedBytes', this.bytes);
  }
}
