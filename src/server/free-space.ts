import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Store } from '../ports/store.ts';

const askEveryMs = 5_000;

/** Watches the disk, so that clients' writes stop while there is room left for the protocol's own. */
export class FreeSpace {
  readonly #ports: {
    readonly store: Store;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly metrics: Metrics;
  };
  readonly #bytesMin: number;
  #isEnough = true;
  #askedAtMs = -askEveryMs;

  constructor(
    ports: {
      readonly store: Store;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly metrics: Metrics;
    },
    bytesMin: number,
  ) {
    this.#ports = ports;
    this.#bytesMin = bytesMin;
  }

  get isEnough(): boolean {
    return this.#isEnough;
  }

  /** Every tick. */
  consider(): void {
    const now = this.#ports.clock.now();
    if (now - this.#askedAtMs < askEveryMs) return;
    this.#askedAtMs = now;
    this.#ports.store.freeBytes((free) => {
      const isEnough = free >= this.#bytesMin;
      this.#ports.metrics.gauge('disk_free_bytes', free);
      if (isEnough !== this.#isEnough) {
        this.#ports.logger.log('warn', isEnough ? 'diskSpaceBack' : 'diskSpaceLow', {
          free,
          atLeast: this.#bytesMin,
        });
      }
      this.#isEnough = isEnough;
    });
  }
}
