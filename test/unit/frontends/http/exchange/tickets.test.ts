import assert from 'node:assert/strict';
import { Tickets } from '../../../../../src/frontends/http/exchange/tickets.ts';
import { systemRandom } from '../../../../../src/adapters/system/random.ts';
import { refusedAs } from '../../../../support/http/refusals.ts';
import { HandClock } from '../../../../support/hand-clock.ts';

describe('tickets', () => {
  const holder = {
    identities: [
      { scheme: 'ip', id: '10.0.0.1' },
      { scheme: 'digest', id: 'ada:x' },
    ],
  };
  const shownBy = { identities: [{ scheme: 'ip', id: '10.0.0.2' }] };

  it('stand for who got them, from wherever they are shown', () => {
    const tickets = new Tickets(new HandClock(), systemRandom);
    const { ticket } = tickets.issue(holder);
    assert.deepEqual(tickets.callerFor(ticket, shownBy).identities, [
      { scheme: 'ip', id: '10.0.0.2' },
      { scheme: 'digest', id: 'ada:x' },
    ]);
  });

  it('are good for a while, and no other text is', () => {
    const clock = new HandClock();
    const tickets = new Tickets(clock, systemRandom);
    const { ticket, expiresInMs } = tickets.issue(holder);
    clock.pass(expiresInMs - 1);
    tickets.callerFor(ticket, shownBy);
    clock.pass(1);
    assert.throws(() => tickets.callerFor(ticket, shownBy), refusedAs('authFailed'));
    assert.throws(() => tickets.callerFor('', shownBy), refusedAs('authFailed'));
  });

  it('are bounded in number, until some expire', () => {
    const clock = new HandClock();
    const tickets = new Tickets(clock, systemRandom);
    for (let index = 0; index < 10_000; index++) tickets.issue(holder);
    assert.throws(() => tickets.issue(holder), refusedAs('throttled'));
    clock.pass(60_000);
    tickets.issue(holder);
  });
});
