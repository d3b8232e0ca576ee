import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import {
  Handshakes,
  handshakesMax,
  handshakesPerAddressMax,
  handshakesPerTurnMax,
  handshakeWithinMs,
  newcomersMax,
} from '../../../../src/frontends/entrance/handshakes.ts';
import { HandClock } from '../../../support/hand-clock.ts';

class Coming extends EventEmitter {
  destroyed = false;
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

describe('handshakes', () => {
  const bed = () => {
    const clock = new HandClock();
    const begun: Coming[] = [];
    const closed: string[] = [];
    const handshakes: Handshakes = new Handshakes({
      clock,
      closed: (address, why) => closed.push(`${address}: ${why}`),
    });
    const come = (address: string): Coming => {
      const raw = new Coming();
      handshakes.come(raw, address, () => begun.push(raw));
      return raw;
    };
    const ready = (address: string): Coming => {
      const raw = come(address);
      handshakes.ready(raw);
      while (clock.turn());
      return raw;
    };
    return { clock, handshakes, begun, closed, come, ready };
  };

  it('begin once their first bytes are there, so many of an address at a time', () => {
    const { clock, handshakes, begun, come, ready } = bed();
    const silent = come('one');
    assert.equal(begun.length, 0);
    handshakes.ready(silent);
    while (clock.turn());
    assert.equal(begun[0], silent);
    const all = Array.from({ length: 2 * handshakesPerAddressMax }, () => ready('one'));
    assert.equal(begun.length, handshakesPerAddressMax);
    ready('other');
    assert.equal(begun.length, handshakesPerAddressMax + 1, 'another address does not wait for it');
    handshakes.done(silent);
    while (clock.turn());
    assert.equal(begun.at(-1), all[handshakesPerAddressMax - 1], 'the next in order');
    all[0]?.destroy();
    while (clock.turn());
    assert.equal(begun.at(-1), all[handshakesPerAddressMax]);
  });

  it('begin a few in a turn, each address in its turn', () => {
    const { clock, handshakes, begun, come } = bed();
    const many = Array.from({ length: 10 }, () => come('many'));
    for (const raw of many) handshakes.ready(raw);
    const few = come('few');
    handshakes.ready(few);
    assert.equal(begun.length, 0);
    clock.turn();
    assert.equal(begun.length, handshakesPerTurnMax);
    assert.equal(begun[1], few);
    while (clock.turn());
    assert.equal(begun.length, 11);
  });

  it('begin never of those that have gone meanwhile', () => {
    const { clock, handshakes, begun, ready } = bed();
    const all = Array.from({ length: handshakesPerAddressMax + 3 }, () => ready('one'));
    all.at(-2)?.destroy();
    for (const each of [...begun]) handshakes.done(each);
    while (clock.turn());
    assert.equal(begun.includes(all.at(-2) ?? assert.fail()), false);
    assert.equal(begun.at(-1), all.at(-1));
    assert.equal(handshakes.done(all.at(-2) ?? assert.fail()), false);
  });

  it('of an address with few under way take the place of the first of one with many', () => {
    const { begun, closed, ready } = bed();
    const addresses = handshakesMax / handshakesPerAddressMax;
    for (let address = 0; address < addresses; address++) {
      for (let each = 0; each < handshakesPerAddressMax; each++) ready(`many-${String(address)}`);
    }
    assert.equal(begun.length, handshakesMax);
    const few = ready('few');
    assert.equal(begun.at(-1), few);
    assert.ok(begun[0]?.destroyed === true);
    assert.deepEqual(closed, ['many-0: too many handshakes are under way']);
  });

  it('wait when all addresses have as many under way, and go on when one is done', () => {
    const { clock, handshakes, begun, closed, ready } = bed();
    for (let address = 0; address < handshakesMax; address++) ready(String(address));
    const late = ready('late');
    assert.equal(begun.includes(late), false);
    handshakes.done(begun[7] ?? assert.fail());
    while (clock.turn());
    assert.equal(begun.at(-1), late);
    assert.deepEqual(closed, []);
  });

  it('that take too long are closed, begun or not', () => {
    const { clock, closed, come, ready } = bed();
    const [silent, begun] = [come('a'), ready('b')];
    clock.pass(handshakeWithinMs - 1_000);
    const late = come('a');
    assert.deepEqual([silent.destroyed, begun.destroyed], [false, false]);
    clock.pass(1_000);
    assert.deepEqual([silent.destroyed, begun.destroyed, late.destroyed], [true, true, false]);
    assert.deepEqual(closed, ['a: it took too long', 'b: it took too long']);
  });

  it('leave room for others: of too many that do not go on, the first of the address with most goes', () => {
    const { come } = bed();
    const few = come('few');
    const many = Array.from({ length: newcomersMax }, () => come('many'));
    assert.equal(few.destroyed, false);
    assert.deepEqual([many[0]?.destroyed, many[1]?.destroyed], [true, false]);
  });

  it('are over when the door stops', () => {
    const { clock, handshakes, begun, come, ready } = bed();
    const all = [come('a'), ready('b')];
    handshakes.stop();
    assert.ok(all.every(({ destroyed }) => destroyed));
    const before = begun.length;
    clock.pass(2 * handshakeWithinMs);
    while (clock.turn());
    assert.equal(begun.length, before);
  });
});
