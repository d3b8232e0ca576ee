import {
  HealthImplementation,
  type Server,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '#grpc';
import type { Clock } from '../../ports/clock.ts';
import { serviceNames } from './messages/protocol.ts';

/** How often it is looked at for the watchers' sake; whoever asks is told how it is at that moment. */
const lookEveryMs = 100;

/** gRPC's standard health service: SERVING while the peer is ready, for the peer as a whole and each of its services. */
export class Health {
  readonly #implementation: HealthImplementation;
  readonly #isReady: () => boolean;
  readonly #timer: { cancel(): void };
  #isServing: boolean | undefined;
  #isStopping = false;

  constructor(clock: Clock, isReady: () => boolean) {
    this.#implementation = new HealthImplementation();
    this.#isReady = isReady;
    this.#timer = clock.every(lookEveryMs, () => {
      this.look();
    });
    this.look();
  }

  addTo(server: Pick<Server, 'addService'>): void {
    const looksFirst =
      (handler: (...call: unknown[]) => void) =>
      (...call: unknown[]): void => {
        this.look();
        handler(...call);
      };
    this.#implementation.addToServer({
      addService(definition: ServiceDefinition, methods: UntypedServiceImplementation): void {
        const looking = Object.entries(methods).map(([name, handler]) => [
          name,
          looksFirst(handler as (...call: unknown[]) => void),
        ]);
        server.addService(definition, Object.fromEntries(looking) as UntypedServiceImplementation);
      },
    });
  }

  look(): void {
    const isServing = !this.#isStopping && this.#isReady();
    if (isServing === this.#isServing) return;
    this.#isServing = isServing;
    const status = isServing ? 'SERVING' : 'NOT_SERVING';
    for (const name of ['', ...serviceNames]) this.#implementation.setStatus(name, status);
  }

  /** Watchers hear of it; nothing is looked at any more. */
  stop(): void {
    this.#isStopping = true;
    this.look();
    this.#timer.cancel();
  }
}
