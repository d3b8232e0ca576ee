import { strict as assert } from 'node:assert';
import { openAcl } from '../../src/model/acl.ts';
import { parseSessionIdHex } from '../../src/model/ids.ts';
import type { Change } from '../../src/model/txn.ts';
import { zxid, zxidToDecimal, type Zxid } from '../../src/model/zxid.ts';
import { LockRule, type ToldGrant } from './checkers/locks.ts';
import { path } from './asking.ts';

const owner = parseSessionIdHex('0000000000000001') ?? assert.fail();
const stat = {
  czxid: zxid(1, 1),
  mzxid: zxid(1, 1),
  pzxid: zxid(1, 1),
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: owner,
  dataLength: 0,
  numChildren: 0,
};
const acls = { acl: openAcl, parentAcl: openAcl, answers: 0 };

function create(at: string): Change {
  const owned = { kind: 'ephemeral', owner } as const;
  return { change: 'create', path: path(at), data: null, owned, parentCreates: 1, ...acls };
}

function remove(at: string): Change {
  return { change: 'delete', path: path(at), stat, ...acls };
}

const place = (name: string, sequence: number): string =>
  `/locks/q/${name}-lock-${String(sequence).padStart(10, '0')}`;

/** Each list of changes is one txn; the first has zxid (1, 1). */
function committed(...txns: Change[][]): LockRule {
  const rule = new LockRule();
  for (const [index, changes] of txns.entries()) {
    rule.committed({ timeMs: 0, changes, branch: 'ops' }, zxid(1, index + 1));
  }
  return rule;
}

function grant(token: Zxid, grantedAtMs: number, releasedAtMs?: number): ToldGrant {
  const name = `/locks/q/${zxidToDecimal(token)}`;
  return { queue: 'q', path: name, token, grantedAtMs, expiresInMs: 1_000, releasedAtMs };
}

describe('the rule of locks', () => {
  it('follows a queue from holder to holder', () => {
    const rule = committed(
      [create(place('a', 0))],
      [create(place('b', 1))],
      [create(`/guarded/q.${zxidToDecimal(zxid(1, 1))}.0`)],
      [remove(place('a', 0))],
      [create(`/guarded/q.${zxidToDecimal(zxid(1, 2))}.1`)],
      [remove(place('b', 1))],
    );
    assert.deepEqual(rule.figures, { lockHolders: 2, lockSuccessions: 1, guardedWrites: 2 });
  });

  it('refuses a guarded write of who does not hold, or holds no more', () => {
    for (const token of [zxid(1, 1), zxid(1, 2)]) {
      assert.throws(() => {
        committed(
          [create(place('a', 0))],
          [create(place('b', 1))],
          token.counter === 1 ? [remove(place('a', 0))] : [],
          [create(`/guarded/q.${zxidToDecimal(token)}.0`)],
        );
      }, /^InvariantViolated: S9/);
    }
  });

  it('refuses one who comes in before the holder, and one who comes in twice', () => {
    assert.throws(() => {
      committed([create(place('a', 5))], [create(place('b', 3))], [remove(place('b', 3))]);
    }, /token is not above/);
    assert.throws(() => {
      committed([create(place('a', 0))], [create(place('a', 1))]);
    }, /second time/);
  });

  it('lets a peer wake as many as moved up', () => {
    const rule = committed(
      [create(place('a', 0))],
      [create(place('b', 1))],
      [remove(place('a', 0))],
    );
    rule.woken(1);
    rule.woken(2);
    assert.throws(() => {
      rule.woken(1);
    }, /has woken 2 for 1/);
  });

  it('refuses two grants at a time, and one after a later one', () => {
    const [first, second] = [zxid(1, 1), zxid(1, 2)];
    const rule = new LockRule();
    rule.check([grant(first, 0, 500), grant(second, 500)], 2_000, 0);
    rule.check([grant(first, 0), grant(second, 1_000)], 2_000, 0);
    assert.throws(() => {
      rule.check([grant(first, 0), grant(second, 999)], 2_000, 0);
    }, /two grants at a time/);
    assert.throws(() => {
      rule.check([grant(second, 0, 1), grant(first, 10)], 2_000, 0);
    }, /wrong order/);
  });

  it('refuses a grant whose time is over when it is told, whatever the clocks do', () => {
    for (const drift of [0, 0.05]) {
      assert.throws(() => {
        new LockRule().check([{ ...grant(zxid(1, 1), 0), expiresInMs: 0 }], 2_000, drift);
      }, /granted when its time is over/);
    }
  });

  it('allows for clocks that drift, and no more', () => {
    const told = [grant(zxid(1, 1), 0), grant(zxid(1, 2), 900)];
    const rule = new LockRule();
    rule.check(told, 2_000, 0.05);
    assert.throws(() => {
      rule.check(told, 2_000, 0.02);
    }, /two grants at a time/);
  });
});
