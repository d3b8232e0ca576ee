import type { Clock } from '../../../ports/clock.ts';
import type { LogLevel, Logger } from '../../../ports/logger.ts';

/** So many lines of one event are written in a minute: what a client can make us say again and again fills no disk. */
export const linesPerMinuteMax = 20;

const minuteMs = 60_000;

interface EventLines {
  untilMs: number;
  lines: number;
  leftOut: number;
}

/** Writes to a log, and of each event only so much. The next line of the event says how many were left out before. */
export class SparingLog implements Logger {
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** By event: there are as many as the code has. */
  readonly #events = new Map<string, EventLines>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  log(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const now = this.#clock.now();
    let of = this.#events.get(event);
    if (of === undefined || now >= of.untilMs) {
      of = { untilMs: now + minuteMs, lines: 0, leftOut: of?.leftOut ?? 0 };
      this.#events.set(event, of);
    }
    if (of.lines >= linesPerMinuteMax) {
      of.leftOut++;
      return;
    }
    of.lines++;
    this.#logger.log(level, event, of.leftOut === 0 ? fields : { ...fields, leftOut: of.leftOut });
    of.leftOut = 0;
  }
}
