import assert from 'node:assert/strict';
import { isRefusal } from '../../../../src/model/error-code.ts';
import { path } from '../../../support/model/requests.ts';
import { Bed, change, shortLog, soon, alone } from '../../../support/watch/watch-bed.ts';
import { WatchReader } from '../../../support/watch/watch-reader.ts';

describe('watches of one connection', () => {
  it('are limited, and so are all of a peer', async () => {
    const bed = await alone({ watchesPerOutletMax: 3, watchesMax: 5 });
    const { service } = bed.leader.server;
    const reader = new WatchReader(service);
    const told: string[] = [];
    const read = (tag: number): void => {
      const query = { read: 'data', path: path('/a') } as const;
      const local = { consistency: 'local', ...soon } as const;
      reader.outlet.readWatched(tag, query, local, (answer) =>
        told.push(isRefusal(answer) ? answer.code : answer.result.read),
      );
    };
    reader.watch(1, '/a');
    reader.watch(1, '/b');
    reader.watch(2, '/a');
    read(3);
    read(4);
    reader.watch(5, '/a');
    const other = new WatchReader(service);
    for (const tag of [1, 2, 3]) other.watch(tag, '/a');
    await bed.ensemble.pass(10);
    assert.deepEqual(told, ['data', 'tooLarge']);
    assert.deepEqual(reader.taken(), [
      '1: refused badArguments',
      '5: refused tooLarge',
      '1: synced',
      '2: synced',
    ]);
    assert.deepEqual(other.taken(), ['3: refused throttled', '1: synced', '2: synced']);
    reader.outlet.close();
    other.watch(3, '/a');
    await bed.ensemble.pass(10);
    assert.deepEqual(other.taken(), ['3: synced']);
    other.outlet.close();
    assert.equal(bed.leader.server.peer?.watches.watches, 0);
  });

  it('end when they are told to, with what waits for them', async () => {
    const bed = await alone();
    const { service } = bed.leader.server;
    const reader = new WatchReader(service);
    reader.watch(1, '/a');
    reader.watch(2, '/a');
    const query = { read: 'data', path: path('/a') } as const;
    const answers: string[] = [];
    reader.outlet.readWatched(3, query, { consistency: 'linearizable', ...soon }, () =>
      answers.push('read'),
    );
    assert.equal(reader.outlet.unwatch(3), true, 'while its read is under way');
    await bed.ensemble.until(() => answers.length === 1);
    reader.takesMore = false;
    await change(bed, bed.leader, 2);
    assert.equal(reader.outlet.unwatch(1), true);
    assert.equal(reader.outlet.unwatch(1), false);
    assert.equal(reader.outlet.unwatch(3), false);
    reader.watch(1, '/b');
    reader.takesMore = true;
    reader.outlet.drained();
    await bed.ensemble.pass(10);
    assert.deepEqual(reader.taken(), [
      '1: synced',
      '2: synced',
      '1: dataChanged /a',
      '2: dataChanged /a',
      '2: dataChanged /a',
      '1: synced',
    ]);
  });

  it('are refused what makes no sense', async () => {
    const bed = await alone();
    const reader = new WatchReader(bed.leader.server.service);
    reader.watch(1, `/${'x'.repeat(3_000)}`);
    reader.watch(2, '/a', { timeoutMs: -1 });
    reader.watch(3, '/a', { from: { zxid: { epoch: 1, counter: 1 }, index: 0.5 } });
    assert.deepEqual(reader.lines, [
      '1: refused tooLarge',
      '2: refused badArguments',
      '3: refused badArguments',
    ]);
  });

  it('are given a fresh place when nothing happens, and before the log is cut short', async () => {
    const bed = await alone({ bookmarkEveryMs: 10_000, ...shortLog });
    const { service } = bed.leader.server;
    const reader = new WatchReader(service);
    reader.watch(1, '/a');
    reader.watch(2, '/quiet');
    await change(bed, bed.leader, 1);
    await bed.ensemble.pass(9_000);
    assert.deepEqual(reader.taken(), ['1: synced', '2: synced', '1: dataChanged /a']);
    await bed.ensemble.pass(4_000);
    assert.deepEqual(reader.taken().sort(), ['1: bookmark', '2: bookmark']);
    await change(bed, bed.leader, 60);
    const compacted = (): boolean =>
      bed.ensemble.events.some((line) => line.includes('logCompacted'));
    await bed.ensemble.until(compacted);
    const [bookmark] = reader.items.filter(
      ({ tag, item }) => tag === 2 && item.kind === 'bookmark',
    );
    assert.ok(bookmark?.item.kind === 'bookmark');
    const back = new WatchReader(service);
    back.resume(1, '/quiet', bookmark.item);
    await bed.ensemble.until(() => back.items.length > 0);
    assert.deepEqual(back.lines, ['1: synced']);
  });

  it('need a peer that is there', async () => {
    const bed = new Bed(1);
    const { server } = bed.ensemble.member(1);
    const reader = new WatchReader(server.service);
    const told: string[] = [];
    const read = (): void => {
      const query = { read: 'data', path: path('/a') } as const;
      reader.outlet.readWatched(9, query, { consistency: 'local', ...soon }, (answer) =>
        told.push(isRefusal(answer) ? answer.code : answer.result.read),
      );
    };
    reader.watch(1, '/a');
    read();
    reader.outlet.flush();
    await bed.established();
    reader.watch(1, '/a');
    reader.outlet.flush();
    let isStopped = false;
    server.stop(() => (isStopped = true));
    reader.watch(2, '/a');
    read();
    await bed.ensemble.until(() => isStopped);
    reader.outlet.close();
    assert.deepEqual(reader.lines, ['1: refused noQuorum', '1: synced', '2: refused shuttingDown']);
    assert.deepEqual(told, ['noQuorum', 'shuttingDown']);
  });
});
