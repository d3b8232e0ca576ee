import assert from 'node:assert/strict';
import { serverId } from '../../../src/model/ids.ts';
import { levels, newestLevel, newestLevelFor, protocols } from '../../../src/model/level.ts';
import { decodeMembership, encodeMembership, levelOf } from '../../../src/model/membership.ts';
import { judgeLevel, type LevelWish } from '../../../src/zab/level-change.ts';
import { protocolRefusal, spokenByLeader } from '../../../src/zab/protocol-refusal.ts';
import { at, voters } from '../../support/zab/logs.ts';

const current = voters('n1', 'n2', 'n3');
const wish: LevelWish = { level: 2, alsoKnown: [], isTrial: false };

/** `2:6` is server 2, which speaks protocol 6. */
function judged(asked: Partial<LevelWish>, here: string, from = current): string {
  const learners = here.split(' ').map((word) => {
    const [id, protocol] = word.split(':').map(Number);
    return { id: serverId(id ?? 0), protocol: protocol ?? 0 };
  });
  const situation = { zxid: at('2.7'), self: serverId(1), protocols, here: learners };
  const result = judgeLevel({ ...wish, ...asked }, { current: from, ...situation });
  if (!('verdict' in result)) return `level ${String(result.level)}`;
  if (result.verdict !== 'refused') return result.verdict;
  return [result.why, ...result.absent, 'older', ...result.older].join(' ');
}

describe('the level of an ensemble', () => {
  it('is raised when all that are known are there and know it', () => {
    assert.equal(judged({}, '2:6 3:6'), 'level 2');
    assert.equal(judged({}, '3:5 2:6'), 'notAll older 3');
    assert.equal(judged({}, '2:6'), 'notAll 3 older');
    assert.equal(judged({ alsoKnown: [serverId(5)] }, '2:6 3:6'), 'notAll 5 older');
    // A stranger that follows is harmed like anybody else.
    assert.equal(judged({}, '2:6 3:6 9:5'), 'notAll older 9');
    assert.equal(judged({ isTrial: true }, '2:6 3:6'), 'possible');
    assert.equal(judged({ isTrial: true }, '2:6 3:5'), 'notAll older 3');
  });

  it('stays, is not lowered, and is none that nobody knows', () => {
    assert.equal(judged({ level: 1 }, '2:6 3:6'), 'unchanged');
    assert.equal(judged({ level: 1 }, '2:6 3:6', { ...current, level: 2 }), 'lower older');
    assert.equal(judged({ level: newestLevel + 1 }, '2:6 3:6'), 'unknown older');
  });

  it('has a protocol that knows it, in a table that rises', () => {
    assert.equal(levels.at(-1)?.level, newestLevel);
    assert.equal(newestLevelFor(protocols), newestLevel);
    for (const [index, { level, protocol }] of levels.entries()) {
      assert.equal(level, index + 1);
      assert.ok(protocol <= protocols.newest);
    }
  });

  it('is written into the membership, which says none at the first', () => {
    const raised = { ...current, level: 2 };
    assert.equal(levelOf(null), 1);
    assert.equal(levelOf(current), 1);
    assert.deepEqual(decodeMembership(encodeMembership(raised)), raised);
    const text = '{"v":2,"clusterId":"c","voters":[],"level":3}';
    assert.throws(
      () => decodeMembership(new TextEncoder().encode(text)),
      /levels up to 2: start a newer/,
    );
  });
});

describe('peers of several versions', () => {
  const at1 = { protocols, history: { membership: current } };
  const at2 = { protocols, history: { membership: { ...current, level: 2 } } };

  it('are refused in words that the other end reads the version from', () => {
    assert.equal(protocolRefusal(at1, 5), undefined);
    assert.equal(protocolRefusal(at2, 6), undefined);
    for (const [peer, theirs] of [
      [at1, 4],
      [at2, 5],
      [at1, 7],
    ] as const) {
      const why = protocolRefusal(peer, theirs) ?? '';
      assert.equal(spokenByLeader(`closed by the other side: refused: ${why}`), 6, why);
    }
  });

  it('read the words of the last release, and take no others for them', () => {
    const words = 'closed by the other side: refused: protocol version 6, this peer speaks 5';
    assert.equal(spokenByLeader(words), 5);
    assert.equal(
      spokenByLeader('closed by the other side: roleChange: this peer speaks'),
      undefined,
    );
  });
});
