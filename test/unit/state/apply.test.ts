import assert from 'node:assert/strict';
import { InvariantBroken } from '../../../src/base/assert.ts';
import { openAcl } from '../../../src/model/acl.ts';
import type { Change, Txn } from '../../../src/model/txn.ts';
import { zxid } from '../../../src/model/zxid.ts';
import { create, path, remove, set, single } from '../../support/model/requests.ts';
import {
  aPopulatedLeader,
  bytes,
  Leader,
  populatedBy as session,
  sessionId,
  sha256,
} from '../../support/state/leader.ts';

const persistent = { kind: 'persistent' } as const;

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
  const stat = aPopulatedLeader().stat('/a/e');
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
      const { machine } = aPopulatedLeader();
      assert.throws(() => machine.apply(zxid(2, 1), txn(change)), InvariantBroken);
    });
  }

  it('a zxid was applied before', () => {
    const { machine } = aPopulatedLeader();
    assert.throws(() => machine.apply(machine.lastApplied, txn()), /applied in order/);
    assert.throws(() => {
      machine.advance(machine.lastApplied);
    }, /applied in order/);
  });

  it('time runs backwards', () => {
    const { machine } = aPopulatedLeader();
    assert.throws(() => machine.apply(zxid(2, 1), { ...txn(), timeMs: 1 }), /time runs back/);
  });
});

describe('applying', () => {
  it('passes entries that are no txns, the digest with it', () => {
    const leader = aPopulatedLeader();
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
    const leader = aPopulatedLeader();
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
