import assert from 'node:assert/strict';
import { create, set } from '../../../support/model/requests.ts';
import { Bed } from '../../../support/watch/watch-bed.ts';
import { WatchReader } from '../../../support/watch/watch-reader.ts';

describe('watches that begin with the state', () => {
  it('are given it in parts, then go on with what comes', async () => {
    const bed = await new Bed(1, { tuning: { initialPartBytes: 600 } }).established();
    const { service } = bed.leader.server;
    for (const at of ['/t', '/t/b', '/t/a', '/t/a/x', '/u']) {
      await bed.write(service, create(at, { data: at }));
    }
    const reader = new WatchReader(service);
    reader.watch(1, '/t', { scope: 'recursive', initial: true, withData: true });
    reader.watch(2, '/t', { initial: true });
    reader.watch(3, '/none', { initial: true });
    reader.watch(4, '/t', { initial: true, from: { zxid: service.meta().zxid } });
    await bed.ensemble.until(() => reader.has('synced', 3));
    await bed.write(service, set('/t/a', 'new'));
    await bed.ensemble.pass(10);
    assert.deepEqual(reader.taken(), [
      '4: refused badArguments',
      '1: initial created /t /t, created /t/a /t/a, created /t/a/x /t/a/x',
      '1: initial created /t/b /t/b',
      '1: synced',
      '2: initial created /t',
      '2: synced',
      '3: synced',
      '1: dataChanged /t/a new',
    ]);
  });

  it('are refused more of it than is given at once', async () => {
    const tuning = { initialZnodesMax: 3, initialBytesMax: 10 };
    const bed = await new Bed(1, { tuning }).established();
    const { service } = bed.leader.server;
    for (const at of ['/t', '/t/b', '/t/a']) await bed.write(service, create(at, { data: '1234' }));
    const reader = new WatchReader(service);
    reader.watch(1, '/t', { scope: 'recursive', initial: true });
    reader.watch(2, '/t', { scope: 'recursive', initial: true, withData: true });
    await bed.write(service, create('/t/c'));
    reader.watch(3, '/t', { scope: 'recursive', initial: true });
    await bed.ensemble.pass(10);
    assert.deepEqual(reader.lines, [
      '1: initial created /t, created /t/a, created /t/b',
      '1: synced',
      '2: refused tooLarge',
      '1: created /t/c',
      '3: refused tooLarge',
    ]);
  });
});
