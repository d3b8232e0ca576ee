/**
 * Who asks for no more than so many requests a second, for any length of time, asks for little: a connection, and an
 * address by all its connections together. An address that asks for more gets all of it as long as a peer has time to
 * spare, or nobody to serve who asks for little; beside such a one its requests stand back (`crowdedShareMax`).
 */
const littlePerSecondMax = 300;

/** And so many at once besides. */
const littleAtOnceMax = 100;

export const littleDemand = { perSecond: littlePerSecondMax, atOnce: littleAtOnceMax } as const;

/**
 * A session of a connection that was made for it counts for so many requests. The connection, the objects for it and a write
 * that all peers make cost as much; and an address whose first hundred sessions all begin at once has others wait before it
 * is known to ask for much.
 */
export const sessionWeight = 8;

/**
 * A connection of which more requests than this wait to be begun sends ahead, without regard for answers. However busy one is
 * that waits for them, it holds up nobody for longer than its few requests take.
 */
export const sentAheadMax = 64;

/** What a connection asked for, or sent ahead, is forgotten once it has done nothing of the kind for so long. */
export const demandRememberedMs = 1_000;

/** What came is counted once it is so many requests: the clock is not looked at for each. */
const countedTogether = 16;

/** Counts what somebody asks for against what is little. */
export class Tally {
  readonly #little: typeof littleDemand;
  /** Requests beyond a little until `#atMs`. */
  #beyond = 0;
  #atMs = Number.NEGATIVE_INFINITY;
  #uncounted = 0;
  #isMuch = false;

  constructor(little: typeof littleDemand) {
    this.#little = little;
  }

  /** One request more, or what weighs as much as several. True when it is time to `count`. */
  asked(weight = 1): boolean {
    this.#uncounted += weight;
    return this.#uncounted >= countedTogether;
  }

  /** Counts what was asked for up to `nowMs`. */
  count(nowMs: number): void {
    const before = this.#beyondAt(nowMs);
    this.#beyond = before + this.#uncounted;
    // Who is held back asks for less than he would: he is light again once it is little enough for a while.
    this.#isMuch = (this.#isMuch && before > 0) || this.#beyond > this.#little.atOnce;
    this.#uncounted = 0;
    this.#atMs = nowMs;
  }

  /** As of when it was counted. */
  get isLittle(): boolean {
    return !this.#isMuch;
  }

  isLittleAt(nowMs: number): boolean {
    return !this.#isMuch || this.#beyondAt(nowMs) === 0;
  }

  isForgottenAt(nowMs: number): boolean {
    return this.#beyondAt(nowMs) === 0;
  }

  #beyondAt(nowMs: number): number {
    const { perSecond, atOnce } = this.#little;
    const most = atOnce + (demandRememberedMs * perSecond) / 1_000;
    const forgotten = ((nowMs - this.#atMs) * perSecond) / 1_000;
    return Math.max(0, Math.min(this.#beyond, most) - forgotten);
  }
}

/** What one connection has asked for of late: whether it has to wait for others, or others for it. */
export class Demand extends Tally {
  /** Of all connections that come from where this does; undefined: it is weighed by itself. */
  readonly #address: Tally | undefined;
  /** Whose turn it is when one of a crowd has its turn; undefined for one that is weighed by itself. */
  readonly host: string | undefined;
  #aheadAtMs = Number.NEGATIVE_INFINITY;
  #held = 0;

  constructor(address?: Tally, host?: string) {
    super(littleDemand);
    this.#address = address;
    this.host = host;
  }

  override asked(weight = 1): boolean {
    const isDue = super.asked(weight);
    return this.#address?.asked(weight) === true || isDue;
  }

  override count(nowMs: number): void {
    super.count(nowMs);
    this.#address?.count(nowMs);
  }

  override get isLittle(): boolean {
    return super.isLittle && this.#address?.isLittle !== false;
  }

  /** Says whether it is one of a crowd: its address asks for much, by however many connections. */
  isOfCrowd(nowMs: number): boolean {
    return this.#address?.isLittleAt(nowMs) === false;
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

  /** Has it ever sent ahead, or did its address ask for much? Costs nothing, and is true of few. */
  get isSuspect(): boolean {
    return this.#aheadAtMs !== Number.NEGATIVE_INFINITY || this.#address?.isLittle === false;
  }

  /** Says whether it sends ahead; who is held does so still. */
  isAhead(nowMs: number): boolean {
    return this.#held > 0 || nowMs - this.#aheadAtMs < demandRememberedMs;
  }
}
