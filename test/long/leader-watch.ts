import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterJson, PeerProcess } from '../support/ensemble.ts';

const lookEveryMs = 50;
const answerMsMax = 2_000;

/**
 * Looks through a whole run who says that it leads, and in which epoch: at the HTTP door and by ZooKeeper's `srvr`, of all
 * peers in turn. In the end the logs say it too, of moments between two looks.
 */
export class LeaderWatch {
  readonly #peers: readonly PeerProcess[];
  readonly #leaders = new Map<number, Set<number>>();
  readonly #running: Promise<void>[];
  #isStopping = false;
  /** Answers that somebody leads. */
  seen = 0;

  constructor(peers: readonly PeerProcess[]) {
    this.#peers = peers;
    this.#running = peers.map((peer) => this.#watch(peer));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  get epochs(): number {
    return this.#leaders.size;
  }

  /** No epoch has two, by what they said and by what they logged. */
  assertOneAnEpoch(): void {
    for (const { id, log } of this.#peers) {
      for (const [, epoch] of log.matchAll(/"event":"established","epoch":(\d+)/g)) {
        this.#note(Number(epoch), id);
      }
    }
    const twice = [...this.#leaders].filter(([, ids]) => ids.size > 1);
    assert.deepEqual(twice, [], 'epochs with more than one leader');
    assert.ok(this.seen > 0 && this.#leaders.size > 0, 'somebody led');
  }

  async #watch(peer: PeerProcess): Promise<void> {
    while (!this.#isStopping) {
      if (peer.isRunning) {
        try {
          await this.#look(peer);
        } catch {
          // It has just died, or does not listen yet.
        }
      }
      await delay(lookEveryMs);
    }
  }

  async #look(peer: PeerProcess): Promise<void> {
    const signal = AbortSignal.timeout(answerMsMax);
    const answer = await fetch(`${peer.http}/v1/cluster`, { signal });
    const { self, epoch } = (await answer.json()) as ClusterJson;
    if (self.role === 'leader') this.#saw(epoch, peer.id);
    const words = await srvr(peer.zookeeper);
    const [, zxid] = /^Zxid: 0x([0-9a-f]+)$/m.exec(words) ?? [];
    // The epoch of what it has applied: that of its leadership once it has written something in it.
    if (zxid === undefined || !/^Mode: leader$/m.test(words)) return;
    const again = await peer.cluster();
    const applied = Number(BigInt(`0x${zxid}`) >> 40n);
    if (again.self.role === 'leader' && again.epoch === applied) this.#saw(applied, peer.id);
  }

  #saw(epoch: number, id: number): void {
    this.seen++;
    this.#note(epoch, id);
  }

  #note(epoch: number, id: number): void {
    const ids = this.#leaders.get(epoch) ?? new Set();
    this.#leaders.set(epoch, ids.add(id));
  }
}

/** What a peer answers to the word, at its door for ZooKeeper's clients. */
async function srvr(address: string): Promise<string> {
  const at = address.lastIndexOf(':');
  const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
  socket.setTimeout(answerMsMax, () => socket.destroy());
  socket.end('srvr');
  let text = '';
  for await (const part of socket) text += String(part);
  return text;
}
