/** Runs something once the current turn is over: the `Clock` of a peer is one. */
interface SoonClock {
  soon(run: () => void): void;
}

/** Has one thing done in a turn that is still to come, once, however often it is asked for until then. */
export class OnceSoon {
  readonly #clock: SoonClock;
  readonly #run: () => void;
  #isScheduled = false;
  readonly #now = (): void => {
    this.#isScheduled = false;
    this.#run();
  };

  /** `run` may schedule itself anew. */
  constructor(clock: SoonClock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.soon(this.#now);
  }
}
