import { strict as assert } from 'node:assert';
import { parseSessionIdHex, serverId } from '../../src/model/ids.ts';
import type { PeerMessage } from '../../src/model/peer-message.ts';
import { NeedlessEnds } from './checkers/needless-ends.ts';
import { TurnBound } from './checkers/turn-bound.ts';
import { measuredCosts, noCosts } from './costs.ts';

describe('the rule of turns', () => {
  function bound(costs = noCosts): TurnBound {
    const options = { peer: 'peer 1', sliceMs: 8 };
    const rule = new TurnBound({ ...options, costs, figures: { turnsAboveSlice: 0 } });
    rule.isJudged = true;
    return rule;
  }

  it('gives long work its slice and the item that it ends with', () => {
    const rule = bound();
    for (let turnMs = 3; turnMs <= 9; turnMs += 3) rule.worked({ turn: 1, turnMs }, 'expire', 3);
    assert.throws(() => {
      rule.worked({ turn: 1, turnMs: 12 }, 'expire', 3);
    }, /^InvariantViolated: T1: expire took 12.0 of a turn/);
  });

  it('gives more to work that looks at the clock more rarely, and begins anew with every turn', () => {
    const rule = bound(measuredCosts);
    for (let turn = 1; turn < 5; turn++) {
      for (let turnMs = 1; turnMs <= 10; turnMs++) rule.worked({ turn, turnMs }, 'apply', 1);
    }
    assert.throws(() => {
      for (let turnMs = 1; turnMs <= 30; turnMs++) rule.worked({ turn: 9, turnMs }, 'apply', 1);
    }, /T1: apply/);
  });

  it('gives all that is not sliced two slices together', () => {
    const rule = bound();
    for (let turnMs = 1; turnMs <= 16; turnMs++) {
      rule.worked({ turn: 1, turnMs }, turnMs % 2 === 0 ? 'message' : 'store', 1);
    }
    assert.throws(() => {
      rule.worked({ turn: 1, turnMs: 18 }, 'request', 1);
    }, /T1: other work took 18.0 of a turn/);
  });
});

describe('the rule of needless ends', () => {
  const session = parseSessionIdHex('1'.padStart(16, '0')) ?? assert.fail('no session id');
  const leader = serverId(1);
  const touch: PeerMessage = { kind: 'touch', id: 1, sessions: [session] };

  /** Opened at 0, touched at 1,000, and touched again by something that the leader has or has not read. */
  function touchedAt(atMs: number, isUnread: boolean): NeedlessEnds {
    let nowMs = 0;
    const rule = new NeedlessEnds({ nowMs: () => nowMs, clockDrift: 0 });
    const change = { change: 'createSession', session, timeoutMs: 2_000 } as const;
    const changes = [{ ...change, secretHash: new Uint8Array(32) }];
    rule.committed({ timeMs: 0, branch: 'ops', changes });
    rule.arrived(leader, touch, () => false);
    rule.read(leader, touch, 1_000);
    nowMs = atMs;
    rule.arrived(leader, touch, () => isUnread);
    return rule;
  }

  it('holds a leader to what lies unread in its socket and came in time', () => {
    touchedAt(2_500, false).ending(leader, session);
    touchedAt(3_001, true).ending(leader, session);
    touchedAt(2_500, true).ending(serverId(2), session);
    assert.throws(() => {
      touchedAt(2_500, true).ending(leader, session);
    }, /^InvariantViolated: S5/);
  });
});
