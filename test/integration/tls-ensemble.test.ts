// An ensemble whose peers speak TLS with one another and with all clients, by keys as `quoll tls new` makes them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Agent } from 'node:https';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { askHttps, oneConnection } from '../support/tls/https-client.ts';
import { TestKeys } from '../support/tls/keys.ts';
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

describe('an ensemble over TLS', function () {
  this.timeout(120_000);
  let keys: TestKeys;
  let ensemble: TestEnsemble;
  const ca = (): string => readFileSync(keys.at('keys/ca.pem'), 'utf8');

  before(async () => {
    keys = new TestKeys();
    await keys.make({ peers: 3 });
    ensemble = await startEnsemble({
      peers: 3,
      grpc: true,
      zookeeper: true,
      keys: keys.at('keys'),
    });
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

  it('elects, agrees, and goes on when the leader is killed and comes back', async () => {
    const leader = await ensemble.leader();
    const others = ensemble.peers.filter((peer) => peer !== leader);
    const [other] = others;
    assert.ok(other !== undefined);
    const write = async (path: string) =>
      askHttps(`${other.http}/v1/nodes${path}?create`, { ca: ca(), method: 'PUT', body: 'x' });
    assert.equal((await write('/before')).status, 201);
    await leader.end('SIGKILL');
    await until('a write without the old leader', async () =>
      [200, 201].includes((await write('/during')).status),
    );
    leader.start();
    await ensemble.ready();
    const { body } = await leader.ask('/v1/nodes/during');
    assert.equal(body, 'x');
    assert.doesNotMatch(ensemble.peers.map(({ log }) => log).join(''), /PRIVATE KEY/);
  });

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
});
