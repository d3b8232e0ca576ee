import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { GrpcClient, refusalOf, znodes } from '../support/grpc-client.ts';

describe('grpc: znodes', () => {
  let ensemble: TestEnsemble;
  let client: GrpcClient;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, grpc: true });
    client = new GrpcClient(ensemble.peer(1).grpc);
  });

  after(async () => {
    client.close();
    await ensemble.stop();
  });

  it('creates, reads, sets and deletes', async () => {
    const made = await client.call(znodes.Create, { path: '/a', data: Buffer.from('one') });
    assert.equal(made.path, '/a');
    assert.equal(made.stat?.version, 0);
    assert.equal(made.zxid.toString(), made.stat.czxid.toString());
    assert.equal(made.meta?.role, 'PEER_ROLE_LEADER');
    assert.equal(made.replayed, false);

    const read = await client.call(znodes.Get, { path: '/a' });
    assert.equal(read.data.toString(), 'one');
    assert.equal(read.nullData, false);
    assert.deepEqual(read.stat, made.stat);

    const set = await client.call(znodes.Set, { path: '/a', data: Buffer.from('two') });
    assert.equal(set.stat?.version, 1);
    assert.equal(set.created, false);

    const found = await client.call(znodes.Exists, { path: '/a' });
    assert.deepEqual(found.stat, set.stat);

    const gone = await client.call(znodes.Delete, {
      path: '/a',
      expected: { version: 1, czxid: made.zxid },
    });
    assert.equal(gone.deleted, 1);
    const missing = await refusalOf(client.call(znodes.Exists, { path: '/a' }));
    assert.equal(missing.code, status.NOT_FOUND);
    assert.equal(missing.reason, 'NONODE');
    assert.equal(missing.domain, 'quoll');
    assert.equal(missing.facts['zkCode'], '-101');
    assert.equal(missing.facts['retryable'], 'false');
    assert.equal(missing.facts['applied'], 'no');
    assert.equal(missing.facts['path'], '/a');
  });
});
