/** Tokens that one address has judged at a time: beyond that it is answered `throttled`. */
export const judgementsPerAddressMax = 16;
/** And all of them together. */
export const judgementsMax = 256;

/**
 * Runs what it costs to judge tokens that strangers may show: each once, however often it is shown meanwhile, and only
 * so many at a time.
 */
export class Judgements<Outcome> {
  /** Who waits for it, by the hash of the token. */
  readonly #underWay = new Map<string, ((outcome: Outcome) => void)[]>();
  readonly #ofAddress = new Map<string, number>();

  /** False when there are too many: then `done` is not called. `judge` must not reject. */
  run(
    { key, address }: { readonly key: string; readonly address: string },
    judge: () => Promise<Outcome>,
    done: (outcome: Outcome) => void,
  ): boolean {
    const waiting = this.#underWay.get(key);
    if (waiting !== undefined) {
      waiting.push(done);
      return true;
    }
    const ofAddress = this.#ofAddress.get(address) ?? 0;
    if (this.#underWay.size >= judgementsMax || ofAddress >= judgementsPerAddressMax) return false;
    const all = [done];
    this.#underWay.set(key, all);
    this.#ofAddress.set(address, ofAddress + 1);
    void judge().then((outcome) => {
      this.#underWay.delete(key);
      this.#giveBack(address);
      for (const each of all) each(outcome);
    });
    return true;
  }

  #giveBack(address: string): void {
    const left = (this.#ofAddress.get(address) ?? 0) - 1;
    if (left > 0) this.#ofAddress.set(address, left);
    else this.#ofAddress.delete(address);
  }
}
