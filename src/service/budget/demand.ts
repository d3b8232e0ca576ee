/**
 * A connection that asks for no more than so many requests a second, for any length of time, and so many at once besides,
 * asks for little.
 */
export const littleDemand = { perSecond: 300, atOnce: 100 } as const;

/**
 * A connection of which more requests than this wait to be begun sends ahead, without regard for answers. However busy one is
 * that waits for them, it holds up nobody for longer than its few requests take.
 */
export const sentAheadMax = 64;

/** What a connection asked for, or sent ahead, is forgotten once it has done nothing of the kind for so long. */
export const demandRememberedMs = 1_000;

/** What came is counted once it is so many requests: the clock is not looked at for each. */
const countedTogether = 16;

/** What one connection has asked for of late: whether it has to wait for others, or others for it. */
export class Demand {
  /** Requests beyond a little until `#atMs`. */
  #beyond = 0;
  #atMs = Number.NEGATIVE_INFINITY;
  #uncounted = 0;
  #aheadAtMs = Number.NEGATIVE_INFINITY;
  #held = 0;

  /** One request more. True when it is time to `count`. */
  asked(): boolean {
    return ++this.#uncounted >= countedTogether;
  }

  /** Counts what was asked for up to `nowMs`. */
  count(nowMs: number): void {
    const { perSecond, atOnce } = littleDemand;
    const most = atOnce + (demandRememberedMs * perSecond) / 1_000;
    const forgotten = ((nowMs - this.#atMs) * perSecond) / 1_000;
    this.#beyond = Math.max(0, Math.min(this.#beyond, most) - forgotten) + this.#uncounted;
    this.#uncounted = 0;
    this.#atMs = nowMs;
  }

  get isLittle(): boolean {
    return this.#beyond <= littleDemand.atOnce;
  }

  sentAhead(nowMs: number): void {
    this.#aheadAtMs = nowMs;
  }

  /** Something that it asked for waits for others, until `letGo`. */
  hold(): void {
    this.#held++;
  }

  letGo(nowMs: number): void {
    this.#held--;
    this.#aheadAtMs = nowMs;
  }

  /** Has it ever sent ahead? Costs nothing, and is true of few. */
  get isSuspect(): boolean {
    return this.#aheadAtMs !== Number.NEGATIVE_INFINITY;
  }

  /** Says whether it sends ahead; who is held does so still. */
  isAhead(nowMs: number): boolean {
    return this.#held > 0 || nowMs - this.#aheadAtMs < demandRememberedMs;
  }
}
