import assert from 'node:assert/strict';
import { InvariantBroken } from '../../../src/base/assert.ts';
import { openAcl } from '../../../src/model/acl.ts';
import type { Change, Txn } from '../../../src/model/txn.ts';
import { zxid, zeroZxid } from '../../../src/model/zxid.ts';
import { Digest } from '../../../src/state/digest.ts';
import { hashText } from '../../../src/state/mixing.ts';
import { ZnodeTree } from '../../../src/state/znode-tree.ts';
import {
  bytes,
  create,
  follower,
  Leader,
  multi,
  openSession,
  path,
  remove,
} from '../../support/state/leader.ts';
import { sessionId, set, setAcl, sha256, single } from '../../support/state/leader.ts';

const session = sessionId(1);
const persistent = { kind: 'persistent' } as const;

function aLeader(): Leader {
  const leader = new Leader();
  leader.write(openSession(session));
  leader.do(create('/a'));
  leader.do(create('/a/e', { kind: 'ephemeral' }), { session });
  return leader;
}

function txn(...changes: Change[]): Txn {
  return { timeMs: 2_000, changes, branch: 'ops' };
}

function createOf(at: string, parentCreates: number): Change {
  const content = { data: null, acl: openAcl, owned: persistent };
  return {
    change: 'create',
    path: path(at),
    ...content,
    parentCreates,
    parentAcl: openAcl,
    answers: 0,
  };
}

describe('a txn that does not fit the state stops the peer: peers have diverged', () => {
  const stat = aLeader().stat('/a/e');
  assert(stat);
  const owned = { kind: 'ephemeral', owner: sessionId(9) } as const;
  const misfits: Record<string, Change> = {
    'a parent is missing': createOf('/x/y', 1),
    'the znode exists': createOf('/a', 2),
    'the parent is ephemeral': createOf('/a/e/x', 1),
    'a create was left out': createOf('/b', 3),
    'the owner is not alive': { ...createOf('/b', 2), owned } as Change,
    'a set finds nothing': {
      change: 'set',
      path: path('/x'),
      data: null,
      stat: { ...stat, version: 1 },
      acl: openAcl,
      answers: 0,
    },
    'a set was left out': {
      change: 'set',
      path: path('/a'),
      data: null,
      stat: { ...stat, version: 2 },
      acl: openAcl,
      answers: 0,
    },
    'an ACL is set on nothing': {
      change: 'setAcl',
      path: path('/x'),
      acl: openAcl,
      aversion: 1,
      answers: 0,
    },
    'a setAcl was left out': {
      change: 'setAcl',
      path: path('/a'),
      acl: openAcl,
      aversion: 2,
      answers: 0,
    },
    'a delete finds nothing': {
      change: 'delete',
      path: path('/x'),
      stat,
      acl: openAcl,
      parentAcl: openAcl,
      answers: 0,
    },
    'a delete finds another znode': {
      change: 'delete',
      path: path('/a/e'),
      stat: { ...stat, version: 7 },
      acl: openAcl,
      parentAcl: openAcl,
      answers: 0,
    },
    'a deleted znode has children': {
      change: 'delete',
      path: path('/a'),
      stat,
      acl: openAcl,
      parentAcl: openAcl,
      answers: 0,
    },
    'a session is made twice': {
      change: 'createSession',
      session,
      timeoutMs: 1,
      secretHash: sha256(bytes('')),
    },
    'a session that is gone moves': { change: 'moveSession', session: sessionId(9), owner: '1' },
    'a session that is gone is closed': {
      change: 'closeSession',
      session: sessionId(9),
      reason: 'closed',
    },
    'a closed session leaves an ephemeral': { change: 'closeSession', session, reason: 'closed' },
  };
  for (const [name, change] of Object.entries(misfits)) {
    it(name, () => {
      const { machine } = aLeader();
      assert.throws(() => machine.apply(zxid(2, 1), txn(change)), InvariantBroken);
    });
  }

  it('a zxid was applied before', () => {
    const { machine } = aLeader();
    assert.throws(() => machine.apply(machine.lastApplied, txn()), /applied in order/);
    assert.throws(() => {
      machine.advance(machine.lastApplied);
    }, /applied in order/);
  });

  it('time runs backwards', () => {
    const { machine } = aLeader();
    assert.throws(() => machine.apply(zxid(2, 1), { ...txn(), timeMs: 1 }), /time never/);
  });
});

describe('applying', () => {
  it('passes entries that are no txns, the digest with it', () => {
    const leader = aLeader();
    const before = leader.machine.digest();
    leader.machine.advance(zxid(2, 1));
    assert.deepEqual(leader.machine.lastApplied, zxid(2, 1));
    assert.notEqual(leader.machine.digest(), before);
  });

  it('keeps thousands of proposals in flight straight', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 2_000; index++) {
        const version = round * 2_000 + index;
        leader.propose(single(set('/a', 'x', { expected: { version } })));
      }
      leader.commit(1_900);
    }
    leader.commit();
    assert.equal(leader.stat('/a')?.version, 6_000);
    assert.equal(leader.machine.counts.pending, 0);
  });

  it('counts znodes, ephemerals, sessions and bytes of data', () => {
    const leader = aLeader();
    leader.do(set('/a', '12345'));
    leader.do(set('/a', '123'));
    leader.do(create('/b', { data: null }));
    const { znodes, ephemerals, sessions, dataBytes } = leader.machine.counts;
    assert.deepEqual([znodes, ephemerals, sessions, dataBytes], [7, 1, 1, 3]);
    leader.do(remove('/a', { recursive: true }));
    assert.deepEqual([leader.machine.counts.ephemerals, leader.machine.counts.dataBytes], [0, 0]);
    assert.deepEqual(leader.machine.ephemeralsOf(session), []);
  });
});

describe('the digest', () => {
  it('differs when any fact does', () => {
    const histories: ((leader: Leader) => void)[] = [
      () => undefined,
      (leader) => leader.do(create('/x')),
      (leader) => leader.do(create('/y')),
      (leader) => leader.do(create('/a/x')),
      (leader) => leader.do(create('/x', { data: null })),
      (leader) => leader.do(create('/x', { data: bytes('\0') })),
      (leader) => leader.do(create('/x', { kind: 'container' })),
      (leader) => leader.do(create('/x', { kind: 'ttl', ttlMs: 1 })),
      (leader) => leader.do(create('/x', { kind: 'ttl', ttlMs: 2 })),
      (leader) => leader.do(create('/x', { kind: 'ephemeral' }), { session }),
      (leader) => leader.do(create('/x', { acl: [{ permissions: 1, scheme: 'ip', id: '::' }] })),
      (leader) => leader.do(create('/x', { acl: [{ permissions: 2, scheme: 'ip', id: '::' }] })),
      (leader) => leader.do(create('/x'), { idempotencyKey: 'k' }),
      (leader) => leader.do(create('/x'), { idempotencyKey: 'l' }),
      (leader) => leader.do(set('/a', '')),
      (leader) => leader.do(setAcl('/a', openAcl)),
      (leader) => leader.do(remove('/a/e')),
      (leader) => leader.write(openSession(sessionId(2))),
      (leader) => leader.write(openSession(sessionId(2), 'other')),
      (leader) => leader.write(openSession(sessionId(2), 'secret', 9_999)),
      (leader) => leader.write({ kind: 'moveSession', session, owner: '2' }),
      (leader) => leader.write({ kind: 'closeSession', session, reason: 'closed' }),
      (leader) => {
        leader.wallMs++;
        leader.do(create('/x'));
      },
    ];
    const digests = histories.map((happen) => {
      const leader = aLeader();
      happen(leader);
      assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
      assert.equal(follower(leader.log).digest(), leader.machine.digest());
      return leader.machine.digest();
    });
    assert.equal(new Set(digests).size, histories.length);
  });

  it('of a multi is that of its txn, however large', () => {
    const leader = aLeader();
    leader.write(multi(Array.from({ length: 1_000 }, (_, at) => create(`/n${String(at)}`))));
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
  });
});

describe('names with one hash', () => {
  it('are two names all the same', () => {
    const [left, right] = collidingNames();
    const tree = new ZnodeTree(new Digest());
    tree.addInitialZnodes();
    const at = { zxid: zeroZxid, timeMs: 0 };
    const znode = { data: null, acl: openAcl, owned: persistent };
    const first = tree.create(1, { ...znode, name: left }, { ...at, parentCreates: 1 });
    assert.equal(tree.find(`/${right}`), 0);
    const second = tree.create(1, { ...znode, name: right }, { ...at, parentCreates: 2 });
    assert.deepEqual([tree.find(`/${left}`), tree.find(`/${right}`)], [first, second]);
    tree.remove(first, zeroZxid);
    assert.deepEqual([tree.find(`/${left}`), tree.find(`/${right}`)], [0, second]);
  });
});

/** By the birthday paradox among some hundred thousand. */
function collidingNames(): [string, string] {
  const seen = new Map<number, string>();
  for (let index = 0; ; index++) {
    const name = `n${String(Math.imul(index, 0x9e3779b1) >>> 0)}`;
    const before = seen.get(hashText(name));
    if (before !== undefined) return [before, name];
    seen.set(hashText(name), name);
  }
}
