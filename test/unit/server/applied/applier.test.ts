import assert from 'node:assert/strict';
import { defaultLimits } from '../../../../src/model/limits.ts';
import { emptyLog, zeroChain, type LogEntry } from '../../../../src/model/log-entry.ts';
import { Applier } from '../../../../src/server/applied/applier.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import { txnCodec } from '../../../../src/wire/txn-codec.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { create, single } from '../../../support/model/requests.ts';
import { Leader, sha256 } from '../../../support/state/leader.ts';

describe('the applier', () => {
  function entries(count: number, dataBytes: number): LogEntry[] {
    return entriesOf(Array.from({ length: count }, () => dataBytes));
  }

  /** Creates of so many bytes, as a log. */
  function entriesOf(dataBytes: readonly number[]): LogEntry[] {
    const leader = new Leader();
    for (const [index, bytes] of dataBytes.entries()) {
      leader.write(single(create(`/n${String(index)}`, { data: new Uint8Array(bytes) })));
    }
    return leader.log.map(({ zxid, txn }) => ({
      zxid,
      kind: 'txn',
      payload: txnCodec.encode(txn),
      chain: zeroChain,
    }));
  }

  /** Applies them all, each in so many milliseconds, and gives how many went into each turn. */
  function turnsOf(log: readonly LogEntry[], msEach: number, hasRoom = () => true): number[] {
    const clock = new HandClock();
    let inTurn = 0;
    let caughtUp = 0;
    const applier = new Applier(
      {
        clock,
        codec: txnCodec,
        tuning: defaultServerTuning,
        metrics: { count: () => undefined, gauge: () => undefined, observe: () => undefined },
      },
      {
        state: new StateMachine({ limits: defaultLimits, sha256 }),
        position: emptyLog,
        membership: null,
      },
      {
        onApplied: () => {
          inTurn++;
          clock.ms += msEach;
        },
        hasRoom,
        onCaughtUp: () => caughtUp++,
      },
    );
    const turns: number[] = [];
    applier.deliver(log);
    do {
      turns.push(inTurn);
      inTurn = 0;
    } while (clock.turn());
    assert.equal(caughtUp, 1);
    assert.deepEqual(applier.applied, log.at(-1)?.zxid);
    return turns;
  }

  it('looks at the clock by what entries cost: few large ones fill a turn', () => {
    const turns = turnsOf(entries(40, 100_000), 5);
    assert.ok(Math.max(...turns) <= 2, String(turns));
  });

  it('begins a turn with each that is large, behind whatever came before', () => {
    const large = 100_000;
    assert.deepEqual(turnsOf(entriesOf([large, 10]), 0), [0, 2]);
    assert.deepEqual(turnsOf(entriesOf([10, 10, large, 10, large, large]), 0), [2, 2, 1, 1]);
  });

  it('waits while what it has applied is not told to all', () => {
    let room = 3;
    const turns = turnsOf(entries(10, 10), 0, () => {
      if (room-- > 0) return true;
      room = 3;
      return false;
    });
    assert.deepEqual(turns, [3, 3, 3, 1]);
  });

  it('takes many small ones into one turn', () => {
    assert.deepEqual(turnsOf(entries(1_000, 10), 0), [1_000]);
  });
});
