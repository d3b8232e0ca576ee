/**
 * A connection that asks for no more than so many requests a second, for any length of time, and so many at once besides,
 * asks for little.
 */
export const littleDemand = { perSecond: 300, atOnce: 100 } as const;

/** And one that asks for more than this asks for much: between the two nobody waits, and nobody is waited for. */
export const muchDemand = { perSecond: 1_000, atOnce: 100 } as const;

/** What a connection asked for beyond that is forgotten once it has asked for nothing for so long, however much it was. */
export const demandRememberedMs = 1_000;

/** What came is counted once it is so many requests: the clock is not looked at for each. */
const countedTogether = 16;

interface Rate {
  readonly perSecond: number;
  readonly atOnce: number;
}

/** How much one connection has asked for of late: whether it has to wait for others, or others for it. */
export class Demand {
  /** Requests beyond the two rates until `#atMs`. */
  #beyondLittle = 0;
  #beyondMuch = 0;
  #atMs = Number.NEGATIVE_INFINITY;
  #uncounted = 0;
  #held = 0;

  /** One request more. True when it is time to `count`. */
  asked(): boolean {
    return ++this.#uncounted >= countedTogether;
  }

  /** Counts what was asked for up to `nowMs`. */
  count(nowMs: number): void {
    // Whoever is held asks for less than he would.
    const ms = this.#held > 0 ? 0 : nowMs - this.#atMs;
    this.#beyondLittle = beyond(littleDemand, this.#beyondLittle, ms) + this.#uncounted;
    this.#beyondMuch = beyond(muchDemand, this.#beyondMuch, ms) + this.#uncounted;
    this.#uncounted = 0;
    this.#atMs = nowMs;
  }

  /** Something that it asked for waits for others, until `letGo`. */
  hold(): void {
    this.#held++;
  }

  letGo(nowMs: number): void {
    this.#held--;
    this.#atMs = nowMs;
  }

  get isLittle(): boolean {
    return this.#beyondLittle <= littleDemand.atOnce;
  }

  get isMuch(): boolean {
    return this.#beyondMuch > muchDemand.atOnce;
  }
}

/** What is left of it after so long. */
function beyond({ perSecond, atOnce }: Rate, before: number, ms: number): number {
  const most = atOnce + (demandRememberedMs * perSecond) / 1_000;
  return Math.max(0, Math.min(before, most) - (ms * perSecond) / 1_000);
}
