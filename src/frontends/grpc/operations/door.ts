import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Random } from '../../../ports/random.ts';
import type { Work } from '../../../service/budget/work.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';

/** What all handlers of this door share. */
export interface GrpcDoor {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Long work is done there, a piece of each address's in turn. */
  readonly work: Work;
  /** How long an answer is waited for when the client does not say. */
  readonly requestTimeoutMs: number;
}
