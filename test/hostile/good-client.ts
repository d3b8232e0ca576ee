import { Agent, request } from 'node:http';
import { create } from './requests.ts';

/** What a client that does nothing wrong saw, in milliseconds. */
export interface Seen {
  readonly reads: Latencies;
  readonly writes: Latencies;
}

export interface Latencies {
  readonly count: number;
  /** Anything but a success, and what had no answer at all. */
  readonly failures: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Asks this often of each peer; one request after the other, on a connection of its own. */
const pauseMs = 5;
const patienceMs = 20_000;
const path = '/v1/nodes/good';

/** Reads from the first peer and writes at the last, until it is told to stop. */
export class GoodClient {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #loops: Promise<Latencies>[];
  #isOver = false;

  private constructor(http: readonly string[]) {
    this.#loops = [
      this.#repeat(() => this.#ask(http[0] ?? '', 'GET')),
      this.#repeat(() => this.#ask(http.at(-1) ?? '', 'PUT')),
    ];
  }

  static async start(http: readonly string[]): Promise<GoodClient> {
    await create(http[0] ?? '', '/good', 'data');
    return new GoodClient(http);
  }

  async stop(): Promise<Seen> {
    this.#isOver = true;
    const [reads, writes] = await Promise.all(this.#loops);
    this.#agent.destroy();
    if (reads === undefined || writes === undefined) throw new Error('there are two loops');
    return { reads, writes };
  }

  async #repeat(once: () => Promise<boolean>): Promise<Latencies> {
    const took: number[] = [];
    let failures = 0;
    while (!this.#isOver) {
      const startedAt = performance.now();
      if (!(await once())) failures++;
      took.push(performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    took.sort((one, other) => one - other);
    const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? 0;
    return { count: took.length, failures, p50: at(0.5), p99: at(0.99), max: at(1) };
  }

  #ask(address: string, method: 'GET' | 'PUT'): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = request(
        `http://${address}${path}`,
        { method, agent: this.#agent, timeout: patienceMs },
        (response) => {
          response.resume();
          response.on('end', () => {
            resolve(response.statusCode === 200);
          });
          response.on('error', () => {
            resolve(false);
          });
        },
      );
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => {
        resolve(false);
      });
      asked.end(method === 'PUT' ? 'data' : undefined);
    });
  }
}
