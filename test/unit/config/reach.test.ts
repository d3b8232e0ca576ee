import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config/load.ts';
import { writeNewSecret } from '../../../src/config/secret.ts';

describe('the address that clients are told', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-reach-'));
    writeNewSecret(join(folder, 'secret'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const wildcard of ['0.0.0.0', '[::]', '0', '[0:0:0:0:0:0:0:0]', '[::ffff:0.0.0.0]']) {
    it(`is never ${wildcard}`, () => {
      const file = join(folder, 'zoo.cfg');
      const lines = [
        `server.1=${wildcard}:2888:3888`,
        'server.2=zoo2:2888:3888',
        'quoll.http.host=0.0.0.0',
        `quoll.peer.secretFile=${join(folder, 'secret')}`,
        'quoll.tls=off',
      ];
      writeFileSync(file, lines.join('\n'));
      const outcome = loadConfig({ file, flags: { serverId: '1' }, environment: {} });
      assert.ok(outcome.kind === 'loaded');
      assert.equal(outcome.config.advertise, hostname());
      assert.deepEqual(outcome.config.allowedHosts, [hostname()]);
      assert.match(outcome.notices[0]?.text ?? '', /no address that clients can go to.*advertise/);
      const flags = { serverId: '1', advertise: 'zoo1.example' };
      const said = loadConfig({ file, flags, environment: {} });
      assert.ok(said.kind === 'loaded' && said.config.advertise === 'zoo1.example');
      assert.deepEqual(said.notices, []);
    });
  }
});
