import assert from 'node:assert/strict';
import type { Refusal } from '../../../../src/model/error-code.ts';
import { emptyLog } from '../../../../src/model/log-entry.ts';
import { zeroZxid, type Zxid } from '../../../../src/model/zxid.ts';
import { Applier } from '../../../../src/server/applied/applier.ts';
import { Deadlines } from '../../../../src/server/deadlines.ts';
import { LockWaits, type LockWaitsParts } from '../../../../src/server/locks/waits.ts';
import { SessionTouches } from '../../../../src/server/sessions/touches.ts';
import { defaultServerTuning as tuning } from '../../../../src/server/tuning.ts';
import { txnCodec } from '../../../../src/wire/txn-codec.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { acquire, keyOf, leaderWith, ownSession, queue } from '../../../support/state/locks.ts';

/** One contender, which holds; the rounds with the leader are answered by hand. */
class Contended {
  readonly clock = new HandClock();
  readonly #confirming: ((zxid: Zxid | Refusal) => void)[] = [];
  readonly #touching: number[] = [];
  readonly #touches: SessionTouches;
  readonly told: string[] = [];

  constructor() {
    const { clock } = this;
    const leader = leaderWith();
    leader.write(acquire(1, { ownSession: ownSession(1) }));
    const state = leader.machine;
    const metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
    const applier = new Applier(
      { clock, codec: txnCodec, tuning, metrics },
      { state, position: { ...emptyLog, zxid: state.lastApplied }, membership: null },
      { onApplied: () => undefined, onCaughtUp: () => undefined },
    );
    const deadlines = new Deadlines(20, 0);
    this.#touches = new SessionTouches({
      clock,
      deadlines,
      tuning,
      tellLeader: (id) => {
        this.#touching.push(id);
        return true;
      },
      wake: () => undefined,
    });
    const reads = {
      confirm: (_mode: string, _timeoutMs: number, done: (zxid: Zxid | Refusal) => void) => {
        this.#confirming.push(done);
      },
    } as unknown as LockWaitsParts['reads'];
    const sessions = this.#touches;
    const waits = new LockWaits({ applier, reads, sessions, clock, deadlines, metrics, tuning });
    const terms = { waitMs: 60_000, timeoutMs: 60_000, isPlaceKnown: true };
    waits.open({ queue, key: keyOf(1), ...terms, asksFirst: false, isCounted: false }, (result) =>
      this.told.push('state' in result ? result.state : result.code),
    );
    this.#touches.flush();
  }

  /** The leader's word for the touch of the session comes in. */
  touched(): void {
    for (const id of this.#touching.splice(0)) this.#touches.onTouched(id, []);
  }

  /** And for the barrier. */
  confirmed(): void {
    for (const done of this.#confirming.splice(0)) done(zeroZxid);
    this.#touches.flush();
  }
}

describe('a grant', () => {
  it('is told once the leader has confirmed both, in any order', () => {
    const first = new Contended();
    first.touched();
    assert.deepEqual(first.told, []);
    first.confirmed();
    assert.deepEqual(first.told, ['granted']);
    const second = new Contended();
    second.confirmed();
    assert.deepEqual(second.told, []);
    second.touched();
    assert.deepEqual(second.told, ['granted']);
  });

  it('is asked for again when the process stood still for longer than the session lives', () => {
    const contended = new Contended();
    contended.touched();
    contended.clock.ms = ownSession(1).timeoutMs;
    contended.confirmed();
    assert.deepEqual(contended.told, [], 'somebody else may hold by now');
    contended.touched();
    contended.confirmed();
    assert.deepEqual(contended.told, ['granted']);
  });
});
