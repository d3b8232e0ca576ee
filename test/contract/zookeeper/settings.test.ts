import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { call, expectProblem, expectStatus, type Sent } from '../../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { GrpcClient, refusalOf, znodes } from '../../support/grpc-client.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { until } from '../../support/until.ts';

// What a zoo.cfg says to ZooKeeper's clients holds at every other door too.

const authorization = `Basic ${Buffer.from('super:secret').toString('base64')}`;
const digest = createHash('sha1').update('super:secret').digest('base64');

describe('settings of ZooKeeper, at every door', () => {
  let ensemble: TestEnsemble;
  let base: string;
  let client: GrpcClient;

  before(async () => {
    ensemble = await startEnsemble({
      peers: 1,
      grpc: true,
      lines: [
        `DigestAuthenticationProvider.superDigest=super:${digest}`,
        'enforceQuota=true',
        'extendedTypesEnabled=false',
      ],
    });
    base = ensemble.peer(1).http;
    client = new GrpcClient(ensemble.peer(1).grpc);
  });

  after(async () => {
    client.close();
    await ensemble.stop();
  });

  describe('superDigest', () => {
    /** A znode that nobody may do anything with. */
    async function closed(name: string): Promise<string> {
      const sent = { headers: { 'x-acl': 'digest:nobody:x:cdrwa' }, body: 'x' };
      await expectStatus(201, base, 'POST', `/v1/nodes/?name=${name}`, sent);
      return `/v1/nodes/${name}`;
    }

    it('lets in by Basic over REST whoever proves it, and nobody else', async () => {
      const target = await closed('rest');
      const other = `Basic ${Buffer.from('super:other').toString('base64')}`;
      for (const headers of [{}, { authorization: other }]) {
        await expectProblem({ status: 403, code: 'NOAUTH' }, base, 'GET', target, { headers });
      }
      const own: Sent = { headers: { authorization } };
      await expectStatus(200, base, 'GET', target, own);
      await expectStatus(200, base, 'PUT', target, { ...own, body: 'y' });
      const acl = (await expectStatus(200, base, 'GET', `${target}?acl`, own)).json()['acl'];
      assert.deepEqual(acl, [{ permissions: 'cdrwa', scheme: 'digest', id: 'nobody:x' }]);
    });

    it('lets in by Basic over gRPC, and in the name of its digest alone makes "auth" entries', async () => {
      await closed('grpc');
      const metadata = { authorization };
      const denied = await refusalOf(client.call(znodes.Get, { path: '/grpc' }));
      assert.equal(denied.code, status.PERMISSION_DENIED);
      await client.call(znodes.Get, { path: '/grpc' }, { metadata });
      const acl = [{ permissions: 31, scheme: 'auth', id: '' }];
      await client.call(znodes.SetAcl, { path: '/grpc', acl }, { metadata });
      const read = await client.call(znodes.GetAcl, { path: '/grpc' }, { metadata });
      assert.deepEqual(read.acl, [{ permissions: 31, scheme: 'digest', id: `super:${digest}` }]);
    });

    it('lets a WebSocket read and watch', async () => {
      await closed('socket');
      const socket = await SocketClient.open(base, { headers: { authorization } });
      const stranger = await SocketClient.open(base);
      await stranger.refused('NOAUTH', 'get', { path: '/socket' });
      await socket.ok('get', { path: '/socket' });
      const watch = socket.send('watch', { path: '/socket' });
      await socket.answer(watch);
      await expectStatus(200, base, 'PUT', '/v1/nodes/socket', {
        headers: { authorization },
        body: 'z',
      });
      await until('the event', () =>
        socket.events(watch).find(({ type }) => type === 'dataChanged'),
      );
      socket.ws.close();
      stranger.ws.close();
    });
  });

  it('who guesses at the password of superDigest is throttled, and logged without the guess', async () => {
    const statuses = new Set<number>();
    for (let count = 0; !statuses.has(429); count++) {
      const pair = Buffer.from(`super:guess${String(count)}`).toString('base64');
      const headers = { authorization: `Basic ${pair}` };
      statuses.add((await call(base, 'GET', '/v1/nodes/?stat', { headers })).status);
    }
    const { log } = ensemble.peer(1);
    assert.match(log, /authFailed/);
    assert.ok(!log.includes('guess'));
  });

  it('extendedTypesEnabled=false refuses a TTL, alone and in a transaction', async () => {
    const expected = { status: 501, code: 'UNIMPLEMENTED' };
    const problem = await expectProblem(expected, base, 'POST', '/v1/nodes/?name=brief&ttl=1s');
    assert.equal(problem['path'], '/brief');
    const refusal = await refusalOf(
      client.call(znodes.Txn, {
        ops: [{ create: { path: '/long' } }, { create: { path: '/brief', ttlMs: 1_000 } }],
      }),
    );
    assert.equal(refusal.code, status.UNIMPLEMENTED);
    await expectStatus(404, base, 'HEAD', '/v1/nodes/long');
  });

  it('enforceQuota=true refuses what goes above a hard limit', async () => {
    await expectStatus(201, base, 'PUT', '/v1/nodes/narrow?create');
    for (const [name, body] of [
      ['zookeeper_limits', 'count=-1,bytes=-1=;byteHardLimit=3;countHardLimit=-1'],
      ['zookeeper_stats', 'count=0,bytes=0'],
    ] as const) {
      const target = `/v1/nodes/zookeeper/quota/narrow/${name}?create&parents`;
      await expectStatus(201, base, 'PUT', target, { body });
    }
    const target = '/v1/nodes/narrow';
    await expectStatus(200, base, 'PUT', target, { body: '123' });
    const expected = { status: 507, code: 'QUOTAEXCEEDED' };
    const problem = await expectProblem(expected, base, 'PUT', target, { body: '1234' });
    assert.deepEqual(
      [problem['zkCode'], problem['limit'], problem['actual'], problem['applied']],
      [-125, 3, 4, 'no'],
    );
    const path = '/narrow/child';
    const refusal = await refusalOf(client.call(znodes.Create, { path, data: Buffer.from('x') }));
    assert.deepEqual([refusal.code, refusal.reason], [status.RESOURCE_EXHAUSTED, 'QUOTAEXCEEDED']);
  });
});
