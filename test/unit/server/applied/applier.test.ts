import assert from 'node:assert/strict';
import { defaultLimits } from '../../../../src/model/limits.ts';
import { emptyLog, zeroChain, type LogEntry } from '../../../../src/model/log-entry.ts';
import { zxid } from '../../../../src/model/zxid.ts';
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

  /** One of an empty state. */
  function applying(
    clock: HandClock,
    onApplied: () => unknown,
    hasRoom = () => true,
  ): { readonly applier: Applier; readonly caughtUp: () => number } {
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
        onApplied: () => void onApplied(),
        hasRoom,
        onCaughtUp: () => caughtUp++,
      },
    );
    return { applier, caughtUp: () => caughtUp };
  }

  /** Applies them all, each in so many milliseconds, and gives how many went into each turn. */
  function turnsOf(log: readonly LogEntry[], msEach: number, hasRoom = () => true): number[] {
    const clock = new HandClock();
    let inTurn = 0;
    const onApplied = (): void => {
      inTurn++;
      clock.ms += msEach;
    };
    const { applier, caughtUp } = applying(clock, onApplied, hasRoom);
    const turns: number[] = [];
    applier.deliver(log);
    do {
      turns.push(inTurn);
      inTurn = 0;
    } while (clock.turn());
    assert.equal(caughtUp(), 1);
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

  it('tells those who wait for an entry a slice of them at a time, and applies the next behind them', () => {
    const clock = new HandClock();
    const told: string[] = [];
    const [first, second] = entries(2, 10);
    assert(first !== undefined && second !== undefined);
    const { applier, caughtUp } = applying(clock, () => told.push('applied'));
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const applied = (): void => {
        told.push(name);
        clock.ms += 0.6 * defaultServerTuning.sliceMs;
      };
      applier.waitFor(first.zxid, { applied });
    }
    applier.whenApplied(second.zxid, { applied: () => told.push('second') });
    applier.deliver([first, second]);
    const inTurns = [told.splice(0)];
    while (clock.turn()) inTurns.push(told.splice(0));
    assert.deepEqual(inTurns, [
      ['applied', 'a', 'b'],
      ['c', 'd'],
      ['e', 'applied', 'second'],
    ]);
    assert.equal(caughtUp(), 1);
  });

  it('tells those whom a snapshot leaves in doubt a slice of them at a time', () => {
    const clock = new HandClock();
    const told: string[] = [];
    const { applier } = applying(clock, () => undefined);
    for (const name of ['a', 'b', 'c']) {
      const applied = (fate: string): void => {
        told.push(`${name} ${fate}`);
        clock.ms += 0.6 * defaultServerTuning.sliceMs;
      };
      applier.whenApplied(zxid(1, 5), { applied });
    }
    const state = new StateMachine({ limits: defaultLimits, sha256 });
    const position = { ...emptyLog, zxid: zxid(2, 1) };
    applier.replace({ state, position, membership: null }, () => told.push('replaced'));
    assert.deepEqual(told, ['replaced', 'a unknown', 'b unknown']);
    while (clock.turn());
    assert.deepEqual(told.slice(3), ['c unknown']);
  });
});
