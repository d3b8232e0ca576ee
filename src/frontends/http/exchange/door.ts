import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Random } from '../../../ports/random.ts';
import type { Budget } from '../../../service/budget/budget.ts';
import type { Work } from '../../../service/budget/work.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';
import type { Flushes } from '../../entrance/flushes.ts';
import type { BodyPace } from './body-pace.ts';
import type { Debtors } from './debtors.ts';
import type { Tickets } from './tickets.ts';

/** Holds what all handlers of this door share. */
export interface HttpDoor {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly requestTimeoutMs: number;
  readonly budget: Budget;
  readonly work: Work;
  readonly bodyPace: BodyPace;
  readonly debtors: Debtors;
  readonly tickets: Tickets;
  readonly metricsText: () => Promise<string>;
  /** TLS is spoken to all clients. */
  readonly isSecure: boolean;
  /** Has answers leave together that are given together. */
  readonly flushes: Flushes;
  /** Gives `X-Served-By`, and `X-Cluster-Id` once there is one, as lines of a head. */
  peerLines(): string;
  isStopping(): boolean;
  /** Has `run` called when this door stops, for answers that could be long in coming; what it gives takes that back. */
  whenStopping(run: () => void): () => void;
}
