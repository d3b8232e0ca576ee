import assert from 'node:assert/strict';
import { requestOf, set } from '../../../support/model/requests.ts';
import { change, changes, soon, alone } from '../../../support/watch/watch-bed.ts';
import { WatchReader, batchesOf } from '../../../support/watch/watch-reader.ts';

describe('slow readers of watches', () => {
  it('are told that they have lost something, and nothing more is kept for them', async () => {
    const bed = await alone({ outletBatchesMax: 5 });
    const { leader } = bed;
    const { service } = leader.server;
    const slow = new WatchReader(service);
    const quick = new WatchReader(service);
    for (const reader of [slow, quick]) {
      reader.watch(1, '/a', { withData: true });
      reader.watch(2, '/a');
      reader.watch(3, '/never');
      reader.outlet.flush();
    }
    slow.takesMore = false;
    await change(bed, leader, 20);
    await bed.ensemble.pass(10);
    // One was on its way when it said that it takes no more.
    assert.deepEqual(slow.lines.slice(3), ['2: dataChanged /a']);
    assert.deepEqual(
      quick.events.filter((event) => !event.endsWith('/a')).length,
      20,
      'others are not harmed',
    );
    slow.takesMore = true;
    slow.outlet.drained();
    await bed.ensemble.pass(10);
    assert.deepEqual(slow.lines.slice(4), ['1: lost slow', '2: lost slow', '3: lost slow']);
    // It goes on from what it has.
    const last = batchesOf(slow)[0];
    assert.ok(last);
    slow.resume(4, '/a', last);
    await bed.ensemble.until(() => slow.has('synced', 4));
    assert.equal(slow.lines.filter((line) => line.startsWith('4: dataChanged')).length, 19);
  });

  it('are told so ahead of the answers that come after what they have lost', async () => {
    const bed = await alone({ outletBatchesMax: 2 });
    const { service } = bed.leader.server;
    const reader = new WatchReader(service);
    const linesWhenAnswered: string[][] = [];
    const answer = (): void => {
      linesWhenAnswered.push(reader.lines);
    };
    reader.watch(1, '/a');
    reader.outlet.flush();
    reader.takesMore = false;
    await change(bed, bed.leader, 2);
    reader.outlet.flush(answer);
    await change(bed, bed.leader, 3);
    reader.outlet.flush(answer);
    reader.takesMore = true;
    reader.outlet.drained();
    assert.deepEqual(linesWhenAnswered, []);
    await bed.ensemble.until(() => linesWhenAnswered.length === 2);
    const told = ['1: synced', '1: dataChanged /a', '1: lost slow'];
    assert.deepEqual(linesWhenAnswered, [told, told]);
  });

  it('may be given more than may wait when they take it, also in one turn', async () => {
    const bed = await alone({ outletBatchesMax: 2, outletBytesMax: 1_000 });
    const { service } = bed.leader.server;
    const reader = new WatchReader(service);
    reader.watch(1, '/a', { withData: true });
    await bed.ensemble.settle(
      Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          service.write(
            requestOf(set('/a', String(index).padStart(2_000, '.'))),
            { identities: [] },
            soon,
          ),
        ),
      ),
    );
    await bed.ensemble.pass(10);
    assert.equal(reader.events.length, 30);
    assert.equal(reader.has('lost'), false);
  });

  it('are lost in time, however little waits for them', async () => {
    const bed = await alone({ outletStalledMs: 5_000, bookmarkEveryMs: 1_000 });
    const reader = new WatchReader(bed.leader.server.service);
    reader.watch(1, '/a', { withData: true });
    reader.outlet.flush();
    reader.takesMore = false;
    await change(bed, bed.leader, 2);
    await bed.ensemble.pass(4_000);
    reader.takesMore = true;
    reader.outlet.drained();
    await bed.ensemble.pass(10);
    assert.deepEqual(reader.taken(), ['1: synced', '1: dataChanged /a 0', '1: dataChanged /a 1']);
    reader.takesMore = false;
    await change(bed, bed.leader, 2, 2);
    await bed.ensemble.pass(7_000);
    reader.takesMore = true;
    reader.outlet.drained();
    await bed.ensemble.pass(10);
    assert.deepEqual(reader.lines, ['1: dataChanged /a 2', '1: lost slow']);
  });

  it('are given the log no faster than they take it', async () => {
    const bed = await alone({ replayAheadBatches: 3, outletBatchesMax: 4, recentTxnsMax: 5 });
    const { leader } = bed;
    const from = { zxid: leader.server.service.meta().zxid };
    await change(bed, leader, 50);
    const reader = new WatchReader(leader.server.service);
    reader.takesMore = false;
    reader.resume(1, '/a', from);
    for (let taken = 1; taken <= 20; taken++) {
      await bed.ensemble.pass(20);
      assert.equal(reader.items.length, taken, 'one at a time');
      reader.outlet.drained();
    }
    reader.takesMore = true;
    await bed.ensemble.until(() => reader.has('synced'));
    await change(bed, leader, 3, 50);
    await bed.ensemble.pass(10);
    assert.deepEqual(
      reader.events.map((event) => event.slice(event.indexOf(' ') + 1)),
      changes(0, 53),
    );
  });

  it('hold up the answers that come after the events', async () => {
    const bed = await alone();
    const reader = new WatchReader(bed.leader.server.service);
    reader.watch(1, '/a');
    reader.outlet.flush();
    reader.takesMore = false;
    await change(bed, bed.leader, 3);
    let isPassed = false;
    reader.outlet.flush(() => (isPassed = true));
    await bed.ensemble.pass(10);
    assert.equal(isPassed, false);
    reader.takesMore = true;
    reader.outlet.drained();
    await bed.ensemble.pass(10);
    assert.equal(isPassed, true);
    assert.equal(reader.events.length, 3);
  });
});
