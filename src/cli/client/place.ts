import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { jsonBody } from './client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { PeerRing } from './peer-ring.ts';
import { documentOf, failureOf, type RestAnswer, type RestAsk } from './rest-client.ts';

/** One request waits no longer than this; the place is kept, and the next request goes on waiting. */
const waitMsMax = 20_000;
/** The first one: whoever still waits then is told for whom. */
const firstWaitMs = 500;
/** What a peer may take above the time that it was asked to wait. */
const patienceMs = 5_000;
const releaseLimitMs = 5_000;
/** Without any peer that answers for so long, waiting for a grant ends. */
const unavailableMsMax = 30_000;
/** So many renewals fit into the time that a place lives without one. */
const renewalsPerTtl = 3;

export interface PlaceOptions {
  /** `/v1/locks/NAME` or `/v1/elections/NAME`. */
  readonly route: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** Told while the place is not granted, with each answer that says so; `ahead` counts the contenders before it. */
  queued?(ahead: number | undefined): Promise<void>;
}

/** What the holder of a lock or the leader of an election was given. */
export interface Grant {
  readonly fencingToken: string;
  readonly path: string;
  readonly expiresInMs: number;
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * A place in the queue of a lock or of an election: taken, kept alive, given back, at whatever peer answers. Its id is
 * random and chosen here, so every request may be sent again.
 */
export class Place {
  readonly #ring: PeerRing;
  readonly #options: PlaceOptions;
  readonly #lockId = randomBytes(16).toString('hex');
  #token: string | undefined;

  constructor(ring: PeerRing, options: PlaceOptions) {
    this.#ring = ring;
    this.#options = options;
  }

  /**
   * Waits for the grant; undefined when it was not granted before `untilMs` (of `performance.now()`). Rejects when
   * `signal` says so.
   */
  async acquire(untilMs: number, signal: AbortSignal): Promise<Grant | undefined> {
    let isQueued = false;
    for (;;) {
      const leftMs = Math.floor(untilMs - performance.now());
      const waitMs = Math.max(0, Math.min(isQueued ? waitMsMax : firstWaitMs, leftMs));
      const answer = await this.#ask(
        {
          ...(isQueued ? this.#poll(waitMs) : this.#enter(waitMs)),
          patienceMs: waitMs + patienceMs,
          signal,
        },
        Math.min(untilMs, performance.now() + waitMs + unavailableMsMax),
      );
      // Nobody heard of us for too long: queue up anew.
      if (isQueued && answer.status === 410) isQueued = false;
      else if (answer.status === 202) isQueued = true;
      else if (answer.status === 200) return this.#granted(answer);
      else throw failureOf(answer);
      if (performance.now() >= untilMs) return undefined;
      if (isQueued) await this.#tellQueued(answer);
    }
  }

  /** Renews until the place is lost, and resolves with the reason; rejects when `signal` says so. */
  async keep(grant: Grant, signal: AbortSignal): Promise<string> {
    // When the grant was confirmed is not known here, only that its answer has come: so the first renewal is at once.
    let lostAtMs = performance.now() + grant.expiresInMs;
    for (;;) {
      const askedAtMs = performance.now();
      const spanMs = Math.max(0, lostAtMs - askedAtMs) / renewalsPerTtl;
      const ask = {
        method: 'POST',
        path: this.#path('/renew'),
        patienceMs: spanMs + 1,
        signal,
      } as const;
      const answer = await this.#ask(ask, lostAtMs).catch(reasonUnlessAborted(signal));
      if (typeof answer === 'string') return answer;
      if (answer.status !== 200) return failureOf(answer).message;
      const { expiresInMs } = documentOf(answer);
      // Counted from before the request: the leader may have heard it as late as just now.
      lostAtMs = askedAtMs + Number(expiresInMs);
      await delay((lostAtMs - askedAtMs) / renewalsPerTtl, undefined, { signal });
    }
  }

  /** Gives the place back, granted or not. What is gone already is no failure. */
  async release(): Promise<void> {
    const headers = this.#token === undefined ? {} : { 'X-Fencing-Token': this.#token };
    const answer = await this.#ask(
      { method: 'DELETE', path: this.#path(), headers, patienceMs },
      performance.now() + releaseLimitMs,
    );
    if (answer.status >= 400 && answer.status !== 410) throw failureOf(answer);
  }

  async #tellQueued(answer: RestAnswer): Promise<void> {
    const { ahead } = documentOf(answer);
    await this.#options.queued?.(typeof ahead === 'number' ? ahead : undefined);
  }

  #granted(answer: RestAnswer): Grant {
    const document = documentOf(answer);
    const { fencingToken, path, expiresInMs } = document;
    this.#token = String(fencingToken);
    return {
      fencingToken: this.#token,
      path: String(path),
      expiresInMs: Number(expiresInMs),
      document,
    };
  }

  #enter(waitMs: number): RestAsk {
    const { route, request } = this.#options;
    const path = `${route}?wait=${String(waitMs)}ms`;
    return { method: 'POST', path, ...jsonBody({ ...request, lockId: this.#lockId }) };
  }

  #poll(waitMs: number): RestAsk {
    return { method: 'GET', path: this.#path(`?wait=${String(waitMs)}ms`) };
  }

  #path(more = ''): string {
    return `${this.#options.route}/${this.#lockId}${more}`;
  }

  #ask(ask: RestAsk, untilMs: number): Promise<RestAnswer> {
    return this.#ring.ask(ask, untilMs);
  }
}

function reasonUnlessAborted(signal: AbortSignal): (error: unknown) => string {
  return (error) => {
    signal.throwIfAborted();
    if (error instanceof CommandFailed && error.exitCode === exitCode.unavailable) {
      return error.message;
    }
    throw error;
  };
}
