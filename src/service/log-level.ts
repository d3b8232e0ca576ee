import type { LogLevel } from '../ports/logger.ts';
import type { Asking } from './auth.ts';

/** A level that is to go back by itself does so after a day at the latest. */
export const logLevelForMsMax = 86_400_000;

export interface LogLevelView {
  readonly level: LogLevel;
  /** What its configuration says, and what it goes back to. */
  readonly configured: LogLevel;
  /** From which time on a request is slow, and logged; 0: none is. */
  readonly slowRequestMs: number;
  /** Undefined: it stays until the peer ends. */
  readonly backInMs: number | undefined;
}

/** What is logged from now on: at least one of the two. */
export interface LogWish {
  readonly level?: LogLevel | undefined;
  readonly slowRequestMs?: number | undefined;
  /** After that both go back; undefined: they stay. */
  readonly forMs?: number | undefined;
}

/** Shows and sets what this peer logs, without a restart. Of this peer alone, and not kept. */
export interface LogLevelService {
  /** Throws a `ServiceError` where the log is not the peer's own to set, as in a program that embeds it. */
  show(): LogLevelView;
  /**
   * For administrators; while grants are off, for whoever may switch them on. Judged by what this peer has applied: a peer
   * that has no quorum is one whose log is wanted.
   */
  set(wish: LogWish, asking: Asking): Promise<LogLevelView>;
}
