import assert from 'node:assert/strict';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Store, StoreFailure } from '../../../src/ports/store.ts';
import { Guard, guardPorts } from '../../../src/server/guarded-ports.ts';
import { type ServerPorts } from '../../../src/server/options.ts';
import { HandClock } from '../../support/hand-clock.ts';

describe('guard', () => {
  it('lets nothing in after the orderly end but that the store has failed, once', () => {
    const told: unknown[] = [];
    const seen: string[] = [];
    const guard = new Guard((cause) => told.push(cause));
    let fromStore: Parameters<Store['load']>[0] | undefined;
    const clock: Clock = new HandClock();
    const store: Pick<Store, 'load'> = {
      load: (handlers) => (fromStore = handlers),
    };
    guardPorts({ clock, store } as ServerPorts, guard).store.load({
      onIndex: () => seen.push('index'),
      onLoaded: () => seen.push('loaded'),
      onFailure: (failure) => {
        guard.fail(failure);
      },
    });
    guard.halt();
    const failure: StoreFailure = { code: 'io', message: 'the disk is gone' };
    fromStore?.onIndex([]);
    fromStore?.onFailure(failure);
    fromStore?.onFailure(failure);
    assert.deepEqual(told, [failure]);
    assert.deepEqual(seen, []);
  });
});
