import assert from 'node:assert/strict';
import { anyVersion, type TreeOp } from '../../../../src/model/request.ts';
import type { ServerTuning } from '../../../../src/server/tuning.ts';
import { SimulatedEnsemble, type Member } from '../../../support/simulated-ensemble.ts';
import { create, path as pathOf, remove, set } from '../../../support/model/requests.ts';

function reapable(at: string, more: { ttlMs?: number; kind?: 'container' } = {}): TreeOp {
  const kind = more.ttlMs === undefined ? (more.kind ?? 'persistent') : 'ttl';
  return create(at, { ...more, kind, parents: true });
}

class Reaping {
  readonly ensemble: SimulatedEnsemble;

  constructor(size: number, tuning: Partial<ServerTuning> = {}) {
    this.ensemble = new SimulatedEnsemble(size, { tuning });
  }

  async ready(): Promise<void> {
    await this.ensemble.until(() => this.ensemble.leader !== undefined);
  }

  async do(...ops: TreeOp[]): Promise<void> {
    const { leader } = this.ensemble;
    assert(leader);
    const request = { kind: 'multi', single: false, ops } as const;
    const caller = { identities: [] };
    await this.ensemble.settle(leader.server.service.write(request, caller, { timeoutMs: 5_000 }));
  }

  isThere(path: string, members: readonly Member[] = this.ensemble.members): boolean {
    return members.some(({ server }) => {
      const result = server.peer?.applier.state.read({ read: 'stat', path: pathOf(path) }, []);
      return result !== undefined && 'stat' in result;
    });
  }

  async untilGone(path: string, withinMs: number): Promise<number> {
    await this.ensemble.until(() => !this.isThere(path), withinMs);
    return this.ensemble.scheduler.nowMs;
  }
}

describe('the reaper', () => {
  it('removes a TTL znode soon after its time on every peer, and not before', async () => {
    const reaping = new Reaping(3);
    await reaping.ready();
    await reaping.do(reapable('/t', { ttlMs: 3_000 }));
    const madeAtMs = reaping.ensemble.scheduler.nowMs;
    const goneAtMs = await reaping.untilGone('/t', 10_000);
    assert(goneAtMs - madeAtMs >= 2_900, String(goneAtMs - madeAtMs));
    assert(goneAtMs - madeAtMs < 6_000, String(goneAtMs - madeAtMs));
  });

  it('leaves one that is touched, and one that has children', async () => {
    const reaping = new Reaping(3);
    await reaping.ready();
    await reaping.do(
      reapable('/t', { ttlMs: 2_000 }),
      reapable('/p', { ttlMs: 2_000 }),
      reapable('/p/c'),
    );
    for (let touches = 0; touches < 6; touches++) {
      await reaping.ensemble.pass(1_000);
      await reaping.do(set('/t', 'touched'));
    }
    assert(reaping.isThere('/t') && reaping.isThere('/p'));
    await reaping.untilGone('/t', 10_000);
    assert(reaping.isThere('/p'));
  });

  it('removes a container once it is emptied, at the next look, and no empty one that is new', async () => {
    const reaping = new Reaping(1, { reapEveryMs: 5_000 });
    await reaping.ready();
    await reaping.do(
      reapable('/c', { kind: 'container' }),
      reapable('/c/x'),
      reapable('/new', { kind: 'container' }),
    );
    await reaping.ensemble.pass(11_000);
    assert(reaping.isThere('/c'));
    await reaping.do(remove('/c/x'));
    await reaping.untilGone('/c', 6_000);
    assert(reaping.isThere('/new'));
  });

  it('goes on under the next leader', async () => {
    const reaping = new Reaping(3, { reapEveryMs: 5_000 });
    await reaping.ready();
    await reaping.do(
      reapable('/t', { ttlMs: 4_000 }),
      reapable('/c', { kind: 'container' }),
      reapable('/c/x'),
    );
    await reaping.do(remove('/c/x'));
    const { leader } = reaping.ensemble;
    assert(leader);
    leader.process.kill();
    const others = reaping.ensemble.members.filter((member) => member !== leader);
    await reaping.ensemble.until(() => reaping.ensemble.leader !== undefined);
    await reaping.ensemble.until(() => !reaping.isThere('/t', others), 15_000);
    await reaping.ensemble.until(() => !reaping.isThere('/c', others), 15_000);
  });

  it('takes no more at once than the bounds say, and all of them in the end', async () => {
    const slow = { reapSliceZnodes: 7, reapsInFlightMax: 3, reapsPerMinuteMax: 1_200 };
    const reaping = new Reaping(1, { reapEveryMs: 5_000, ...slow });
    await reaping.ready();
    const names = Array.from({ length: 100 }, (_, index) => `/t${String(index)}`);
    await reaping.do(...names.map((name) => reapable(name, { ttlMs: 1_000 })));
    const left = (): number => names.filter((name) => reaping.isThere(name)).length;
    await reaping.ensemble.until(() => left() < 100, 5_000);
    await reaping.ensemble.pass(1_000);
    // 1,200 a minute are 20 a second.
    assert(left() > 70, String(left()));
    await reaping.ensemble.until(() => left() === 0, 10_000);
  });

  it('takes no such request from another peer', async () => {
    const reaping = new Reaping(3);
    await reaping.ready();
    await reaping.do(reapable('/t', { ttlMs: 1 }));
    const { leader, followers } = reaping.ensemble;
    const connection = followers[0]?.server.peer?.zab.status.leaderConnection;
    assert(leader && connection !== undefined);
    const before = reaping.ensemble.events.length;
    followers[0]?.server.peer?.writes.submit(
      { kind: 'reap', path: pathOf('/t'), expected: anyVersion },
      { identities: [] },
      1_000,
      () => undefined,
    );
    await reaping.ensemble.until(() =>
      reaping.ensemble.events
        .slice(before)
        .some((line) => line.includes('connectionClosed') && line.includes('protocol')),
    );
  });
});
