import { type CreateOp, type TreeOp } from '../../src/model/request.ts';
import { ask, requestTimeoutMs, sleep } from './asking.ts';
import { reapedRoot, type Reaping } from './checkers/reaping.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import { create, remove, set } from '../support/model/requests.ts';

interface World {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly nodes: readonly PeerNode[];
  readonly reaping: Reaping;
}

/** Less than a session lives: drawn so that many run out while the clients are at it. */
const ttlMsMin = 200;
const ttlMsMax = 1_200;
const wallOffsetMsMax = 3_000;

/** Make containers and TTL znodes, touch them or not, and leave them to the reaper; and set wall clocks. */
export class ReapClients {
  readonly #world: World;
  readonly #setsWalls: boolean;
  #names = 0;
  #isStopped = false;

  constructor(world: World) {
    this.#world = world;
    this.#setsWalls = world.random.chance(0.5);
    world.reaping.wallsAreSet = this.#setsWalls;
  }

  start(): void {
    void this.#live();
    if (this.#setsWalls) void this.#setWalls();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #live(): Promise<void> {
    const { random } = this.#world;
    while (!this.#isStopped) {
      await this.#sleep(random.exponential(300));
      // Several at a time, each with a life of its own.
      if (random.chance(0.6)) void this.#useTtl();
      else void this.#useContainer();
    }
  }

  async #useTtl(): Promise<void> {
    const { random } = this.#world;
    const name = `${reapedRoot}/t${String(++this.#names)}`;
    const ttlMs = Math.round(random.between(ttlMsMin, ttlMsMax));
    await this.#write([this.#create(name, { kind: 'ttl', ttlMs })]);
    for (let touches = random.below(4); touches > 0 && !this.#isStopped; touches--) {
      // Also when it is just about to go: what is under way then must count.
      await this.#sleep(random.between(0.3, 1.3) * ttlMs);
      await this.#write([set(name, this.#now())]);
    }
    if (random.chance(0.2)) await this.#fillAndEmpty(name);
  }

  async #useContainer(): Promise<void> {
    const name = `${reapedRoot}/c${String(++this.#names)}`;
    await this.#write([this.#create(name, { kind: 'container' })]);
    if (this.#world.random.chance(0.8)) await this.#fillAndEmpty(name);
  }

  async #fillAndEmpty(name: string): Promise<void> {
    const { random } = this.#world;
    for (let times = 1 + random.below(2); times > 0; times--) {
      await this.#write([this.#create(`${name}/x`, { kind: 'persistent' })]);
      await this.#sleep(random.exponential(200));
      await this.#write([remove(`${name}/x`)]);
    }
  }

  async #setWalls(): Promise<void> {
    const { random, nodes } = this.#world;
    while (!this.#isStopped) {
      await this.#sleep(random.exponential(1_000));
      random.pick(nodes).setWall(random.between(-wallOffsetMsMax, wallOffsetMsMax));
    }
  }

  #create(at: string, more: Pick<CreateOp, 'kind'> & { ttlMs?: number }): CreateOp {
    // A child never brings its parent back as another kind.
    const parents = more.kind !== 'persistent';
    return create(at, { data: this.#now(), parents, ...more });
  }

  /** When it was sent, for the checker. */
  #now(): string {
    return String(this.#world.scheduler.nowMs);
  }

  async #write(ops: readonly TreeOp[]): Promise<void> {
    const { scheduler, random, nodes } = this.#world;
    const request = { kind: 'multi', single: true, ops } as const;
    await ask(scheduler, random.pick(nodes), ({ service }) =>
      service.write(request, { identities: [] }, { timeoutMs: requestTimeoutMs }),
    );
  }

  #sleep(ms: number): Promise<void> {
    return sleep(this.#world.scheduler, ms);
  }
}
