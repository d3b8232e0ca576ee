import assert from 'node:assert/strict';
import type { Asker } from '../../../src/service/call.ts';
import { introducedMax, Introductions } from '../../../src/service/introductions.ts';

const address = { scheme: 'ip', id: '10.0.0.7' };
const named = (id: string) => ({ identities: [address, { scheme: 'digest', id }] });

describe('who has proved himself on a connection', () => {
  it('is introduced once, and an address alone never', () => {
    const met: Asker[] = [];
    const service = { introduced: (asker: Asker): void => void met.push(asker) };
    const introductions = new Introductions();
    introductions.meet(service, { identities: [address] });
    for (let times = 0; times < 3; times++) {
      introductions.meet(service, { ...named('ann:1'), door: 'http' });
      introductions.meet(service, { ...named('bob:1'), door: 'http' });
    }
    assert.deepEqual(met, [
      { ...named('ann:1'), door: 'http' },
      { ...named('bob:1'), door: 'http' },
    ]);
  });

  it('is remembered in bounded room', () => {
    let times = 0;
    const service = {
      introduced: () => {
        times++;
      },
    };
    const introductions = new Introductions();
    for (let each = 0; each <= introducedMax; each++) {
      introductions.meet(service, named(`user${String(each)}:1`));
    }
    introductions.meet(service, named('user0:1'));
    assert.equal(times, introducedMax + 2);
  });
});
