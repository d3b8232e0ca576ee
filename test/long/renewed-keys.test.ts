// An ensemble over TLS whose keys are renewed, and whose authority changes, while 64 clients write.

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { Agent } from 'node:https';
import type { PeerProcess, TestEnsemble } from '../support/ensemble.ts';
import { askHttps, oneConnection } from '../support/tls/https-client.ts';
import type { TestKeys } from '../support/tls/keys.ts';
import { startSecureEnsemble } from '../support/tls/secure-ensemble.ts';
import { until } from '../support/until.ts';

/** Creates znodes one after the other over one connection at a time, at one peer; knows what became of each. */
class Writer {
  readonly written: string[] = [];
  readonly failed: unknown[] = [];
  readonly #agent: Agent = oneConnection();
  #isStopping = false;
  readonly #running: Promise<void>;

  constructor(peer: PeerProcess, ca: () => string, name: string) {
    this.#running = this.#run(peer, ca, name);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
    this.#agent.destroy();
  }

  async #run(peer: PeerProcess, ca: () => string, name: string): Promise<void> {
    for (let turn = 0; !this.#isStopping; turn++) {
      const path = `/v1/nodes/${name}-${String(turn)}?create`;
      try {
        const options = { agent: this.#agent, ca: ca(), method: 'PUT', body: name };
        const answer = await askHttps(`${peer.http}${path}`, options);
        if (answer.status === 201) this.written.push(path);
        else this.failed.push(answer);
      } catch (error) {
        this.failed.push(error);
      }
    }
  }
}

describe('an ensemble over TLS, under load', function () {
  this.timeout(120_000);
  let keys: TestKeys;
  let ensemble: TestEnsemble;
  const ca = (): string => readFileSync(keys.at('keys/ca.pem'), 'utf8');

  before(async () => {
    ({ keys, ensemble } = await startSecureEnsemble());
  });

  after(async () => {
    await ensemble.stop();
    keys.remove();
  });

  const writers = (count: number, name: string): Writer[] =>
    Array.from({ length: count }, (_, index) => {
      const peer = ensemble.peer((index % 3) + 1);
      return new Writer(peer, ca, `${name}-${String(index)}`);
    });
  const written = (all: readonly Writer[]): number =>
    all.reduce((sum, each) => sum + each.written.length, 0);

  it('takes renewed keys over while 64 clients write, and refuses nobody', async () => {
    const all = writers(64, 'renewed');
    const links = (): number =>
      ensemble.peers.reduce((sum, { log }) => sum + log.split('keysRenewed').length - 1, 0);
    for (let round = 1; round <= 2; round++) {
      const from = written(all);
      await until('writes to go on', () => written(all) > from + 200);
      await keys.make({ peers: 3, isRenewal: true });
      for (const peer of ensemble.peers) peer.signal('SIGHUP');
      await until('all peers to have them', () => links() >= 3 * round);
    }
    const from = written(all);
    await until('writes to go on', () => written(all) > from + 200);
    await Promise.all(all.map((each) => each.stop()));
    assert.deepEqual(
      all.flatMap(({ failed }) => failed),
      [],
    );
    const { self } = await ensemble.peer(1).cluster();
    assert.ok(self.role !== 'looking');
  });

  it('goes over from one CA to another while 64 clients write, and refuses nobody', async () => {
    const all = writers(64, 'rotated');
    const { clusterId } = await ensemble.peer(1).cluster();
    const [old, both] = [ca(), keys.at('keys/ca.pem')];
    await keys.make({ directory: keys.at('new'), peers: 3, clusterId });
    const newCa = readFileSync(keys.at('new/ca.pem'), 'utf8');
    const steps: readonly (() => void)[] = [
      // First everybody believes both, peers and clients; then the keys are those of the new one; then the old one goes.
      () => {
        writeFileSync(both, old + newCa);
      },
      () => {
        for (const { id } of ensemble.peers) {
          for (const kind of ['pem', 'key']) {
            const name = `peer-${String(id)}.${kind}`;
            copyFileSync(keys.at('new', name), keys.at('keys', name));
          }
        }
      },
      () => {
        writeFileSync(both, newCa);
      },
    ];
    const renewed = (): number =>
      ensemble.peers.reduce((sum, { log }) => sum + log.split('keysRenewed').length - 1, 0);
    for (const step of steps) {
      const [from, before] = [written(all), renewed()];
      await until('writes to go on', () => written(all) > from + 200);
      step();
      for (const peer of ensemble.peers) peer.signal('SIGHUP');
      await until('all peers to have them', () => renewed() >= before + 3);
    }
    const from = written(all);
    await until('writes to go on', () => written(all) > from + 200);
    await Promise.all(all.map((each) => each.stop()));
    assert.deepEqual(
      all.flatMap(({ failed }) => failed),
      [],
    );
    const [peer] = ensemble.peers;
    await assert.rejects(askHttps(`${peer?.http ?? ''}/livez`, { ca: old }));

    // Peers that meet anew believe the new one alone.
    const leader = await ensemble.leader();
    await leader.end('SIGKILL');
    leader.start();
    await ensemble.ready();
    await ensemble.leader();
  });
});
