import assert from 'node:assert/strict';
import { get, put } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

describe('an ensemble', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  afterEach(async () => {
    await ensemble.stop();
  });

  it('has observers that serve reads and forward writes, and never count', async () => {
    ensemble = await startEnsemble({ peers: 3, observers: 1 });
    const observer = ensemble.peer(4);
    assert.equal((await put(observer, '/a', 'by an observer')).status, 201);
    assert.equal(await (await get(observer, '/a')).text(), 'by an observer');
    assert.equal((await observer.cluster()).self.role, 'observer');
    for (const id of [1, 2, 3]) {
      assert.equal(await (await get(ensemble.peer(id), '/a')).text(), 'by an observer');
    }
    // Two voters of three are gone: leader or not, one voter and an observer are no quorum.
    await ensemble.peer(1).end('SIGKILL');
    await ensemble.peer(2).end('SIGKILL');
    await until('refused writes', async () => {
      return (await put(observer, '/b', '', 'create&timeout=2s')).status === 503;
    });
  });
});
