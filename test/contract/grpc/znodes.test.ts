import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { CreateRequest } from '../../../src/generated/quoll/v1/znode.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import {
  collected,
  GrpcClient,
  refusalOf,
  richErrorOf,
  znodes,
} from '../../support/grpc-client.ts';

describe('grpc: znodes', () => {
  let ensemble: TestEnsemble;
  let client: GrpcClient;

  before(async () => {
    ensemble = await borrowEnsemble();
    client = new GrpcClient((await ensemble.leader()).grpc);
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

  it('tells null from empty', async () => {
    await client.call(znodes.Create, { path: '/null', nullData: true });
    await client.call(znodes.Create, { path: '/empty' });
    const none = await client.call(znodes.Get, { path: '/null' });
    assert.deepEqual([none.nullData, none.data.length], [true, 0]);
    const empty = await client.call(znodes.Get, { path: '/empty' });
    assert.deepEqual([empty.nullData, empty.data.length], [false, 0]);
    const both = { path: '/both', nullData: true, data: Buffer.from('x') };
    const refused = await refusalOf(client.call(znodes.Create, both));
    assert.equal(refused.reason, 'BADARGUMENTS');
    assert.match(refused.detail, /^null_data: /);
  });

  it('makes sequential znodes, parents, containers and znodes with a time to live', async () => {
    const first = await client.call(znodes.Create, {
      path: '/deep/er/n-',
      sequential: true,
      parents: true,
    });
    assert.equal(first.path, '/deep/er/n-0000000000');
    await client.call(znodes.Create, { path: '/box', kind: 'ZNODE_KIND_CONTAINER' });
    await client.call(znodes.Create, { path: '/brief', ttlMs: 60_000 });
    for (const wrong of [
      { path: '/w', kind: 'ZNODE_KIND_TTL' },
      { path: '/w', kind: 'ZNODE_KIND_PERSISTENT', ttlMs: 5 },
      { path: '/w', kind: 77 },
      { path: 'w' },
      { path: '/w', acl: [{ permissions: 32, scheme: 'world', id: 'anyone' }] },
      { path: '/w', idempotencyKey: 'with space' },
    ] as const) {
      const refused = await refusalOf(client.call(znodes.Create, wrong as CreateRequest));
      assert.equal(refused.code, status.INVALID_ARGUMENT, JSON.stringify(wrong));
    }
    const ephemeral = { path: '/e', kind: 'ZNODE_KIND_EPHEMERAL' } as const;
    const sessionless = await refusalOf(client.call(znodes.Create, ephemeral));
    assert.equal(sessionless.code, status.INVALID_ARGUMENT);
  });

  it('sets with create, and by version', async () => {
    const path = '/upsert/here';
    const missing = await refusalOf(client.call(znodes.Set, { path }));
    assert.equal(missing.reason, 'NONODE');
    const made = await client.call(znodes.Set, { path, create: true, parents: true });
    assert.equal(made.created, true);
    const stale = await refusalOf(client.call(znodes.Set, { path, expected: { version: 5 } }));
    assert.equal(stale.code, status.ABORTED);
    assert.equal(stale.reason, 'BADVERSION');
    const another = { version: -1, czxid: 7 };
    const replaced = await refusalOf(client.call(znodes.Set, { path, expected: another }));
    assert.equal(replaced.reason, 'BADVERSION');
    const contradiction = { path, create: true, expected: another };
    const refused = await refusalOf(client.call(znodes.Set, contradiction));
    assert.equal(refused.reason, 'BADARGUMENTS');
  });

  it('deletes a subtree', async () => {
    await client.call(znodes.Create, { path: '/tree/a', parents: true });
    await client.call(znodes.Create, { path: '/tree/b' });
    const full = await refusalOf(client.call(znodes.Delete, { path: '/tree' }));
    assert.equal(full.reason, 'NOTEMPTY');
    const gone = await client.call(znodes.Delete, { path: '/tree', recursive: true });
    assert.equal(gone.deleted, 3);
  });

  it('lists children by pages and as a stream, each exactly once', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`);
    await client.call(znodes.Create, { path: '/list' });
    const ops = names.map((name) => ({
      create: { path: `/list/${name}`, data: Buffer.from(name) },
    }));
    await client.call(znodes.Txn, { ops });

    const page = await client.call(znodes.ListChildren, { path: '/list', limit: 10 });
    assert.deepEqual(
      page.children.map(({ name }) => name),
      names.slice(0, 10),
    );
    assert.equal(page.more, true);
    assert.equal(page.children[0]?.stat, null);
    const rest = await client.call(znodes.ListChildren, { path: '/list', after: 'c09' });
    assert.deepEqual(
      rest.children.map(({ name }) => name),
      names.slice(10),
    );
    assert.equal(rest.more, false);

    const request = { path: '/list', pageSize: 7, withData: true };
    const { messages, error } = await collected(client.stream(znodes.StreamChildren, request));
    assert.equal(error, undefined);
    assert.deepEqual(
      messages.map(({ children }) => children.length),
      [7, 7, 7, 4],
    );
    const children = messages.flatMap((message) => message.children);
    assert.deepEqual(
      children.map(({ data }) => data.toString()),
      names,
    );
    assert.ok(messages.every(({ moved }) => !moved));
    const missing = await collected(client.stream(znodes.StreamChildren, { path: '/no' }));
    assert.equal(richErrorOf(missing.error).reason, 'NONODE');
  });

  it('keeps ACLs', async () => {
    const read = [{ permissions: 1, scheme: 'world', id: 'anyone' }];
    await client.call(znodes.Create, { path: '/acl' });
    const before = await client.call(znodes.GetAcl, { path: '/acl' });
    assert.deepEqual(before.acl, [{ permissions: 31, scheme: 'world', id: 'anyone' }]);
    const empty = await refusalOf(client.call(znodes.SetAcl, { path: '/acl', acl: [] }));
    assert.equal(empty.code, status.INVALID_ARGUMENT);
    const stale = { path: '/acl', acl: read, expected: { aversion: 3 } };
    assert.equal((await refusalOf(client.call(znodes.SetAcl, stale))).reason, 'BADVERSION');
    const set = await client.call(znodes.SetAcl, { path: '/acl', acl: read });
    assert.equal(set.stat?.aversion, 1);
    const denied = await refusalOf(client.call(znodes.Set, { path: '/acl' }));
    assert.equal(denied.code, status.PERMISSION_DENIED);
    assert.equal(denied.reason, 'NOAUTH');
  });

  it('knows a digest identity by Basic authorization', async () => {
    const basic = (pair: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    });
    const digest = createHash('sha1').update('ann:secret').digest('base64');
    const acl = [{ permissions: 31, scheme: 'digest', id: `ann:${digest}` }];
    await client.call(znodes.Create, { path: '/hers', acl });
    const path = '/hers';
    const metadata = basic('ann:secret');
    assert.equal((await client.call(znodes.Get, { path }, { metadata })).data.length, 0);
    const other = await refusalOf(
      client.call(znodes.Get, { path }, { metadata: basic('ann:wrong') }),
    );
    assert.equal(other.reason, 'NOAUTH');
    assert.equal((await refusalOf(client.call(znodes.Get, { path }))).reason, 'NOAUTH');
    for (const authorization of ['Bearer x', 'Basic bm90aGluZw==', 'Session 5']) {
      const refused = await refusalOf(
        client.call(znodes.Get, { path }, { metadata: { authorization } }),
      );
      assert.equal(refused.code, status.UNAUTHENTICATED, authorization);
      assert.equal(refused.reason, 'AUTHFAILED');
    }
  });

  it('does all of a transaction, or all of the other branch', async () => {
    const done = await client.call(znodes.Txn, {
      ops: [
        { create: { path: '/t', data: Buffer.from('0') } },
        { checkAbsent: { path: '/t2' } },
        { set: { path: '/t', data: Buffer.from('1'), expected: { version: 0 } } },
        { check: { path: '/t', expected: { version: 1 } } },
        { setAcl: { path: '/t', acl: [{ permissions: 31, scheme: 'world', id: 'anyone' }] } },
        { create: { path: '/t/child' } },
        { delete: { path: '/t/child' } },
      ],
    });
    assert.deepEqual(
      done.results.map(({ kind }) => kind.replace('TXN_RESULT_KIND_', '')),
      ['CREATE', 'CHECK', 'SET', 'CHECK', 'SET_ACL', 'CREATE', 'DELETE'],
    );
    assert.equal(done.results[6]?.deleted, 1);
    assert.equal(done.isOrElse, false);

    const ops = [{ check: { path: '/t' } }, { create: { path: '/t' } }];
    const failed = await refusalOf(client.call(znodes.Txn, { ops }));
    assert.equal(failed.code, status.ALREADY_EXISTS);
    assert.equal(failed.facts['failedIndex'], '1');
    const orElse = { ops: [{ set: { path: '/t', data: Buffer.from('else') } }] };
    const other = await client.call(znodes.Txn, { ops, orElse });
    assert.equal(other.isOrElse, true);
    assert.equal(other.results[0]?.stat?.version, 2);
    const nothing = await client.call(znodes.Txn, { ops, orElse: { ops: [] } });
    assert.deepEqual([nothing.isOrElse, nothing.results.length], [true, 0]);

    for (const [wrong, where] of [
      [{}, 'ops[0].op'],
      [{ create: { path: 'x' } }, 'ops[0].path'],
      [{ checkLock: { queue: '/locks/x' } }, 'ops[0].fencing_token'],
      [{ checkSession: {} }, 'ops[0].session_id'],
    ] as const) {
      const refused = await refusalOf(client.call(znodes.Txn, { ops: [wrong] }));
      assert.equal(refused.reason, 'BADARGUMENTS');
      assert.ok(refused.detail.startsWith(`${where}: `), refused.detail);
    }
    const empty = await refusalOf(client.call(znodes.Txn, {}));
    assert.equal(empty.code, status.INVALID_ARGUMENT);
  });

  it('does a repeated write once, and answers as it did', async () => {
    const request = { path: '/once-', sequential: true, idempotencyKey: 'key-1' };
    const first = await client.call(znodes.Create, request);
    const again = await client.call(znodes.Create, request);
    assert.equal(again.path, first.path);
    assert.deepEqual([first.replayed, again.replayed], [false, true]);
    const reused = await refusalOf(client.call(znodes.Create, { ...request, path: '/other-' }));
    assert.equal(reused.reason, 'KEYREUSED');
  });

  it('reads as new as is asked', async () => {
    const { meta } = await client.call(znodes.Sync, {});
    const zxid = meta?.zxid ?? assert.fail('no meta');
    for (const consistency of ['CONSISTENCY_LOCAL', 'CONSISTENCY_LINEARIZABLE'] as const) {
      const read = await client.call(znodes.Exists, {
        path: '/',
        read: { consistency, minZxid: zxid },
      });
      assert.ok(read.meta?.zxid.greaterThanOrEqual(zxid));
    }
    const sessionless = { path: '/', read: { consistency: 'CONSISTENCY_SESSION' } } as const;
    const refused = await refusalOf(client.call(znodes.Get, sessionless));
    assert.equal(refused.code, status.INVALID_ARGUMENT);
    const beyond = { path: '/', read: { minZxid: '18446744073709551615' } };
    assert.equal((await refusalOf(client.call(znodes.Get, beyond))).reason, 'BADARGUMENTS');
  });

  it('refuses what is too large, with the limit and the size', async () => {
    const data = Buffer.alloc(1_000_001);
    const refused = await refusalOf(client.call(znodes.Create, { path: '/big', data }));
    assert.equal(refused.code, status.RESOURCE_EXHAUSTED);
    assert.equal(refused.reason, 'TOOLARGE');
    assert.equal(refused.facts['limit'], '1000000');
    assert.equal(refused.facts['actual'], '1000001');
  });
});
