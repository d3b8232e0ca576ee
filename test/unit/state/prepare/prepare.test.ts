import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import { defaultLimits, type Limits } from '../../../../src/model/limits.ts';
import type { TreeOp, StateRequest } from '../../../../src/model/request.ts';
import { peerMessageBytesMax } from '../../../../src/wire/peer-codec.ts';
import { encodeTxn } from '../../../../src/wire/txn-codec.ts';
import {
  create,
  multi,
  path,
  remove,
  set,
  setAcl,
  single,
  check,
} from '../../../support/model/requests.ts';
import { closeSession, Leader, openSession, sessionId } from '../../../support/state/leader.ts';
import { compareZxid, zeroZxid } from '../../../../src/model/zxid.ts';

// Every limit, at one below it, at it, and one above.

interface Case {
  readonly name: string;
  readonly limits: Partial<Limits>;
  readonly limit: number;
  readonly request: (amount: number) => StateRequest;
}

function acl(entries: number): typeof openAcl {
  return Array.from({ length: entries }, (_, index) => ({
    permissions: 31,
    scheme: 'digest',
    id: `user${String(index)}:x`,
  }));
}

/** One entry whose scheme and id take so many bytes. */
function aclOf(size: number): typeof openAcl {
  return [{ permissions: 31, scheme: 'digest', id: `u:${'x'.repeat(size - 8)}` }];
}

const ops = (count: number): TreeOp[] =>
  Array.from({ length: count }, (_, index) => create(`/n${String(index)}`));
const deep = (names: number): string => '/d'.repeat(names);

const cases: Case[] = [
  {
    name: 'bytes of data at create',
    limits: { dataBytesMax: 10 },
    limit: 10,
    request: (amount) => single(create('/a', { data: new Uint8Array(amount) })),
  },
  {
    name: 'bytes of data at set',
    limits: { dataBytesMax: 10 },
    limit: 10,
    request: (amount) => single(set('/zookeeper', 'x'.repeat(amount))),
  },
  {
    name: 'bytes of data at upsert',
    limits: { dataBytesMax: 10 },
    limit: 10,
    request: (amount) =>
      single(set('/a', 'x'.repeat(amount), { orCreate: { acl: openAcl, parents: false } })),
  },
  {
    name: 'bytes of a path, counted in UTF-8',
    limits: { pathBytesMax: 20 },
    limit: 20,
    request: (amount) => single(create(`/旅é${'x'.repeat(amount - 6)}`)),
  },
  {
    name: 'bytes of a path with its sequence number',
    limits: { pathBytesMax: 20 },
    limit: 20,
    request: (amount) => single(create(`/${'x'.repeat(amount - 11)}`, { sequential: true })),
  },
  {
    name: 'names in a path',
    limits: { pathDepthMax: 5 },
    limit: 5,
    request: (amount) => single(create(deep(amount), { parents: true })),
  },
  {
    name: 'names in a path that is made by upsert',
    limits: { pathDepthMax: 5 },
    limit: 5,
    request: (amount) =>
      single(set(deep(amount), 'x', { orCreate: { acl: openAcl, parents: true } })),
  },
  {
    name: 'operations in a transaction',
    limits: { opsPerMultiMax: 3 },
    limit: 3,
    request: (amount) => multi(ops(amount)),
  },
  {
    name: 'operations in an else branch',
    limits: { opsPerMultiMax: 3 },
    limit: 3,
    request: (amount) => multi([remove('/absent')], ops(amount)),
  },
  {
    name: 'entries of an ACL at create',
    limits: { aclEntriesMax: 4 },
    limit: 4,
    request: (amount) => single(create('/a', { acl: acl(amount) })),
  },
  {
    name: 'bytes of an ACL at create',
    limits: { aclBytesMax: 100 },
    limit: 100,
    request: (amount) => single(create('/a', { acl: aclOf(amount) })),
  },
  {
    name: 'bytes of an ACL at setAcl',
    limits: { aclBytesMax: 100 },
    limit: 100,
    request: (amount) => single(setAcl('/zookeeper', aclOf(amount))),
  },
  {
    name: 'entries of an ACL at setAcl',
    limits: { aclEntriesMax: 4 },
    limit: 4,
    request: (amount) => single(setAcl('/zookeeper', acl(amount))),
  },
];

describe('limits', () => {
  for (const { name, limits, limit, request } of cases) {
    it(name, () => {
      for (const amount of [limit - 1, limit]) {
        assert.equal(new Leader(limits).prepare(request(amount)).kind, 'txn', String(amount));
      }
      const refusal = new Leader(limits).refusal(request(limit + 1));
      assert.deepEqual(
        [refusal.code, refusal.limit, refusal.actual],
        ['tooLarge', limit, limit + 1],
      );
    });
  }

  it('what a recursive delete takes along, in bytes of paths and ACLs', () => {
    const leader = new Leader({ aclBytesMax: 1_000_000 });
    leader.do(create('/a'));
    const heavy = [{ permissions: 31, scheme: 'digest', id: `u:${'x'.repeat(900_000)}` }];
    const under = (index: number): string => `/a/${String(index)}`;
    for (let index = 0; index < 28; index++) {
      leader.do({ ...create(under(index)), acl: [...openAcl, ...heavy] });
    }
    const refusal = leader.refusal(single(remove('/a', { recursive: true })));
    assert.deepEqual([refusal.code, refusal.limit], ['tooLarge', 24 * 1_048_576]);
    leader.do(remove(under(0)));
    leader.do(remove('/a', { recursive: true }));
    assert.equal(leader.stat('/a'), undefined);
  });

  it('ephemerals of a session, those in flight and in the same transaction included', () => {
    const leader = new Leader({ ephemeralsPerSessionMax: 3 });
    const session = sessionId(1);
    leader.write(openSession(session));
    const one = (name: string): TreeOp => create(name, { kind: 'ephemeral' });
    leader.do(one('/a'), { session });
    leader.propose(single(one('/b')), { session });
    const both = leader.refusal(multi([one('/c'), one('/d')]), { session });
    assert.deepEqual([both.code, both.limit, both.actual, both.failedIndex], ['tooLarge', 3, 3, 1]);
    leader.propose(single(one('/c')), { session });
    assert.equal(leader.refusal(single(one('/d')), { session }).code, 'tooLarge');
    leader.commit();
    leader.do(remove('/a'), { session });
    leader.do(one('/d'), { session });
  });

  it('that let the end of any session fit into one message between peers', () => {
    const leader = new Leader();
    const session = sessionId(1);
    leader.write(openSession(session));
    const { pathBytesMax, aclBytesMax, ephemeralsPerSessionMax } = defaultLimits;
    const acl = [...openAcl, ...aclOf(aclBytesMax - 'worldanyone'.length)];
    leader.do(create('/p', { acl }));
    for (let index = 0; ; index++) {
      const name = `/p/${String(index)}`;
      const at = name + 'x'.repeat(pathBytesMax - name.length);
      const prepared = leader.prepare(single(create(at, { kind: 'ephemeral', acl })), { session });
      if (prepared.kind === 'refused') break;
      leader.commit();
    }
    const closing = leader.prepare(closeSession(session));
    assert.ok(closing.kind === 'txn');
    assert.equal(closing.txn.changes.length, ephemeralsPerSessionMax + 1);
    const bytes = encodeTxn(closing.txn).length;
    assert.ok(bytes < peerMessageBytesMax, `${String(bytes)} bytes`);
    // Names are read out of the tree a character at a time, and these are ten million.
  }).timeout(60_000);

  it('znodes that one transaction changes, parents and all that goes along included', () => {
    const leader = new Leader({ changesPerTxnMax: 6 });
    for (const top of ['/a', '/b', '/c']) leader.write(multi([create(top), create(`${top}/x`)]));
    const removeAll = (...tops: string[]): TreeOp[] =>
      tops.map((top) => remove(top, { recursive: true }));
    const deep = create('/1/2/3/4/5/6', { parents: true });
    const cases: [TreeOp[], actual: number, failedIndex: number][] = [
      [[create('/e'), ...removeAll('/a', '/b', '/c')], 7, 3],
      [[create('/e'), deep], 7, 1],
      [Array.from({ length: 7 }, () => set('/a', 'x')), 7, 6],
    ];
    for (const [ops, actual, failedIndex] of cases) {
      const refusal = leader.refusal(multi(ops));
      assert.deepEqual(
        [refusal.code, refusal.limit, refusal.actual, refusal.failedIndex],
        ['tooLarge', 6, actual, failedIndex],
      );
      assert.equal(leader.refusal(multi([check('/none')], ops)).code, 'tooLarge', 'either branch');
    }
    leader.do(deep);
    leader.write(multi(removeAll('/a', '/b', '/c')));
  });

  it('znodes in a recursive delete', () => {
    for (const znodes of [2, 3, 4]) {
      const leader = new Leader({ recursiveDeleteMax: 3 });
      leader.do(create('/a'));
      for (let index = 1; index < znodes; index++) leader.do(create(`/a/${String(index)}`));
      const request = single(remove('/a', { recursive: true }));
      if (znodes <= 3) {
        leader.write(request);
        assert.equal(leader.stat('/a'), undefined);
      } else {
        const refusal = leader.refusal(request);
        assert.deepEqual([refusal.code, refusal.limit], ['tooLarge', 3]);
        assert.equal(leader.children('/a').length, znodes - 1);
      }
    }
  });

  it('children in a page: more are listed by asking on', () => {
    const leader = new Leader({ childrenPageMax: 3 });
    leader.do(create('/p'));
    for (const name of ['e', 'a', 'c', 'd', 'b']) leader.do(create(`/p/${name}`));
    const query = { read: 'children', path: path('/p'), limit: 1_000, withData: false } as const;
    const first = leader.machine.read(query, []);
    assert('children' in first);
    assert.deepEqual([first.children.map(({ name }) => name), first.more], [['a', 'b', 'c'], true]);
    const rest = leader.machine.read({ ...query, after: 'c' }, []);
    assert('children' in rest);
    assert.deepEqual([rest.children.map(({ name }) => name), rest.more], [['d', 'e'], false]);
  });
});

describe('transactions', () => {
  it('let later ops see earlier ones, and answer each as it was just after', () => {
    const leader = new Leader();
    const { results, zxid: at } = leader.write(
      multi([create('/a'), create('/a/b'), set('/a', 'x')]),
    );
    assert.deepEqual(
      results.map((result) => 'stat' in result && result.stat.numChildren),
      [0, 0, 1],
    );
    assert(results.every((result) => 'stat' in result && compareZxid(result.stat.czxid, at) === 0));
  });

  it('that fail leave nothing, not even in what is in flight, and name the op', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    const digest = leader.machine.digest();
    const refusal = leader.refusal(
      multi([set('/a', 'x'), create('/b'), check('/absent'), create('/c')]),
    );
    assert.equal(refusal.code, 'noNode');
    assert.equal(refusal.failedIndex, 2);
    assert.equal(leader.machine.counts.pending, 0);
    // What was rolled back is seen by nobody: version 0 still, and no /b.
    leader.do(set('/a', 'y', { expected: { version: 0 } }));
    leader.do(create('/b'));
    assert.notEqual(leader.machine.digest(), digest);
  });

  it('that fail restore what was in flight before them (rollbackPendingChanges)', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    leader.propose(single(set('/a', 'first')));
    leader.refusal(multi([set('/a', 'second'), check('/absent')]));
    leader.propose(single(set('/a', 'third', { expected: { version: 1 } })));
    leader.commit();
    assert.equal(leader.data('/a'), 'third');
  });

  it('try their else branch when an op fails, and say which branch ran', () => {
    const leader = new Leader();
    const request = multi([check('/a', { absent: true }), create('/a')], [set('/a', 'again')]);
    assert.equal(leader.write(request).branch, 'ops');
    const second = leader.write(request);
    assert.equal(second.branch, 'orElse');
    assert.equal(second.results[0]?.op, 'set');
  });

  it('that fail in both branches name the op of the branch that failed last', () => {
    const leader = new Leader();
    const refusal = leader.refusal(multi([check('/x')], [create('/a'), remove('/y')]));
    assert.equal(refusal.code, 'noNode');
    assert.equal(refusal.failedIndex, 1);
    assert.equal(leader.stat('/a'), undefined);
  });

  it('of checks alone propose nothing, and tell so with what they rest on', () => {
    const leader = new Leader();
    assert.deepEqual(leader.prepare(single(check('/'))), {
      kind: 'nothing',
      basis: zeroZxid,
      branch: 'ops',
      results: [{ op: 'check', path: '/' }],
    });
    const at = leader.propose(single(create('/a')));
    const prepared = leader.prepare(multi([check('/a')]));
    assert(prepared.kind === 'nothing');
    assert.deepEqual(prepared.basis, at);
    assert.equal(leader.prepare(multi([])).kind, 'nothing');
  });

  it('of a single op carry no index, as nothing else failed or was rolled back', () => {
    assert.equal(new Leader().refusal(single(check('/absent'))).failedIndex, undefined);
  });
});
