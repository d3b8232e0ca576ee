import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestEnsemble } from '../support/ensemble.ts';
import { askHttps, oneConnection } from '../support/tls/https-client.ts';
import type { TestKeys } from '../support/tls/keys.ts';
import { startSecureEnsemble } from '../support/tls/secure-ensemble.ts';

const program = fileURLToPath(new URL('./tls-flood-main.js', import.meta.url));

const attackMs = 4_000;

describe('beside whoever floods ports that speak TLS', function () {
  this.timeout(120_000);
  let keys: TestKeys;
  let ensemble: TestEnsemble;
  let attacker: ChildProcess | undefined;

  before(async () => {
    ({ keys, ensemble } = await startSecureEnsemble());
  });

  afterEach(async () => {
    if (attacker === undefined) return;
    const ended = once(attacker, 'exit');
    attacker.kill('SIGKILL');
    await ended;
    attacker = undefined;
  });

  after(async () => {
    await ensemble.stop();
    keys.remove();
  });

  async function attack(kind: 'begin' | 'finish'): Promise<void> {
    const leader = await ensemble.leader();
    const line = new RegExp(`^server\\.${String(leader.id)}=([^:]+):(\\d+):(\\d+)`, 'm');
    const [, host = '', quorum = '', election = ''] = line.exec(leader.configText) ?? [];
    const peerPorts = [`${host}:${quorum}`, `${host}:${election}`];
    const doors = [new URL(leader.http).host, leader.grpc, leader.zookeeper];
    // As from another machine.
    const args = [program, kind, '127.0.0.9', ...doors, ...peerPorts];
    attacker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const { stdout } = attacker;
    assert.ok(stdout !== null);
    await once(stdout, 'data');
  }

  for (const [kind, about] of [
    ['begin', 'begins handshakes and goes on with none'],
    ['finish', 'goes through handshakes one after the other'],
  ] as const) {
    it(`nobody loses the lead or a client, old or new: who ${about}`, async () => {
      const leader = await ensemble.leader();
      const { epoch } = await leader.cluster();
      const ca = readFileSync(keys.at('keys', 'ca.pem'));
      const agent = oneConnection();
      await attack(kind);
      const until = performance.now() + attackMs;
      let answers = 0;
      while (performance.now() < until) {
        const path = `/v1/nodes/flood-${kind}-${String(answers)}?create`;
        const write = { ca, agent, method: 'PUT', body: 'x' };
        assert.equal((await askHttps(`${leader.http}${path}`, write)).status, 201);
        assert.equal((await askHttps(`${leader.http}/v1/nodes/`, { ca })).status, 200, 'anew');
        answers++;
      }
      assert.ok(answers > 3, String(answers));
      agent.destroy();
      const after = await (await ensemble.leader()).cluster();
      assert.equal(after.epoch, epoch, 'nobody loses the lead');
      for (const peer of ensemble.peers) await peer.ready();
    });
  }
});
