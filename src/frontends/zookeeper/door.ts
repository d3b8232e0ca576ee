import type { FourLetterWord } from '../../model/four-letter-word.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import type { CoordinationService } from '../../service/coordination-service.ts';
import type { Flushes } from './flushes.ts';
import type { Notifications } from './records/notifications.ts';
import type { DoorStatistics } from './words/statistics.ts';

/** What all connections of the door share. */
export interface Door {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** The protocol has no deadlines: what takes longer ends the connection. */
  readonly requestTimeoutMs: number;
  /** How long a connection that is over may take to take its last answers. */
  readonly lingerMs: number;
  /** Zookeeper's extendedTypesEnabled and reconfigEnabled. */
  readonly extendedTypes: boolean;
  readonly reconfigEnabled: boolean;
  readonly flushes: Flushes;
  readonly notifications: Notifications;
  readonly statistics: DoorStatistics;
  /** A connection holds so many bytes more or fewer. When all hold too many, who holds most is dropped, perhaps this one. */
  held(bytes: number): void;
  /** What a four-letter word is answered; `argument` is what came with it. */
  answerWord(word: FourLetterWord, argument: Buffer): string;
}
