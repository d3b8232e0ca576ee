import { isRefusal } from '../model/error-code.ts';
import type { AdvertisedAddresses } from '../model/peer-message.ts';
import { StoreFailed } from '../ports/store.ts';
import type { CoordinationService } from '../service/coordination-service.ts';
import { Entrance } from './local/entrance.ts';
import { Guard, guardPorts } from './guarded-ports.ts';
import { LocalService } from './local/local-service.ts';
import { recover } from './applied/recovery.ts';
import { RunningPeer } from './running-peer.ts';
import type { EnsembleServerOptions, ServerPorts } from './options.ts';
import { stateSource, type StateSource } from './applied/state-source.ts';

const drainCheckMs = 20;

/** One peer of an ensemble, from start to stop. It reaches the world through its ports alone. */
export class EnsembleServer {
  readonly service: CoordinationService;
  readonly #options: EnsembleServerOptions;
  readonly #ports: ServerPorts;
  readonly #guard: Guard;
  readonly #entrance: Entrance;
  readonly #states: StateSource;

  constructor(options: EnsembleServerOptions, ports: ServerPorts) {
    this.#options = options;
    this.#guard = new Guard((cause) => {
      ports.logger.log('error', 'failed', { cause: String(cause) });
      this.#entrance.abandon();
      options.onFatal(cause);
    });
    this.#ports = guardPorts(ports, this.#guard);
    this.#entrance = new Entrance(this.#guard, options, ports);
    this.#states = stateSource(options, ports.hash, this.#ports.clock);
    this.service = new LocalService(this.#ports, options, this.#entrance);
  }

  /** Undefined until started. For the simulator's checkers and for diagnosis: look, don't touch. */
  get peer(): RunningPeer | undefined {
    return this.#entrance.peer;
  }

  /** `onStarted`: recovered, and looking for the others. */
  start(onStarted: () => void): void {
    const { store, codec, clock, logger } = this.#ports;
    const { tuning } = this.#options;
    const parts = { store, codec, clock, logger, tuning, states: this.#states };
    this.#guard.run(() => {
      recover(parts, {
        onRecovered: (recovered) => {
          const peer = new RunningPeer(this.#ports, this.#options, {
            recovered,
            states: this.#states,
          });
          this.#entrance.open(peer);
          peer.start();
          logger.log('info', 'started', {
            incarnation: recovered.stored.incarnation,
            entries: recovered.zab.index.size,
          });
          onStarted();
        },
        onFailure: (failure) => {
          this.#guard.fail(new StoreFailed(failure));
        },
      });
    });
  }

  /** Where clients reach this peer, once its doors are open. */
  advertise(addresses: AdvertisedAddresses): void {
    this.peer?.reporting.advertise(addresses);
  }

  /**
   * Hands over before an orderly stop, when this peer leads and another can: its clients are served on meanwhile. `done`
   * once the next leader can do without this peer, or it was waited for long enough.
   */
  stepDown(done: () => void): void {
    const { peer } = this;
    const { clock } = this.#ports;
    const { stopHandOverMs } = this.#options.tuning;
    const until = clock.now() + stopHandOverMs;
    const leave = (running: RunningPeer): void => {
      const mayWait = !this.#guard.isHalted && clock.now() < until;
      if (mayWait && !running.reporting.isSpared) {
        clock.after(drainCheckMs, () => {
          leave(running);
        });
      } else done();
    };
    const isAsked =
      peer?.zab.status.role === 'leading' &&
      this.#guard.run(() => {
        peer.handOvers.ask(undefined, stopHandOverMs, (result) => {
          // Out of the guard: whoever stops goes on by himself.
          clock.soon(() => {
            if (isRefusal(result)) done();
            else leave(peer);
          });
        });
      });
    if (!isAsked) done();
  }

  /** Takes nothing new in, lets what is under way finish for a while, then leaves and closes the store. */
  stop(done: () => void): void {
    const { clock } = this.#ports;
    this.#entrance.close();
    this.peer?.locks.waits.endAll();
    const until = clock.now() + this.#options.tuning.stopWaitMs;
    const drained = (): void => {
      if (this.#entrance.unanswered > 0 && clock.now() < until) clock.after(drainCheckMs, drained);
      else this.#leave(done);
    };
    drained();
  }

  /** The end without an orderly one: nothing comes in any more, nothing is decided. Network and store are the caller's. */
  abort(): void {
    this.peer?.stop();
    this.#guard.halt();
    this.#entrance.abandon();
  }

  #leave(done: () => void): void {
    const { network, store } = this.#ports;
    this.abort();
    if (this.peer === undefined) store.close(done);
    else {
      network.stop(() => {
        store.close(done);
      });
    }
  }
}
