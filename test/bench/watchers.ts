import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Protocol } from './services.ts';

export interface WatchersSpec {
  readonly protocol: Protocol;
  /** Of the one server that all of them are at. */
  readonly address: string;
  readonly watchers: number;
  readonly path: string;
  /** After so long the process fails, whatever it is doing. */
  readonly secondsMax: number;
}

/** To the process: what the data of the next change begins with. ZooKeeper's events carry none. */
export interface Round {
  readonly marker: string;
}

/** From the process. `arrivedAt`: when the last watcher had it, by `process.hrtime.bigint()`. */
export type WatchersMessage =
  | { readonly kind: 'watching' | 'armed' }
  | { readonly kind: 'arrived'; readonly arrivedAt: string }
  | { readonly kind: 'failed'; readonly why: string };

const program = fileURLToPath(new URL('./watchers-main.js', import.meta.url));

/** Watchers of one znode, in a process of their own. */
export class Watchers {
  readonly #child: ChildProcess;
  readonly #messages: WatchersMessage[] = [];
  readonly #ended: Promise<unknown>;
  #hasEnded = false;
  #onNews: () => void = () => undefined;

  private constructor(spec: WatchersSpec) {
    this.#child = fork(program, [JSON.stringify(spec)], { stdio: 'inherit' });
    this.#child.on('message', (message) => {
      this.#messages.push(message as WatchersMessage);
      this.#onNews();
    });
    this.#ended = once(this.#child, 'exit').then(() => {
      this.#hasEnded = true;
      this.#onNews();
    });
  }

  /** Resolves when every watch is there. */
  static async start(spec: WatchersSpec): Promise<Watchers> {
    const watchers = new Watchers(spec);
    try {
      await watchers.#hear('watching');
      return watchers;
    } catch (error) {
      await watchers.stop();
      throw error;
    }
  }

  /** From now on a change counts whose data begins with `marker`. */
  async arm(marker: string): Promise<void> {
    this.#child.send({ marker } satisfies Round);
    await this.#hear('armed');
  }

  /** When the last watcher had it. */
  async lastArrival(): Promise<bigint> {
    const message = await this.#hear('arrived');
    if (message.kind !== 'arrived') throw new Error(`out of turn: ${message.kind}`);
    return BigInt(message.arrivedAt);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #hear(kind: WatchersMessage['kind']): Promise<WatchersMessage> {
    for (;;) {
      const message = this.#messages.shift();
      if (message?.kind === 'failed') throw new Error(`watchers: ${message.why}`);
      if (message?.kind === kind) return message;
      if (message !== undefined) throw new Error(`watchers: ${message.kind} in place of ${kind}`);
      if (this.#hasEnded) throw new Error('the process of the watchers has ended');
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    }
  }
}
