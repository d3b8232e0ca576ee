import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { problemOf } from '../client.ts';
import type { PeerProcess } from '../ensemble.ts';

/** One grant as its client saw it, on the clock of this process. */
export interface Grant {
  readonly client: number;
  readonly token: bigint;
  readonly path: string;
  /** When the answer was here. */
  readonly grantedAtMs: number;
  /** Just before the release was sent. */
  readonly releasedAtMs: number;
}

interface Status {
  readonly state: 'granted' | 'queued';
  readonly fencingToken: string;
  readonly path: string;
}

const wait = '10s';
/** Longer than any fail-over: whoever loses a place here has lost it for another reason. */
const ttlMs = 60_000;

/**
 * Clients that take one lock in turns over HTTP and go on through crashes. What fails, or gets no answer, is sent again at
 * another peer, under the same lockId.
 */
export class LockClients {
  readonly grants: Grant[] = [];
  /** Places that were gone before they were granted, and other answers that must not be. */
  readonly wrong: string[] = [];
  /** Requests that had to be sent again. */
  repeated = 0;
  readonly #peers: readonly PeerProcess[];
  readonly #name: string;
  readonly #running: Promise<void>[];
  #isStopping = false;
  #turn = 0;
  #lastToken = 0n;

  constructor(peers: readonly PeerProcess[], count: number, name: string) {
    this.#peers = peers;
    this.#name = name;
    this.#running = Array.from({ length: count }, (_, client) => this.#live(client));
  }

  /** Every client finishes what it has begun: nobody is left in the queue. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  async #live(client: number): Promise<void> {
    while (!this.#isStopping) {
      const lockId = randomUUID();
      const status = await this.#acquire(client, lockId);
      if (status === undefined) continue;
      const grantedAtMs = performance.now();
      const token = BigInt(status.fencingToken);
      await this.#useTokens(token);
      const releasedAtMs = performance.now();
      await this.#release(client, lockId);
      this.grants.push({ client, token, path: status.path, grantedAtMs, releasedAtMs });
    }
  }

  /** Undefined when the place was lost. */
  async #acquire(client: number, lockId: string): Promise<Status | undefined> {
    const body = JSON.stringify({ lockId, ttlMs });
    let target = `/v1/locks/${this.#name}`;
    let method = 'POST';
    for (;;) {
      const response = await this.#send(`${target}?wait=${wait}`, {
        method,
        ...(method === 'POST' ? { body } : {}),
      });
      if (response?.status === 200) return (await response.json()) as Status;
      if (response?.status === 202) {
        target = response.headers.get('location') ?? assert.fail('no Location');
        method = 'GET';
      } else if (response !== undefined && response.status < 429) {
        this.wrong.push(`client ${String(client)}: ${(await problemOf(response)).code}`);
        return undefined;
      }
    }
  }

  /** The holder's token opens, that of any earlier holder does not. */
  async #useTokens(token: bigint): Promise<void> {
    const earlier = this.#lastToken;
    this.#lastToken = token;
    const put = (shown: bigint): Promise<Response | undefined> =>
      this.#send(`/v1/nodes/${this.#name}?create`, {
        method: 'PUT',
        body: String(shown),
        headers: { 'x-lock': this.#name, 'x-fencing-token': String(shown) },
      });
    const own = await put(token);
    if (own !== undefined && own.status === 412) this.wrong.push('fenced with the lock in hand');
    if (earlier === 0n) return;
    const stale = await put(earlier);
    if (stale?.ok === true) this.wrong.push('a write with an old token');
  }

  async #release(client: number, lockId: string): Promise<void> {
    let isUncertain = false;
    for (;;) {
      const response = await this.#send(`/v1/locks/${this.#name}/${lockId}`, { method: 'DELETE' });
      if (response?.status === 204) return;
      if (response?.status === 410) {
        if (!isUncertain) this.wrong.push(`client ${String(client)}: lost while it held`);
        return;
      }
      isUncertain = true;
    }
  }

  /** Undefined when there was no answer, or one that asks to try again; after a breath. */
  async #send(target: string, init: RequestInit): Promise<Response | undefined> {
    const running = this.#peers.filter(({ isRunning }) => isRunning);
    if (this.#isStopping && running.length === 0) throw new Error('the ensemble is gone');
    const peer = running[this.#turn++ % Math.max(1, running.length)];
    try {
      if (peer === undefined) throw new Error('no peer runs');
      const signal = AbortSignal.timeout(30_000);
      const response = await fetch(`${peer.http}${target}`, { ...init, signal });
      if (response.status < 429) return response;
      await response.arrayBuffer();
    } catch {
      // The peer was killed, or is about to be.
    }
    this.repeated++;
    await delay(20);
    return undefined;
  }
}

/** Never two at a time; in the order of the queue; every place granted, once. */
export function assertFairAndExclusive({ grants, wrong }: LockClients): void {
  assert.deepEqual(wrong, []);
  const inTime = grants.toSorted((left, right) => left.grantedAtMs - right.grantedAtMs);
  for (const [index, grant] of inTime.entries()) {
    const before = inTime[index - 1];
    if (before === undefined) continue;
    const where = `${JSON.stringify(before.path)} before ${JSON.stringify(grant.path)}`;
    assert.ok(before.releasedAtMs <= grant.grantedAtMs, `two grants at a time: ${where}`);
    assert.ok(before.token < grant.token, `a token that did not grow: ${where}`);
  }
  const places = inTime.map(({ path }) => Number(path.slice(-10)));
  assert.deepEqual(
    places,
    places.map((_, index) => index),
    'the order of the grants is that of the queue, without a gap',
  );
}
