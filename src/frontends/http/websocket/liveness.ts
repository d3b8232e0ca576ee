import type { Clock, Timer } from '../../../ports/clock.ts';
import { pingIntervalMs, stuckMsMax } from './limits.ts';

export interface LivenessOptions {
  /** Says whether the socket is not read now: its pongs can't be seen. */
  readonly isUnheard: () => boolean;
  readonly blockedMs: () => number;
  readonly ping: () => void;
  /** Is called when something was heard since the last time. */
  readonly isAlive: () => void;
  readonly dead: () => void;
}

/** How much of a session's time-out may pass between two signs of life. */
const beatsPerTimeout = 3;
const silentBeatsMax = 2;

/** Pings a socket, and tells whether its other end still answers. */
export class Liveness {
  readonly #clock: Clock;
  readonly #options: LivenessOptions;
  #beat: Timer;
  #wasHeard = true;
  #silentBeats = 0;

  constructor(clock: Clock, options: LivenessOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#beat = this.#every(pingIntervalMs);
  }

  heard(): void {
    this.#wasHeard = true;
  }

  /** Adapts the beat to the session that the socket carries now. */
  carries(sessionTimeoutMs: number | undefined): void {
    const beatMs = (sessionTimeoutMs ?? Infinity) / beatsPerTimeout;
    this.#beat.cancel();
    this.#beat = this.#every(Math.min(pingIntervalMs, beatMs));
  }

  stop(): void {
    this.#beat.cancel();
  }

  #every(ms: number): Timer {
    return this.#clock.every(ms, () => {
      this.#look();
    });
  }

  #look(): void {
    const { isUnheard, blockedMs, ping, isAlive, dead } = this.#options;
    if (blockedMs() > stuckMsMax) {
      dead();
      return;
    }
    if (isUnheard()) return;
    this.#silentBeats = this.#wasHeard ? 0 : this.#silentBeats + 1;
    if (this.#silentBeats >= silentBeatsMax) {
      dead();
      return;
    }
    if (this.#wasHeard) isAlive();
    this.#wasHeard = false;
    ping();
  }
}
