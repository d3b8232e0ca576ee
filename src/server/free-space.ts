import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Store } from '../ports/store.ts';

const askEveryMs = 5_000;
/** While there is little: what is left goes faster than that. */
const askOftenEveryMs = 1_000;
/**
 * Of the space that is kept free of clients' writes sessions may not touch this share: it is left to what ends sessions and
 * to what the protocol must write (epochs, votes, what a learner is synchronised by). The other three quarters are room for
 * some hundred bytes for each session that is opened or moved, so that clients can come and read.
 */
export const keptFromSessions = 0.25;

/**
 * Watches the disk, so that clients' writes stop while there is room left for sessions, and these while there is room for the
 * protocol's own.
 */
export class FreeSpace {
  readonly #ports: {
    readonly store: Store;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly metrics: Metrics;
  };
  readonly #limits: { readonly freeBytesMin: number; readonly freeShareMax: number };
  #free = Infinity;
  /** As far as the size of the disk is known. */
  #bytesMin = 0;
  #isEnough = true;
  #askedAtMs = -askEveryMs;

  constructor(
    ports: {
      readonly store: Store;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly metrics: Metrics;
    },
    limits: { readonly freeBytesMin: number; readonly freeShareMax: number },
  ) {
    this.#ports = ports;
    this.#limits = limits;
  }

  /** For whatever clients ask for. */
  get isEnough(): boolean {
    return this.#isEnough;
  }

  /** For sessions to be opened and moved. */
  get isEnoughForSessions(): boolean {
    return this.#free >= this.#bytesMin * keptFromSessions;
  }

  /** Every tick. */
  consider(): void {
    const now = this.#ports.clock.now();
    const everyMs = this.#isEnough ? askEveryMs : askOftenEveryMs;
    if (now - this.#askedAtMs < everyMs) return;
    this.#askedAtMs = now;
    this.#ports.store.freeBytes((free, total) => {
      const { freeBytesMin, freeShareMax } = this.#limits;
      this.#bytesMin = Math.min(freeBytesMin, Math.floor(total * freeShareMax));
      const isEnough = free >= this.#bytesMin;
      this.#ports.metrics.gauge('disk_free_bytes', free);
      if (isEnough !== this.#isEnough) {
        this.#ports.logger.log('warn', isEnough ? 'diskSpaceBack' : 'diskSpaceLow', {
          free,
          atLeast: this.#bytesMin,
        });
      }
      this.#isEnough = isEnough;
      this.#free = free;
    });
  }
}
