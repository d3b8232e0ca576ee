import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Random } from '../../../ports/random.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';
import type { BodyBudget } from './body.ts';
import type { HeldCarriers } from './held-carriers.ts';
import type { Tickets } from './tickets.ts';

/** What all handlers of this door share. */
export interface HttpDoor {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly requestTimeoutMs: number;
  readonly bodyBudget: BodyBudget;
  readonly held: HeldCarriers;
  readonly tickets: Tickets;
  readonly metricsText: () => Promise<string>;
  /** `X-Served-By`, and `X-Cluster-Id` once there is one. */
  peerHeaders(): readonly string[];
  isStopping(): boolean;
  /** Runs when this door stops, for answers that could be long in coming; the answer takes that back. */
  whenStopping(run: () => void): () => void;
}
