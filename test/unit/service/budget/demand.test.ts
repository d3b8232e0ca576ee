import assert from 'node:assert/strict';
import { Demand, demandRememberedMs, littleDemand } from '../../../../src/service/budget/demand.ts';

describe('what a connection asks for', () => {
  it('is little at a modest rate, however long that goes on', () => {
    const demand = new Demand();
    ask(demand, { perSecond: littleDemand.perSecond, forMs: 60_000 });
    assert.equal(demand.isLittle, true);
  });

  it('is more than that above the rate, and is forgotten when nothing more comes', () => {
    const demand = new Demand();
    ask(demand, { perSecond: 2 * littleDemand.perSecond, forMs: 10_000 });
    assert.equal(demand.isLittle, false);
    demand.count(10_000 + 2 * demandRememberedMs);
    assert.equal(demand.isLittle, true);
  });

  it('may come at once, if it is not too much', () => {
    const demand = new Demand();
    for (let request = 0; request < littleDemand.atOnce; request++) demand.asked();
    demand.count(0);
    assert.equal(demand.isLittle, true);
  });

  it('is sent ahead for as long as it is held, and is remembered for a while', () => {
    const demand = new Demand();
    assert.equal(demand.isAhead(0), false);
    demand.sentAhead(0);
    assert.equal(demand.isAhead(demandRememberedMs - 1), true);
    assert.equal(demand.isAhead(demandRememberedMs), false);
    demand.hold();
    assert.equal(demand.isAhead(60_000), true);
    demand.letGo(60_000);
    assert.equal(demand.isAhead(60_000 + demandRememberedMs), false);
  });
});

function ask(demand: Demand, { perSecond, forMs }: { perSecond: number; forMs: number }): void {
  for (let ms = 0; ms <= forMs; ms += 1_000 / perSecond) if (demand.asked()) demand.count(ms);
}
