import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import type { Bench, Benchmark } from './benchmark.ts';
import { median } from './figures.ts';

const path = '/hand-over';
const writers = 8;
/** Long enough for the peer to end and for an election, should there be one. */
const watchedMs = 1_500;

/** Clients that write one after the other over one connection each, to one peer, and note when they were answered. */
class Writers {
  /** Of acknowledged writes, in order. */
  readonly answeredAt: number[] = [];
  refused = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: writers });
  readonly #done: Promise<unknown>;
  #isOver = false;

  constructor(peer: PeerProcess) {
    this.#done = Promise.all(Array.from({ length: writers }, () => this.#write(peer)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
    this.#agent.destroy();
  }

  async #write(peer: PeerProcess): Promise<void> {
    while (!this.#isOver) {
      const status = await this.#once(peer);
      if (status === 200) this.answeredAt.push(performance.now());
      else this.refused++;
    }
  }

  #once(peer: PeerProcess): Promise<number | undefined> {
    return new Promise((resolve) => {
      const url = `${peer.http}/v1/nodes${path}`;
      const sent = request(url, { method: 'PUT', agent: this.#agent }, (answer) => {
        answer.resume().on('end', () => {
          resolve(answer.statusCode);
        });
      });
      sent.on('error', () => {
        resolve(undefined);
      });
      sent.end('x'.repeat(100));
    });
  }
}

interface Measured {
  readonly gapMs: number;
  readonly refused: number;
}

export const handOver: Benchmark = {
  name: 'handover',
  about: 'leadership handed over, by hand and before an orderly stop',
  async run({ lines, runs, isQuick }, bench) {
    const ensemble = await startEnsemble({ peers: 3, lines, nodeFlags: [] });
    try {
      const created = await put(await ensemble.leader(), path, 'begun');
      if (created.status !== 201) throw new Error(await created.text());
      const times = isQuick ? 2 : runs;
      report('nothing happens', await measure(ensemble, times, () => Promise.resolve()), bench);
      report('leadership moved by hand', await measure(ensemble, times, move), bench);
      report('SIGTERM of the leader', await measure(ensemble, times, stopInOrder), bench);
    } finally {
      await ensemble.stop();
    }
  },
};

async function measure(
  ensemble: TestEnsemble,
  runs: number,
  happens: (leader: PeerProcess) => Promise<unknown>,
): Promise<Measured[]> {
  const found: Measured[] = [];
  for (let run = 0; run < runs; run++) {
    for (const peer of ensemble.peers) if (!peer.isRunning) peer.start();
    await ensemble.ready();
    const leader = await ensemble.leader();
    const stays = ensemble.peers.filter((peer) => peer !== leader)[run % 2];
    if (stays === undefined) throw new Error('one peer alone');
    const load = new Writers(stays);
    await delay(300 + Math.random() * 100);
    const from = performance.now();
    await happens(leader);
    await delay(Math.max(0, watchedMs - (performance.now() - from)));
    await load.stop();
    found.push({ gapMs: longestGap(load.answeredAt, from), refused: load.refused });
  }
  return found;
}

function longestGap(answeredAt: readonly number[], from: number): number {
  let longest = 0;
  let before = from;
  for (const at of answeredAt) {
    if (at < from) continue;
    longest = Math.max(longest, at - before);
    before = at;
  }
  return longest;
}

async function move(leader: PeerProcess): Promise<void> {
  const answer = await fetch(`${leader.http}/v1/cluster/leader`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (!answer.ok) throw new Error(await answer.text());
  await answer.arrayBuffer();
}

async function stopInOrder(leader: PeerProcess): Promise<void> {
  await leader.end('SIGTERM');
}

function report(what: string, found: readonly Measured[], bench: Bench): void {
  const conditions =
    `3 peers, ${String(found.length)} runs; ${String(writers)} clients that write 100 bytes each, one after the other, at a ` +
    `peer that stays; the longest time between two acknowledged writes within ${String(watchedMs)} ms`;
  const gaps = found.map(({ gapMs }) => gapMs);
  const add = (name: string, value: number, unit: 'ms' | 'writes'): void => {
    bench.add({ what: `${what}: ${name}`, value, unit, conditions });
  };
  add('longest gap, median', median(gaps), 'ms');
  add('worst', Math.max(...gaps), 'ms');
  add(
    'refused or lost',
    found.reduce((sum, { refused }) => sum + refused, 0),
    'writes',
  );
}
