import type { Clock } from '../ports/clock.ts';
import type { LogLevel, Logger } from '../ports/logger.ts';

/** Between two lines of one event that strangers can make happen. */
export const repeatedLogEveryMs = 1_000;

/**
 * Logs an event that strangers can make happen as often as they like: one line in `repeatedLogEveryMs`, which says as
 * `times` how often it has happened since the one before.
 */
export class RepeatedLog {
  readonly #ports: { readonly logger: Logger; readonly clock: Clock };
  readonly #level: LogLevel;
  readonly #event: string;
  #loggedAtMs = Number.NEGATIVE_INFINITY;
  #times = 0;

  constructor(
    ports: { readonly logger: Logger; readonly clock: Clock },
    level: LogLevel,
    event: string,
  ) {
    this.#ports = ports;
    this.#level = level;
    this.#event = event;
  }

  /** It has happened: `fields` are those of this time. */
  happened(fields: Readonly<Record<string, unknown>>): void {
    this.#times++;
    const { logger, clock } = this.#ports;
    const now = clock.now();
    if (now - this.#loggedAtMs < repeatedLogEveryMs) return;
    this.#loggedAtMs = now;
    logger.log(this.#level, this.#event, { ...fields, times: this.#times });
    this.#times = 0;
  }
}
