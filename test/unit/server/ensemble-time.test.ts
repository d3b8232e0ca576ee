import assert from 'node:assert/strict';
import type { TreeOp } from '../../../src/model/request.ts';
import type { Stat } from '../../../src/model/stat.ts';
import { create, path as pathOf, set } from '../../support/model/requests.ts';
import { SimulatedEnsemble, type Member } from '../../support/simulated-ensemble.ts';
import { wallStartMs } from '../../sim/clock.ts';

const yearMs = 365 * 24 * 3_600_000;

class Timed extends SimulatedEnsemble {
  get first(): Member {
    return this.leader ?? assert.fail('nobody leads');
  }

  /** Another follower than the last that was asked for. */
  get second(): Member {
    return this.followers[0] ?? assert.fail('nobody follows');
  }

  async do(op: TreeOp, key?: string): Promise<void> {
    const request = { kind: 'multi', single: true, ops: [op] } as const;
    const caller = { identities: [] };
    const keyed = key === undefined ? {} : { idempotencyKey: key };
    const options = { timeoutMs: 5_000, ...keyed };
    await this.settle(this.first.server.service.write(request, caller, options));
  }

  stat(path: string): Stat | undefined {
    const read = { read: 'stat', path: pathOf(path) } as const;
    const result = this.first.server.peer?.applier.state.read(read, []);
    return result !== undefined && 'stat' in result ? result.stat : undefined;
  }

  /** How far from the truth a write that is made now is stamped. */
  async offMs(name: string): Promise<number> {
    await this.do(create(name));
    return (this.stat(name)?.ctime ?? NaN) - wallStartMs - this.scheduler.nowMs;
  }
}

describe('the time of an ensemble', () => {
  it('is no clock’s that a majority contradicts, the leader’s own included', async () => {
    const ensemble = new Timed(3);
    await ensemble.established();
    const { clock } = ensemble.first;
    let number = 0;
    for (const byMs of [yearMs, -yearMs, 3_600_000, 5_000, 0]) {
      clock.wallOffsetMs = byMs;
      for (const waitMs of [0, 2_000]) {
        await ensemble.pass(waitMs);
        const offMs = await ensemble.offMs(`/a${String(number++)}`);
        assert.ok(Math.abs(offMs) < 1_000, `${String(byMs)}: ${String(offMs)}`);
      }
    }
    const told = ensemble.events.filter((event) => /clockOff|clockRight/.test(event));
    const byWhat = told.map((event) => /clock\w+/.exec(event)?.[0]);
    assert.deepEqual(byWhat, ['clockOff', 'clockRight'], told.join('\n'));
  });

  it('is no clock’s of two that jumps, wherever it goes and whoever leads then', async () => {
    const ensemble = new Timed(3);
    await ensemble.established();
    await ensemble.do(create('/before'));
    const absent = ensemble.second;
    ensemble.isolate(absent);
    await ensemble.pass(2_000);
    let number = 0;
    for (const byMs of [yearMs, -yearMs]) {
      for (const member of [ensemble.first, ensemble.second]) {
        member.clock.wallOffsetMs = byMs;
        await ensemble.pass(2_000);
        const offMs = await ensemble.offMs(`/a${String(number++)}`);
        assert.ok(Math.abs(offMs) < 1_000, `${String(byMs)}: ${String(offMs)}`);
        // With a new leader, which has agreed with nobody yet.
        const others = ensemble.members.filter((other) => other !== absent);
        for (const other of others) ensemble.restart(other);
        member.clock.wallOffsetMs = byMs;
        await ensemble.until(() => ensemble.leader !== undefined);
        const anew = await ensemble.offMs(`/a${String(number++)}`);
        assert.ok(Math.abs(anew) < 1_000, `${String(byMs)}, anew: ${String(anew)}`);
        for (const other of others) other.clock.wallOffsetMs = 0;
        await ensemble.pass(2_000);
      }
    }
  });

  it('is that of a peer alone, and comes back with its clock; nothing goes early or a year late', async () => {
    const ensemble = new Timed(1);
    await ensemble.established();
    await ensemble.do(create('/once-', { sequential: true }), 'key');
    await ensemble.do(create('/early', { kind: 'ttl', ttlMs: 60_000 }));
    const { clock } = ensemble.first;
    clock.wallOffsetMs = yearMs;
    await ensemble.pass(2_000);
    assert.ok(Math.abs((await ensemble.offMs('/ahead')) - yearMs) < 1_000);
    await ensemble.do(create('/late', { kind: 'ttl', ttlMs: 3_000 }));
    await ensemble.do(create('/once-', { sequential: true }), 'key');
    assert.ok(ensemble.stat('/early') !== undefined, 'left alone for seconds, not for a year');
    clock.wallOffsetMs = 0;
    await ensemble.pass(100);
    assert.ok(Math.abs(await ensemble.offMs('/back')) < 1_000);
    await ensemble.do(set('/ahead', 'x'));
    assert.ok((ensemble.stat('/ahead')?.mtime ?? Infinity) - wallStartMs < 3_600_000);
    await ensemble.until(() => ensemble.stat('/late') === undefined);
    assert.ok(ensemble.stat('/early') !== undefined);
    assert.equal(ensemble.stat('/once-0000000001'), undefined, 'the key was not forgotten');
  });
});
