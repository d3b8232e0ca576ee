import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { askPeer, documentOf, failureOf, type RestAnswer, type RestAsk } from './rest-client.ts';

const pauseMsMin = 50;
const pauseMsMax = 1_000;
const learnPatienceMs = 2_000;

/** The peers that a long command may turn to: those that it was given, then those that they know of. */
export class PeerRing {
  readonly #bases: URL[];
  #at = 0;

  constructor(bases: readonly URL[]) {
    this.#bases = [...bases];
  }

  get current(): URL {
    const base = this.#bases[this.#at];
    if (base === undefined) throw new Error('a ring has at least one peer');
    return base;
  }

  /** Turns to the next one, which is asked from now on. */
  turn(): void {
    this.#at = (this.#at + 1) % this.#bases.length;
  }

  /**
   * Adds the peers that the first of these to answer knows of. When none does, rejects with what the last one failed
   * by: somebody who begins wants to hear of that at once.
   */
  async learn(): Promise<void> {
    const ask = { method: 'GET', path: '/v1/cluster', patienceMs: learnPatienceMs } as const;
    let failure: CommandFailed | undefined;
    for (const base of [...this.#bases]) {
      const answer = await askOnce(base, ask);
      if (answer instanceof CommandFailed) {
        failure = answer;
        continue;
      }
      const { peers } = documentOf(answer);
      for (const { http } of Array.isArray(peers) ? (peers as { http?: unknown }[]) : []) {
        if (typeof http === 'string' && http !== '') this.#add(`${base.protocol}//${http}`);
      }
      return;
    }
    throw failure ?? new Error('a ring has at least one peer');
  }

  #add(url: string): void {
    if (!URL.canParse(url)) return;
    const base = new URL(url);
    if (!this.#bases.some(({ origin }) => origin === base.origin)) this.#bases.push(base);
  }

  /**
   * Asks one peer after the other until one gives an answer that is not "not now", for requests that may be sent again.
   * Gives up at `untilMs` (of `performance.now()`), after one try at least, with what failed last; or with `signal`.
   */
  async ask(ask: RestAsk, untilMs: number): Promise<RestAnswer> {
    for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
      const outcome = await askOnce(this.current, ask);
      ask.signal?.throwIfAborted();
      if (!(outcome instanceof CommandFailed)) return outcome;
      this.turn();
      if (performance.now() + pauseMs > untilMs) throw outcome;
      await delay(pauseMs, undefined, ask.signal === undefined ? {} : { signal: ask.signal });
    }
  }
}

/** An answer, or why there was none for now; rejects with what another try would not help. */
async function askOnce(base: URL, ask: RestAsk): Promise<RestAnswer | CommandFailed> {
  try {
    const answer = await askPeer(base, ask);
    if (answer.status < 400) return answer;
    const failure = failureOf(answer);
    return failure.exitCode === exitCode.unavailable ? failure : answer;
  } catch (error) {
    if (error instanceof CommandFailed) return error;
    throw error;
  }
}
