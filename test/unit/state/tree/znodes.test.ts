import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import type { StateRequest } from '../../../../src/model/request.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import { TxnApplier } from '../../../../src/state/apply.ts';
import { nextVersion } from '../../../../src/state/tree/versions.ts';
import { PendingTxns } from '../../../../src/state/prepare/pending-txns.ts';
import { Preparer } from '../../../../src/state/prepare/prepare.ts';
import { ReplicatedState } from '../../../../src/state/replicated/replicated-state.ts';
import {
  check,
  create,
  multi,
  path,
  remove,
  set,
  setAcl,
  single,
} from '../../../support/model/requests.ts';
import { Leader, nobody, openSession, sessionId, sha256 } from '../../../support/state/leader.ts';

// ZooKeeper's data model, one rule a test.

describe('znodes', () => {
  it('begin as in a fresh ZooKeeper, cversions of -1 and -2 included', () => {
    const leader = new Leader();
    assert.deepEqual(leader.children('/'), ['zookeeper']);
    assert.deepEqual(leader.children('/zookeeper'), ['config', 'quota']);
    assert.equal(leader.stat('/')?.cversion, -1);
    assert.equal(leader.stat('/zookeeper')?.cversion, -2);
    assert.equal(leader.stat('/zookeeper/config')?.aversion, -1);
    assert.equal(leader.code(set('/zookeeper/config', 'x')), 'noAuth');
    const superuser = [{ scheme: 'super', id: '' }];
    assert.equal(
      leader.code(set('/zookeeper/config', 'x'), { identities: superuser }),
      'badArguments',
    );
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
  });

  it('get their stat from the txn that makes them', () => {
    const leader = new Leader();
    leader.wallMs = 5_000;
    const at = leader.nextZxid;
    const result = leader.do(create('/a', { data: new Uint8Array(3) }));
    assert.deepEqual(result, {
      op: 'create',
      path: '/a',
      stat: {
        czxid: at,
        mzxid: at,
        ctime: 5_000,
        mtime: 5_000,
        version: 0,
        cversion: 0,
        aversion: 0,
        ephemeralOwner: '0000000000000000',
        dataLength: 3,
        numChildren: 0,
        pzxid: at,
      },
    });
  });

  it('count a version per set, even of equal bytes, and move mzxid and mtime alone', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    const before = leader.stat('/a');
    leader.wallMs += 10;
    const at = leader.nextZxid;
    leader.do(set('/a', ''));
    assert.deepEqual(leader.stat('/a'), { ...before, version: 1, mzxid: at, mtime: 1_010 });
  });

  it('count an aversion per change of the ACL and move nothing else', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    const before = leader.stat('/a');
    leader.do(setAcl('/a', openAcl, 0));
    assert.deepEqual(leader.stat('/a'), { ...before, aversion: 1 });
    assert.equal(leader.code(setAcl('/a', openAcl, 0)), 'badVersion');
  });

  it('wrap their version as an int32 that leaves -1 out (ZOOKEEPER-4743)', () => {
    assert.equal(nextVersion(0), 1);
    assert.equal(nextVersion(2_147_483_647), -2_147_483_648);
    assert.equal(nextVersion(-2), 0);
  });

  it('show as cversion twice the creates less the children, and as pzxid the last of both', () => {
    const leader = new Leader();
    leader.do(create('/p'));
    leader.do(create('/p/a'));
    leader.do(create('/p/b'));
    assert.equal(leader.stat('/p')?.cversion, 2);
    const at = leader.nextZxid;
    leader.do(remove('/p/a'));
    assert.equal(leader.stat('/p')?.cversion, 3);
    assert.deepEqual(leader.stat('/p')?.pzxid, at);
    leader.do(set('/p/b', 'x'));
    leader.do(create('/p/b/grandchild'));
    assert.deepEqual(leader.stat('/p')?.pzxid, at);
  });

  it('keep null and empty data apart', () => {
    const leader = new Leader();
    leader.do(create('/null', { data: null }));
    leader.do(create('/empty'));
    assert.equal(leader.data('/null'), null);
    assert.equal(leader.data('/empty'), '');
    leader.do(set('/null', ''));
    leader.do(set('/empty', null));
    assert.equal(leader.data('/null'), '');
    assert.equal(leader.data('/empty'), null);
    assert.equal(leader.stat('/empty')?.dataLength, 0);
  });

  it('hand out copies of their data', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    leader.do(set('/a', 'before'));
    const read = leader.machine.read({ read: 'data', path: path('/a') }, nobody);
    leader.do(set('/a', 'afterw'));
    assert('data' in read && read.data !== null);
    assert.equal(new TextDecoder().decode(read.data), 'before');
  });

  it('need a parent, and are made with parents when asked, all in one txn', () => {
    const leader = new Leader();
    assert.equal(leader.code(create('/a/b/c')), 'noParent');
    const outcome = leader.write(single(create('/a/b/c', { parents: true })));
    assert.deepEqual(
      outcome.results.map((result) => result.path),
      ['/a/b/c'],
    );
    assert.deepEqual(leader.stat('/a')?.czxid, outcome.zxid);
    assert.deepEqual(leader.stat('/a/b/c')?.czxid, outcome.zxid);
    leader.do(create('/a/b/d', { parents: true }));
    assert.equal(leader.code(create('/a/b/d', { parents: true })), 'nodeExists');
  });

  it('exist once: `/` and `/zookeeper` do from the beginning', () => {
    const leader = new Leader();
    for (const at of ['/', '/zookeeper']) assert.equal(leader.code(create(at)), 'nodeExists');
  });

  it('never end in "/" unless a sequence number follows', () => {
    const leader = new Leader();
    leader.do(create('/q'));
    assert.equal(leader.code(create('/q/')), 'badArguments');
    assert.equal(leader.do(create('/q/', { sequential: true })).path, '/q/0000000000');
    assert.equal(leader.do(create('/', { sequential: true })).path, '/0000000001');
  });

  it('are deleted only without children, and `/` and what is reserved never', () => {
    const leader = new Leader();
    leader.do(create('/a/b', { parents: true }));
    assert.equal(leader.code(remove('/a')), 'notEmpty');
    assert.equal(leader.code(remove('/absent')), 'noNode');
    assert.equal(leader.code(remove('/absent/too')), 'noNode');
    for (const at of ['/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota']) {
      assert.equal(leader.code(remove(at, { recursive: true })), 'badArguments');
    }
    leader.do(create('/zookeeper/quota/a'));
    leader.do(remove('/zookeeper/quota/a'));
  });

  it('are compared by version, or by czxid when a version begins anew', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    const czxid = leader.stat('/a')?.czxid;
    assert(czxid);
    leader.do(remove('/a'));
    leader.do(create('/a'));
    leader.do(set('/a', 'x', { expected: { version: 0 } }));
    assert.equal(leader.code(set('/a', 'y', { expected: { version: 0 } })), 'badVersion');
    assert.equal(leader.code(set('/a', 'y', { expected: { version: 1, czxid } })), 'badVersion');
    assert.equal(leader.code(remove('/a', { expected: { version: -1, czxid } })), 'badVersion');
    assert.equal(leader.code(check('/a', { expected: { version: 1, czxid } })), 'badVersion');
  });

  it('are deleted with all below, children first, the count told', () => {
    const leader = new Leader();
    leader.do(create('/a/b/c', { parents: true }));
    leader.do(create('/a/x'));
    leader.do(create('/ab'));
    leader.events.length = 0;
    const result = leader.do(remove('/a', { recursive: true }));
    assert.deepEqual(result, { op: 'delete', path: '/a', deleted: 4 });
    assert.deepEqual(
      leader.events.filter(({ type }) => type === 'deleted').map((event) => event.path),
      ['/a/b/c', '/a/x', '/a/b', '/a'],
    );
    assert.deepEqual(leader.children('/'), ['ab', 'zookeeper']);
  });

  it('are created or set by an upsert, which says what it did', () => {
    const leader = new Leader();
    const orCreate = { acl: openAcl, parents: true };
    assert.equal(leader.do(set('/a/b', '1', { orCreate })).op, 'create');
    assert.equal(leader.do(set('/a/b', '2', { orCreate })).op, 'set');
    assert.equal(leader.data('/a/b'), '2');
    // A version asked for is the version of a znode that exists.
    const expected = { version: 0 };
    assert.equal(leader.code(set('/a/c', '1', { orCreate, expected })), 'noNode');
  });
});

describe('sequence numbers', () => {
  it('come from the count of all creates, also plain ones, and are never used again', () => {
    const leader = new Leader();
    leader.do(create('/q'));
    for (const name of ['a', 'b', 'c']) leader.do(create(`/q/${name}`));
    const sequential = create('/q/n-', { sequential: true });
    assert.equal(leader.do(sequential).path, '/q/n-0000000003');
    leader.do(remove('/q/n-0000000003'));
    assert.equal(leader.do(sequential).path, '/q/n-0000000004');
  });

  it('count within a transaction and across proposals in flight', () => {
    const leader = new Leader();
    leader.do(create('/q'));
    const sequential = create('/q/n-', { sequential: true });
    leader.propose(multi([sequential, sequential]));
    leader.propose(single(sequential));
    const paths = leader.commit().flatMap(({ results }) => results.map((result) => result.path));
    assert.deepEqual(paths, ['/q/n-0000000000', '/q/n-0000000001', '/q/n-0000000002']);
  });

  it('are refused, not wrapped, once the count is used up; plain creates go on', () => {
    // Nobody waits for two billion creates: the tree is told that they have been.
    const state = new ReplicatedState();
    const pending = new PendingTxns();
    state.tree.addInitialZnodes();
    const child = { data: null, acl: openAcl, owned: { kind: 'persistent' } } as const;
    const at = { zxid: zxid(1, 1), timeMs: 1 };
    const parent = state.tree.create(1, { ...child, name: 'q' }, { ...at, parentCreates: 1 });
    state.tree.create(parent, { ...child, name: 'x' }, { ...at, parentCreates: 2_147_483_646 });
    state.lastApplied = at.zxid;
    const preparer = new Preparer({ state, pending }, { limits: defaultLimits, sha256 });
    const applier = new TxnApplier(state);
    let counter = 1;
    const run = (request: StateRequest): string => {
      counter++;
      const next = { zxid: zxid(1, counter), wallMs: 1 };
      const prepared = preparer.prepare(request, { identities: nobody }, next);
      if (prepared.kind !== 'txn') return 'code' in prepared ? prepared.code : prepared.kind;
      pending.settle(next.zxid);
      return applier.apply(next.zxid, prepared.txn)[0]?.path ?? '';
    };
    const sequential = single(create('/q/n-', { sequential: true }));
    assert.equal(run(sequential), '/q/n-2147483646');
    assert.equal(run(sequential), 'sequenceExhausted');
    assert.equal(run(single(create('/q/plain'))), '/q/plain');
    assert.equal(run(sequential), 'sequenceExhausted');
    assert.equal(run(single(remove('/q/plain'))), '/q/plain');
  });
});

describe('ephemeral znodes', () => {
  const session = sessionId(7);

  it('belong to the session that made them and have no children', () => {
    const leader = new Leader();
    leader.write(openSession(session));
    const ephemeral = create('/e', { kind: 'ephemeral' });
    assert.equal(leader.code(ephemeral), 'badArguments');
    leader.do(ephemeral, { session });
    assert.equal(leader.stat('/e')?.ephemeralOwner, session);
    assert.equal(leader.code(create('/e/child')), 'noChildrenForEphemerals');
    assert.equal(
      leader.code(create('/e/child/grandchild', { parents: true })),
      'noChildrenForEphemerals',
    );
  });

  it('show no owner when they are containers or have a TTL, and may then have children', () => {
    const leader = new Leader();
    leader.do(create('/c', { kind: 'container' }));
    leader.do(create('/t', { kind: 'ttl', ttlMs: 1_000 }));
    leader.do(create('/t/child'));
    for (const at of ['/c', '/t']) {
      assert.equal(leader.stat(at)?.ephemeralOwner, '0000000000000000');
    }
  });

  it('with a TTL need one of 1 to 2^40 - 1 ms', () => {
    const leader = new Leader();
    for (const ttlMs of [0, -1, 1.5, 2 ** 40]) {
      assert.equal(leader.code(create('/t', { kind: 'ttl', ttlMs })), 'badArguments');
    }
    assert.equal(leader.code(create('/t', { kind: 'ttl' })), 'badArguments');
    leader.do(create('/t', { kind: 'ttl', ttlMs: 2 ** 40 - 1 }));
  });
});
