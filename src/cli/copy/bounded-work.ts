/** Does what there is to do, so many at once; what is found on the way is done first, so little waits. */
export class BoundedWork<Item> {
  readonly #atOnceMax: number;
  readonly #work: (item: Item, add: (item: Item) => void) => Promise<void>;
  #waiting: Item[] = [];
  #running = 0;
  #failed: { readonly error: unknown } | undefined;
  #finish: () => void = () => undefined;

  constructor(atOnceMax: number, work: (item: Item, add: (item: Item) => void) => Promise<void>) {
    this.#atOnceMax = atOnceMax;
    this.#work = work;
  }

  /** Resolves once all is done, and rejects with the first that failed once nothing runs any more. */
  async run(items: Iterable<Item>): Promise<void> {
    for (const item of items) this.#waiting.push(item);
    await new Promise<void>((resolve) => {
      this.#finish = resolve;
      this.#go();
    });
    if (this.#failed === undefined) return;
    const { error } = this.#failed;
    this.#failed = undefined;
    throw error;
  }

  #go(): void {
    if (this.#failed !== undefined) this.#waiting = [];
    while (this.#running < this.#atOnceMax) {
      const item = this.#waiting.pop();
      if (item === undefined) break;
      this.#running++;
      void this.#one(item);
    }
    if (this.#running === 0) this.#finish();
  }

  async #one(item: Item): Promise<void> {
    try {
      await this.#work(item, (more) => this.#waiting.push(more));
    } catch (error) {
      this.#failed ??= { error };
    }
    this.#running--;
    this.#go();
  }
}
