import type { FourLetterWord } from '../../model/four-letter-word.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Account, Budget } from '../../service/budget/budget.ts';
import type { Work } from '../../service/budget/work.ts';
import type { DoorGuard } from '../../service/door-guard.ts';
import type { RepeatedLog } from '../../service/repeated-log.ts';
import type { Flushes } from '../entrance/flushes.ts';
import type { EventFlushes } from './event-flushes.ts';
import type { RequestDoor } from './operations/client.ts';
import type { Notifications } from './records/notifications.ts';
import type { Parts } from './words/parts.ts';
import type { DoorStatistics } from './words/statistics.ts';

/** What all connections of the door share. */
export interface ZooKeeperDoor extends RequestDoor {
  readonly clock: Clock;
  /** How long a connection that is over may take to take its last answers. */
  readonly lingerMs: number;
  readonly flushes: Flushes;
  /** For connections that are owed nothing but events. */
  readonly eventFlushes: EventFlushes;
  readonly notifications: Notifications;
  readonly statistics: DoorStatistics;
  readonly budget: Budget;
  /** What takes more than a moment: the rest of requests that came together, and large answers. */
  readonly work: Work;
  readonly clientsAhead: RepeatedLog;
  readonly guard: DoorGuard;
  /**
   * A connection holds so many bytes more. When its address, or all, hold too many, whoever holds most of them is
   * dropped, perhaps this one.
   */
  holdMore(connection: Holding, bytes: number): void;
  /** What a four-letter word is answered, in parts; `argument` is what came with it. */
  answerWord(word: FourLetterWord, argument: Buffer): Parts;
}

/** A connection as far as it holds what is not whole yet. */
export interface Holding {
  readonly account: Account;
  /** Counted in the account. */
  readonly heldBytes: number;
  drop(): void;
}
