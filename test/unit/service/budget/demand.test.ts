import assert from 'node:assert/strict';
import {
  Demand,
  demandRememberedMs,
  littleDemand,
  muchDemand,
} from '../../../../src/service/budget/demand.ts';

describe('what a connection asks for', () => {
  it('is little at a modest rate, however long that goes on', () => {
    const demand = new Demand();
    ask(demand, { perSecond: littleDemand.perSecond, fromMs: 0, forMs: 60_000 });
    assert.deepEqual(said(demand), { isLittle: true, isMuch: false });
  });

  it('is neither little nor much between the two rates', () => {
    const demand = new Demand();
    const perSecond = (littleDemand.perSecond + muchDemand.perSecond) / 2;
    ask(demand, { perSecond, fromMs: 0, forMs: 60_000 });
    assert.deepEqual(said(demand), { isLittle: false, isMuch: false });
  });

  it('is much above that, and is forgotten when nothing more comes', () => {
    const demand = new Demand();
    ask(demand, { perSecond: 3 * muchDemand.perSecond, fromMs: 0, forMs: 10_000 });
    assert.deepEqual(said(demand), { isLittle: false, isMuch: true });
    demand.count(10_000 + demandRememberedMs);
    assert.deepEqual(said(demand), { isLittle: true, isMuch: false });
  });

  it('may come at once, if it is not too much', () => {
    const demand = new Demand();
    for (let request = 0; request < littleDemand.atOnce; request++) demand.asked();
    demand.count(0);
    assert.deepEqual(said(demand), { isLittle: true, isMuch: false });
  });

  it('is not less for being held up', () => {
    const demand = new Demand();
    ask(demand, { perSecond: 3 * muchDemand.perSecond, fromMs: 0, forMs: 1_000 });
    demand.hold();
    demand.count(60_000);
    assert.equal(demand.isMuch, true);
    demand.letGo(60_000);
    demand.count(60_000 + demandRememberedMs);
    assert.equal(demand.isMuch, false);
  });
});

function ask(
  demand: Demand,
  { perSecond, fromMs, forMs }: { perSecond: number; fromMs: number; forMs: number },
): void {
  for (let ms = fromMs; ms <= fromMs + forMs; ms += 1_000 / perSecond) {
    if (demand.asked()) demand.count(ms);
  }
}

function said({ isLittle, isMuch }: Demand): { isLittle: boolean; isMuch: boolean } {
  return { isLittle, isMuch };
}
