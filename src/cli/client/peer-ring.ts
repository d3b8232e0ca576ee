import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { ClientTls } from './client-tls.ts';
import { describeListener } from './listener.ts';
import {
  askPeer,
  documentOf,
  failureOf,
  NoAnswer,
  noneOf,
  type PeerFailure,
  type RestAnswer,
  type RestAsk,
} from './rest-client.ts';

const pauseMsMin = 50;
const pauseMsMax = 1_000;
const learnPatienceMs = 2_000;
/** While there is another peer to ask, one that gives no answer for so long is left: it may stand still. */
const turnAfterMs = 5_000;

/** The peers that a command may turn to: those that it was given; a long one adds those that they know of. */
export class PeerRing {
  readonly #bases: URL[];
  /** Of all that are asked by https. */
  readonly tls: ClientTls | undefined;
  /** Of all requests: what proves who asks. */
  readonly headers: Readonly<Record<string, string>>;
  #at = 0;

  constructor(
    bases: readonly URL[],
    {
      tls,
      token,
    }: { readonly tls?: ClientTls | undefined; readonly token?: string | undefined } = {},
  ) {
    this.#bases = [...bases];
    this.tls = tls;
    this.headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }

  get current(): URL {
    const base = this.#bases[this.#at];
    if (base === undefined) throw new Error('a ring has at least one peer');
    return base;
  }

  /** A request may be sent more than once: it has to be one that does no more then. */
  get mayRepeat(): boolean {
    return this.#bases.length > 1;
  }

  /** Turns to the next one, which is asked from now on. */
  turn(): void {
    this.#at = (this.#at + 1) % this.#bases.length;
  }

  /**
   * Asks for a success, of one peer after the other while they give no answer or "not now"; the one that gave it is
   * asked first from then on. Rejects with what a peer refused by, or with what each of them said.
   */
  async askForSuccess(ask: RestAsk): Promise<RestAnswer> {
    const failures: PeerFailure[] = [];
    for (let left = this.#bases.length; left > 0; left--) {
      const base = this.current;
      const patience = left > 1 ? { patienceMs: ask.patienceMs ?? turnAfterMs } : {};
      const outcome = await this.#askOnce(base, { ...ask, ...patience });
      if (!(outcome instanceof CommandFailed)) {
        if (outcome.status < 300) return outcome;
        throw failureOf(outcome);
      }
      failures.push({ base, failure: outcome });
      this.turn();
    }
    throw noneOf(await named(failures));
  }

  /** Asks for a JSON document. */
  async document(ask: RestAsk): Promise<Readonly<Record<string, unknown>>> {
    return documentOf(await this.askForSuccess(ask));
  }

  /** Asks for a change, which is done once however often it has to be sent. */
  change(ask: RestAsk): Promise<RestAnswer> {
    if (!this.mayRepeat) return this.askForSuccess(ask);
    return this.askForSuccess({
      ...ask,
      headers: { 'Idempotency-Key': randomUUID(), ...ask.headers },
    });
  }

  /**
   * Adds the peers that the first of these to answer knows of. When none does, rejects with what each of them failed
   * by: somebody who begins wants to hear of that at once.
   */
  async learn(): Promise<void> {
    const ask = { method: 'GET', path: '/v1/cluster', patienceMs: learnPatienceMs } as const;
    const failures: PeerFailure[] = [];
    for (const base of [...this.#bases]) {
      const peers = peersIn(await this.#askOnce(base, ask));
      if (peers instanceof CommandFailed) {
        failures.push({ base, failure: peers });
        continue;
      }
      this.know(peers);
      return;
    }
    throw noneOf(await named(failures));
  }

  /** Adds peers, as `host:port`; what is no address, or is there already, is left out. */
  know(addresses: readonly string[]): void {
    const { protocol } = this.current;
    for (const address of addresses) {
      const url = `${protocol}//${address}`;
      if (!/^[^/]+:\d+$/.test(address) || !URL.canParse(url)) continue;
      const base = new URL(url);
      if (!this.#bases.some(({ origin }) => origin === base.origin)) this.#bases.push(base);
    }
  }

  /** Asks all but the current one at once; resolves with the answers that came. */
  async askOthers(ask: RestAsk): Promise<readonly RestAnswer[]> {
    const others = this.#bases.filter((base) => base !== this.current);
    const outcomes = await Promise.all(others.map((base) => this.#askOnce(base, ask)));
    return outcomes.flatMap((outcome) => (outcome instanceof CommandFailed ? [] : [outcome]));
  }

  /**
   * Asks one peer after the other until one gives an answer that is not "not now", for requests that may be sent again.
   * Gives up at `untilMs` (of `performance.now()`), after one try at least, with what failed last; or with `signal`.
   */
  async ask(ask: RestAsk, untilMs: number): Promise<RestAnswer> {
    for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
      const outcome = await this.#askOnce(this.current, ask);
      ask.signal?.throwIfAborted();
      if (!(outcome instanceof CommandFailed)) return outcome;
      this.turn();
      if (performance.now() + pauseMs > untilMs) throw outcome;
      await delay(pauseMs, undefined, ask.signal === undefined ? {} : { signal: ask.signal });
    }
  }

  /** An answer, or why there was none for now; rejects with what another try would not help. */
  async #askOnce(base: URL, ask: RestAsk): Promise<RestAnswer | CommandFailed> {
    try {
      const headers = { ...this.headers, ...ask.headers };
      const answer = await askPeer(base, { ...ask, headers }, this.tls);
      if (answer.status < 400) return answer;
      const failure = failureOf(answer);
      return failure.exitCode === exitCode.unavailable ? failure : answer;
    } catch (error) {
      if (error instanceof CommandFailed) return error;
      throw error;
    }
  }
}

function peersIn(answer: RestAnswer | CommandFailed): readonly string[] | CommandFailed {
  if (answer instanceof CommandFailed) return answer;
  try {
    const { peers } = documentOf(answer);
    const all = Array.isArray(peers) ? (peers as { http?: unknown }[]) : [];
    return all.flatMap(({ http }) => (typeof http === 'string' && http !== '' ? [http] : []));
  } catch (error) {
    if (error instanceof CommandFailed) return error;
    throw error;
  }
}

/** Says what listens where something does that gave no answer in HTTP. */
function named(failures: readonly PeerFailure[]): Promise<PeerFailure[]> {
  return Promise.all(
    failures.map(async ({ base, failure }) => ({
      base,
      failure: failure instanceof NoAnswer ? await describeListener(failure) : failure,
    })),
  );
}
