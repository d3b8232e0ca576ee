import type { logLevels } from '../model/log-level.ts';

export type LogLevel = (typeof logLevels)[number];

/**
 * Takes events with fields, never sentences built from parts. error: something was lost; warn: may heal by itself;
 * info: rare and worth an operator's eye; debug: per request. Fields are values as they are: whoever writes the line
 * shows a zxid in hex.
 */
export interface Logger {
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a logger writes, this level and the graver ones: set while it is in use. */
export interface LogThreshold {
  level: LogLevel;
}
