import { addressOf } from '../../model/acl.ts';
import type { AuditEvent, AuditKind } from '../../model/audit.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** Records of one kind that one address has each for itself; as many again come back in so many `summedUpEveryMs`. */
export const ownRecordsMax = 20;
/** Beyond them there is one record in this time, which says how many it stands for. */
export const summedUpEveryMs = 1_000;
/** Addresses and kinds that are told apart; all others are summed up together. */
export const floodsMax = 10_000;

/** What strangers can make happen as often as they like. */
const canFlood: ReadonlySet<AuditKind> = new Set([
  'authenticated',
  'ended',
  'authFailed',
  'refused',
]);

interface Flood {
  left: number;
  atMs: number;
  times: number;
  last: AuditEvent | undefined;
}

/**
 * Sums up what comes from one address faster than anybody reads, so that nobody fills the disk or drives out of the
 * files what he has done before.
 */
export class SummedUp {
  readonly #clock: Clock;
  readonly #pass: (event: AuditEvent) => void;
  readonly #floods = new Map<string, Flood>();
  #timer: Timer | undefined;
  #lookedAtMs = 0;

  constructor(clock: Clock, pass: (event: AuditEvent) => void) {
    this.#clock = clock;
    this.#pass = pass;
  }

  take(event: AuditEvent): void {
    if (!canFlood.has(event.event)) {
      this.#pass(event);
      return;
    }
    const flood = this.#floodOf(event);
    const now = this.#clock.now();
    const regained = (now - flood.atMs) / summedUpEveryMs;
    flood.left = Math.min(ownRecordsMax, flood.left + regained);
    flood.atMs = now;
    if (flood.times === 0 && flood.left >= 1) {
      flood.left--;
      this.#pass(event);
      return;
    }
    flood.times++;
    flood.last = event;
    this.#timer ??= this.#clock.after(summedUpEveryMs, () => {
      this.#timer = undefined;
      this.sumUp();
    });
  }

  /** Passes on what is held back. */
  sumUp(): void {
    const now = this.#clock.now();
    for (const flood of this.#floods.values()) {
      const { last, times } = flood;
      if (last !== undefined) {
        this.#pass({ ...last, times });
        flood.last = undefined;
        flood.times = 0;
        // The summary was what had come back.
        flood.left = 0;
        flood.atMs = now;
      }
    }
  }

  /** Of who has been silent for so long that it is as if he came first. */
  #forgetOld(): void {
    const now = this.#clock.now();
    if (now - this.#lookedAtMs < summedUpEveryMs) return;
    this.#lookedAtMs = now;
    for (const [key, { atMs, times }] of this.#floods) {
      if (times === 0 && now - atMs > ownRecordsMax * summedUpEveryMs) this.#floods.delete(key);
    }
  }

  #floodOf({ event, who }: AuditEvent): Flood {
    const key = `${event} ${addressOf(who)}`;
    const known = this.#floods.get(key);
    if (known !== undefined) return known;
    if (this.#floods.size >= floodsMax) this.#forgetOld();
    const own = this.#floods.size >= floodsMax ? event : key;
    const found = this.#floods.get(own);
    if (found !== undefined) return found;
    const flood = { left: ownRecordsMax, atMs: this.#clock.now(), times: 0, last: undefined };
    this.#floods.set(own, flood);
    return flood;
  }
}
