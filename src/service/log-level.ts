import type { LogLevel } from '../ports/logger.ts';
import type { Asking } from './auth.ts';

/** A level that is to go back by itself does so after a day at the latest. */
export const logLevelForMsMax = 86_400_000;

export interface LogLevelView {
  readonly level: LogLevel;
  /** What its configuration says, and what it goes back to. */
  readonly configured: LogLevel;
  /** Undefined: it stays until the peer ends. */
  readonly backInMs: number | undefined;
}

/** Shows and sets what this peer logs, without a restart. Of this peer alone, and not kept. */
export interface LogLevelService {
  /** Throws a `ServiceError` where the log is not the peer's own to set, as in a program that embeds it. */
  show(): LogLevelView;
  /**
   * For administrators; while grants are off, for whoever may switch them on. Judged by what this peer has applied: a peer
   * that has no quorum is one whose log is wanted. `forMs`: after that it goes back; undefined: it stays.
   */
  set(
    wish: { readonly level: LogLevel; readonly forMs: number | undefined },
    asking: Asking,
  ): Promise<LogLevelView>;
}
