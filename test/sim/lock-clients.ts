import { toBase64Url } from '../../src/base/base64url.ts';
import { locksRoot } from '../../src/model/lock.ts';
import { childOf, nameOf, type ZnodePath } from '../../src/model/path.ts';
import { zxidToDecimal } from '../../src/model/zxid.ts';
import type { LockStatus, Waiting } from '../../src/service/locking.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import { guardedRoot, type ToldGrant } from './checkers/locks.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import { create, multi } from '../support/model/requests.ts';

const requestTimeoutMs = 1_500;
const nobody = { identities: [] };
/** Of the session of each lock. */
export const lockTtlMs = 2_000;
const queues = ['a', 'a', 'a', 'b'].map((name) => childOf(locksRoot, name));
const places = 6;

type Answer = LockStatus | 'lost' | 'nothing';

/** Clients of locks in the whole-peer ring: they enter, wait at any peer, hold, write under guard, release or die. */
export class LockClients {
  readonly grants: ToldGrant[] = [];
  readonly figures = { locksGranted: 0, locksLost: 0 };
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #nodes: readonly PeerNode[];
  #writes = 0;
  #isStopped = false;

  constructor(world: {
    readonly scheduler: Scheduler;
    readonly random: Prng;
    readonly nodes: readonly PeerNode[];
  }) {
    this.#scheduler = world.scheduler;
    this.#random = world.random;
    this.#nodes = world.nodes;
  }

  start(): void {
    for (let client = 0; client < places; client++) void this.#live();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #live(): Promise<void> {
    while (!this.#isStopped) {
      await this.#sleep(this.#random.exponential(100));
      const queue = this.#random.pick(queues);
      const lockId = toBase64Url(this.#random.bytes(16));
      const status = await this.#acquire(queue, lockId);
      if (status === undefined) continue;
      const grant = this.#told(queue, status);
      await this.#hold(queue, lockId, grant);
    }
  }

  /** Undefined when it gave up, or its place was lost. */
  async #acquire(queue: ZnodePath, lockId: string): Promise<LockStatus | undefined> {
    let isIn = false;
    for (let attempt = 0; attempt < 12 && !this.#isStopped; attempt++) {
      // Long ones outlast partitions: the peer that comes back must not grant what it missed.
      const waitMs = this.#random.pick([0, 500, 9_000, 9_000]);
      const options = { waitMs, timeoutMs: requestTimeoutMs };
      // To enter again under the same lockId is as good as to poll.
      const polls = isIn && this.#random.chance(0.6);
      const answer = await this.#ask(waitMs, ({ locks }) =>
        polls
          ? locks.poll(queue, lockId, nobody, options)
          : locks.acquire(
              { queue, lockId, mode: 'exclusive', ttlMs: lockTtlMs, tryOnly: false },
              nobody,
              options,
            ),
      );
      if (answer === 'lost') {
        this.figures.locksLost++;
        return undefined;
      }
      if (answer === 'nothing') {
        await this.#sleep(this.#random.between(0, 100));
        continue;
      }
      isIn = true;
      if (answer.state === 'granted') return answer;
      // Some take the place for the lock.
      if (this.#random.chance(0.3)) await this.#writeGuarded(queue, answer);
    }
    return undefined;
  }

  #told(queue: ZnodePath, { path, token, expiresInMs }: LockStatus): ToldGrant {
    const grantedAtMs = this.#scheduler.nowMs;
    const name = nameOf(queue);
    const grant = {
      queue: name,
      path,
      token,
      grantedAtMs,
      expiresInMs,
      releasedAtMs: undefined,
    };
    this.grants.push(grant);
    this.figures.locksGranted++;
    return grant;
  }

  async #hold(queue: ZnodePath, lockId: string, grant: ToldGrant): Promise<void> {
    const dice = this.#random.below(10);
    await this.#writeGuarded(queue, grant);
    // Some stand still for longer than their session lives, and go on as if nothing had happened.
    if (dice === 0) await this.#sleep(this.#random.between(0.8, 1.6) * lockTtlMs);
    else await this.#sleep(this.#random.exponential(30));
    if (dice < 4) await this.#writeGuarded(queue, grant);
    if (dice === 1) return;
    grant.releasedAtMs = this.#scheduler.nowMs;
    const options = { timeoutMs: requestTimeoutMs, token: grant.token };
    await this.#settle(0, (node, done) => {
      node.turn(({ service }) => {
        service.locks.release(queue, lockId, nobody, options).then(done, refusedOr(done));
      });
    });
  }

  async #writeGuarded(queue: ZnodePath, { token }: Pick<ToldGrant, 'token'>): Promise<void> {
    const name = `${nameOf(queue)}.${zxidToDecimal(token)}.${String(this.#writes++)}`;
    const guard = { op: 'checkLock', path: queue, token } as const;
    const op = create(`${guardedRoot}/${name}`, { data: null, parents: true });
    const request = multi([guard, op]);
    await this.#settle(0, (node, done) => {
      node.turn(({ service }) => {
        const options = { timeoutMs: requestTimeoutMs };
        service.write(request, { identities: [] }, options).then(done, refusedOr(done));
      });
    });
  }

  async #ask(waitMs: number, call: (service: PeerService) => Waiting<LockStatus>): Promise<Answer> {
    let answer: Answer = 'nothing';
    await this.#settle(waitMs, (node, done) => {
      node.turn(({ service }) => {
        const waiting = call(service);
        waiting.result.then(
          (status) => {
            answer = status;
            done();
          },
          (error: unknown) => {
            if (!(error instanceof ServiceError)) throw error;
            if (error.refusal.code === 'lockLost') answer = 'lost';
            done();
          },
        );
      });
    });
    return answer;
  }

  /** Until it is done, or whoever was asked must be dead. What comes later is not heard. */
  async #settle(waitMs: number, run: (node: PeerNode, done: () => void) => void): Promise<void> {
    const node = this.#random.pick(this.#nodes);
    await new Promise<void>((resolve) => {
      const deadline = this.#scheduler.after(waitMs + 3 * requestTimeoutMs, resolve);
      run(node, () => {
        deadline.cancel();
        resolve();
      });
    });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.after(ms, resolve);
    });
  }
}

type PeerService = NonNullable<PeerNode['server']>['service'];

function refusedOr(done: () => void): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ServiceError)) throw error;
    done();
  };
}
