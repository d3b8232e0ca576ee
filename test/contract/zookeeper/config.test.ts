import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { expectProblem, expectStatus } from '../../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

describe('/zookeeper/config', () => {
  const target = '/v1/nodes/zookeeper/config';
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, observers: 1, zookeeper: true });
  });

  after(async () => {
    await ensemble.stop();
  });

  async function textAt(id: number): Promise<string> {
    return (await expectStatus(200, ensemble.peer(id).http, 'GET', target)).text;
  }

  it('has the server lines of the configuration, and where the doors for ZooKeeper are', async () => {
    const config = readFileSync(ensemble.peer(1).configFile, 'utf8');
    const lines = config.split('\n').filter((line) => line.startsWith('server.'));
    const expected = lines.map((line, index) => `${line};${ensemble.peer(index + 1).zookeeper}\n`);
    for (const { id } of ensemble.peers) {
      const text = await until('it to be published', async () => {
        const found = await textAt(id);
        return found === '' ? undefined : found;
      });
      assert.equal(text, `${expected.join('')}version=0`);
    }
  });

  it('is for everybody to read, and for nobody to write', async () => {
    const { http } = ensemble.peer(2);
    const acl = (await expectStatus(200, http, 'GET', `${target}?acl`)).json()['acl'];
    assert.deepEqual(acl, [{ permissions: 'r', scheme: 'world', id: 'anyone' }]);
    const denied = { status: 403, code: 'NOAUTH' };
    await expectProblem(denied, http, 'PUT', target, { body: 'mine' });
    await expectProblem({ status: 400, code: 'BADARGUMENTS' }, http, 'DELETE', target);
    await expectProblem(denied, http, 'POST', `${target}?name=child`);
  });
});
