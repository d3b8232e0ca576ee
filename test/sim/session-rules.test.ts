import { strict as assert } from 'node:assert';
import { openAcl } from '../../src/model/acl.ts';
import { parseSessionIdHex, type SessionId } from '../../src/model/ids.ts';
import type { Change, Txn } from '../../src/model/txn.ts';
import { zxid } from '../../src/model/zxid.ts';
import { afterClose } from './checkers/after-close.ts';
import { SessionBound } from './checkers/session-bound.ts';
import { path } from './asking.ts';

const session = sessionId('1');
const other = sessionId('2');
const timeoutMs = 2_000;

function sessionId(digit: string): SessionId {
  return parseSessionIdHex(digit.padStart(16, '0')) ?? assert.fail('no session id');
}

function txn(changes: readonly Change[], by?: SessionId): Txn {
  return { timeMs: 0, branch: 'ops', changes, ...(by === undefined ? {} : { session: by }) };
}

const opened = (id: SessionId): Change => ({
  change: 'createSession',
  session: id,
  timeoutMs,
  secretHash: new Uint8Array(32),
});
const ended = (id: SessionId, reason: 'closed' | 'expired'): Change => ({
  change: 'closeSession',
  session: id,
  reason,
});
const ephemeral = (owner: SessionId): Change => ({
  change: 'create',
  path: path('/e'),
  data: null,
  acl: openAcl,
  parentCreates: 1,
  answers: 0,
  parentAcl: openAcl,
  owned: { kind: 'ephemeral', owner },
});

describe('the lower bound of sessions', () => {
  /** Opened at 0, ended at `endMs`. */
  function lived(endMs: number, reason: 'closed' | 'expired'): SessionBound {
    let nowMs = 0;
    const bound = new SessionBound(() => nowMs);
    bound.committed(txn([opened(session)], session), zxid(1, 1));
    nowMs = endMs;
    bound.committed(txn([ended(session, reason)], session), zxid(1, 2));
    return bound;
  }

  it('counts from when the last confirmed touch was sent', () => {
    const touches = [
      { session, sentAtMs: 1_000 },
      { session, sentAtMs: 0 },
    ];
    lived(3_000, 'expired').check(touches, 0);
    assert.throws(() => {
      lived(2_999, 'expired').check(touches, 0);
    }, /^InvariantViolated: S2/);
  });

  it('allows for a leader whose clock runs fast, and no more', () => {
    const touches = [{ session, sentAtMs: 0 }];
    lived(1_950, 'expired').check(touches, 0.05);
    assert.throws(() => {
      lived(1_850, 'expired').check(touches, 0.05);
    }, /S2/);
  });

  it('refuses a touch that is confirmed after the session has expired', () => {
    assert.throws(() => {
      lived(5_000, 'expired').check([{ session, sentAtMs: 6_000 }], 0);
    }, /S2/);
  });

  it('lets a client close its session at any time', () => {
    const bound = lived(10, 'closed');
    bound.check([{ session, sentAtMs: 5 }], 0);
    assert.equal(bound.figures.sessionsClosed, 1);
  });
});

describe('the rule of closed sessions', () => {
  it('lets a session act until it is closed, and others go on', () => {
    const rule = afterClose();
    rule.committed(txn([ephemeral(session)], session), zxid(1, 1));
    rule.committed(txn([ended(session, 'closed')], session), zxid(1, 2));
    rule.committed(txn([ephemeral(other)], other), zxid(1, 3));
  });

  it('refuses whatever a closed session does', () => {
    const late = [
      txn([], session),
      txn([ephemeral(session)]),
      txn([ended(session, 'expired')]),
      txn([ended(session, 'closed')], session),
    ];
    for (const after of late) {
      const rule = afterClose();
      rule.committed(txn([ended(session, 'closed')], session), zxid(1, 1));
      assert.throws(() => {
        rule.committed(after, zxid(1, 2));
      }, /^InvariantViolated: S4/);
    }
  });
});
