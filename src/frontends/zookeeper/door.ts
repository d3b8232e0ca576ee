import type { FourLetterWord } from '../../model/four-letter-word.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Flushes } from './flushes.ts';
import type { RequestDoor } from './operations/client.ts';
import type { Notifications } from './records/notifications.ts';
import type { Parts } from './words/parts.ts';
import type { DoorStatistics } from './words/statistics.ts';

/** What all connections of the door share. */
export interface ZooKeeperDoor extends RequestDoor {
  readonly clock: Clock;
  readonly random: Random;
  /** How long a connection that is over may take to take its last answers. */
  readonly lingerMs: number;
  readonly flushes: Flushes;
  readonly notifications: Notifications;
  readonly statistics: DoorStatistics;
  /** A connection holds so many bytes more or fewer. When all hold too many, who holds most is dropped, perhaps this one. */
  held(bytes: number): void;
  /** What a four-letter word is answered, in parts; `argument` is what came with it. */
  answerWord(word: FourLetterWord, argument: Buffer): Parts;
}
