import assert from 'node:assert/strict';
import { environmentWithoutSettings } from '../../../src/config/load.ts';
import { supervision } from '../../../src/config/supervision.ts';

describe('what a supervisor asks for', () => {
  const socket = { NOTIFY_SOCKET: '/run/systemd/notify' };

  it('is nothing where there is none', () => {
    assert.equal(supervision({}, 7), undefined);
    assert.equal(supervision({ NOTIFY_SOCKET: '', WATCHDOG_USEC: '1000000' }, 7), undefined);
  });

  it('may be signs of life', () => {
    assert.deepEqual(supervision({ ...socket, WATCHDOG_USEC: '3000000' }, 7), {
      watchdogMs: 3_000,
    });
    assert.deepEqual(supervision({ ...socket, WATCHDOG_USEC: '3000000', WATCHDOG_PID: '7' }, 7), {
      watchdogMs: 3_000,
    });
  });

  it('may be none of those, or those of another process', () => {
    for (const more of [{}, { WATCHDOG_USEC: 'x' }, { WATCHDOG_USEC: '9', WATCHDOG_PID: '8' }]) {
      assert.deepEqual(supervision({ ...socket, ...more }, 7), { watchdogMs: undefined });
    }
  });

  it('is not for processes that are started in turn: `quoll dev` under systemd is not three services', () => {
    const environment = { ...socket, WATCHDOG_USEC: '9', WATCHDOG_PID: '7', PATH: '/bin' };
    assert.deepEqual(environmentWithoutSettings(environment), { PATH: '/bin' });
  });
});
