import type { ServerId } from '../model/ids.ts';
import type { Membership } from '../model/membership.ts';
import { timeAheadMsMax } from '../model/txn.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { EnsembleServerOptions } from './options.ts';
import type { PeerClocks } from './peer-clocks.ts';

/**
 * The clocks of two peers agree when they are no further apart than this: what a reading may be off by, and what nobody
 * minds.
 */
export const agreesWithinMs = 1_000;

/** The wall clock of a peer that is further than this from the ensemble's time is told of in the log. */
export const clockOffMsMin = 10_000;

/** Alone, the own clock is the time; between two looks it may be slewed by so much. */
const ownDoubtMs = 100;

interface EnsembleTimeParts {
  readonly options: Pick<EnsembleServerOptions, 'self' | 'configuredVoters'>;
  readonly clock: Pick<Clock, 'now' | 'recent' | 'wall'>;
  readonly logger: Logger;
  readonly clocks: Pick<PeerClocks, 'offsets'>;
  /** What is applied here: who votes, and the time of the last txn; 0 for none. */
  readonly applier: {
    readonly membership: Membership | null;
    readonly state: { readonly lastTimeMs: number };
  };
}

/**
 * The time that a leader stamps by: its own wall clock as long as that agrees with the median of the voters' clocks that it
 * hears, else that median. So no clock that is set wrong, the leader's own included, is believed against a majority.
 *
 * Of an even number of clocks the lower of the two in the middle counts, unless it would take time back: then the upper. So
 * of two clocks the one that jumps is not believed, and a peer alone believes its own.
 */
export class EnsembleTime {
  readonly #parts: EnsembleTimeParts;
  /** By how much the ensemble's time is ahead of the monotonic clock here. */
  #aheadMs: number | undefined;
  #isAlone = true;
  readonly #off = new Set<ServerId>();

  constructor(parts: EnsembleTimeParts) {
    this.#parts = parts;
    this.begin();
  }

  /** A leadership begins: what was agreed before was agreed with others. */
  begin(): void {
    this.#aheadMs = undefined;
    this.look();
  }

  /** Every tick, and when a clock was read. */
  look(): void {
    const { clock } = this.#parts;
    const now = clock.now();
    const all = [clock.wall() - now, ...this.#offsets().values()];
    this.#isAlone = all.length === 1;
    const recorded = this.#parts.applier.state.lastTimeMs;
    const soFarMs = this.#aheadMs ?? (recorded === 0 ? Infinity : recorded - now);
    this.#aheadMs = middleOf(all, soFarMs - timeAheadMsMax);
  }

  now(): number {
    return this.#parts.clock.now();
  }

  /** Unix milliseconds, whole and never negative: what txns carry. */
  wall(): number {
    const { clock } = this.#parts;
    const own = clock.wall();
    const aheadMs = this.#aheadMs ?? 0;
    let agreed = clock.recent() + aheadMs;
    // The wall is looked at anew, and so is this where they do not agree.
    if (Math.abs(own - agreed) > agreesWithinMs) agreed = clock.now() + aheadMs;
    return Math.max(0, Math.abs(own - agreed) <= agreesWithinMs ? own : Math.round(agreed));
  }

  /** By how much two leaders' times may differ while a majority of clocks is right. */
  get doubtMs(): number {
    return this.#isAlone ? ownDoubtMs : 2 * agreesWithinMs + ownDoubtMs;
  }

  /** How far the wall clock here is ahead of the ensemble's time. */
  get ownOffMs(): number {
    const { clock } = this.#parts;
    return Math.round(clock.wall() - clock.now() - (this.#aheadMs ?? 0));
  }

  /** How far the clocks of the voters heard, this peer's included, are from the ensemble's time. */
  *distances(): Iterable<[ServerId, number]> {
    const aheadMs = this.#aheadMs ?? 0;
    yield [this.#parts.options.self, this.ownOffMs];
    for (const [id, offsetMs] of this.#offsets()) yield [id, Math.round(offsetMs - aheadMs)];
  }

  /** Says, once each, whose clock is far from the ensemble's time, and whose is not any more. For a leader. */
  report(): void {
    const { logger } = this.#parts;
    for (const [peer, offMs] of this.distances()) {
      const isOff = Math.abs(offMs) > clockOffMsMin;
      if (isOff === this.#off.has(peer)) continue;
      if (isOff) this.#off.add(peer);
      else this.#off.delete(peer);
      logger.log(isOff ? 'warn' : 'info', isOff ? 'clockOff' : 'clockRight', { peer, offMs });
    }
  }

  /** This peer does not lead any more. */
  ended(): void {
    this.#off.clear();
  }

  /** Of the other voters that this leader hears. */
  #offsets(): ReadonlyMap<ServerId, number> {
    const { applier, options, clocks } = this.#parts;
    return clocks.offsets(
      applier.membership?.voters.map(({ id }) => id) ?? options.configuredVoters,
    );
  }
}

/** Gives the median; of an even number the lower of the two in the middle, or the upper when the lower is below `least`. */
function middleOf(all: number[], least: number): number {
  all.sort((left, right) => left - right);
  const upper = all[all.length >> 1] ?? 0;
  if (all.length % 2 === 1) return upper;
  const lower = all[(all.length >> 1) - 1] ?? upper;
  return lower < least ? upper : lower;
}
