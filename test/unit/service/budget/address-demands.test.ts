import assert from 'node:assert/strict';
import {
  AddressDemands,
  addressesRememberedMax,
  type ConnectionDemand,
} from '../../../../src/service/budget/address-demands.ts';
import { demandRememberedMs, littleDemand } from '../../../../src/service/budget/demand.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('what an address asks for', () => {
  const clock = new HandClock();
  const ask = (demand: ConnectionDemand, requests: number): void => {
    for (let request = 0; request < requests; request++) {
      if (demand.asked()) demand.count(clock.now());
    }
  };
  /** Opens so many connections, each of which asks once. */
  const crowd = (demands: AddressDemands, address: string, size: number): ConnectionDemand[] => {
    const opened = Array.from({ length: size }, () => demands.open(address));
    for (const demand of opened) ask(demand, 1);
    return opened;
  };
  const much = littleDemand.atOnce + 32;
  const isLight = (demand: ConnectionDemand): boolean =>
    demand.isLittle && !demand.isOfCrowd(clock.now());

  it('is what all its connections ask for, however little each does', () => {
    const demands = new AddressDemands({ clock });
    const [one] = crowd(demands, '10.0.0.1', much);
    assert.ok(one !== undefined && !isLight(one) && one.isSuspect);
    assert.ok(isLight(demands.open('10.0.0.2')));
    assert.equal(demands.large, 1);
  });

  it('is remembered when all of them are closed, for a while', () => {
    const demands = new AddressDemands({ clock });
    for (const demand of crowd(demands, '10.0.0.1', much)) demand.close();
    assert.ok(!isLight(demands.open('10.0.0.1')));
    clock.ms += 2 * demandRememberedMs;
    assert.ok(!demands.open('10.0.0.1').isOfCrowd(clock.now()));
    assert.equal(demands.large, 0);
  });

  it('is much until it is little for a while: who is held back asks for less', () => {
    const demands = new AddressDemands({ clock });
    const [one] = crowd(demands, '10.0.0.1', much);
    assert.ok(one !== undefined);
    for (let round = 0; round < 100; round++) {
      clock.ms += 100;
      ask(one, (1.1 * littleDemand.perSecond) / 10);
      assert.ok(!isLight(one));
    }
    for (let round = 0; round < 100; round++) {
      clock.ms += 100;
      ask(one, (0.5 * littleDemand.perSecond) / 10);
    }
    assert.ok(isLight(one));
  });

  it('counts for no connection of a proxy', () => {
    const demands = new AddressDemands({ clock, isProxy: (address) => address === '10.0.0.1' });
    assert.ok(crowd(demands, '10.0.0.1', much).every(isLight));
    assert.equal(demands.large, 0);
  });

  it('is that of a whole network where addresses are of IPv6', () => {
    const demands = new AddressDemands({ clock });
    for (let host = 1; host <= much; host++) crowd(demands, `2001:db8::${host.toString(16)}`, 1);
    assert.ok(!isLight(demands.open('2001:db8::ffff')));
    assert.ok(isLight(demands.open('2001:db8:0:1::1')));
    // And has one turn of it, however many of its addresses a host uses.
    assert.equal(demands.open('2001:db8::1').host, demands.open('2001:db8::2').host);
  });

  it('is kept of those that are connected, and of so many others', () => {
    const demands = new AddressDemands({ clock });
    const stays = demands.open('stays');
    for (let index = 0; index < 2 * addressesRememberedMax; index++) {
      const demand = demands.open(`address ${String(index)}`);
      ask(demand, 1);
      demand.close();
      demand.close();
    }
    assert.equal(demands.size, addressesRememberedMax + 1);
    clock.ms += 2 * demandRememberedMs;
    demands.open('another').close();
    assert.equal(demands.size, 1, 'and all that is little is forgotten');
    stays.close();
    assert.equal(demands.size, 0);
  });
});
