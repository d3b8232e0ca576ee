import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Acl, Identity } from '../../../../src/model/acl.ts';
import type { TreeOp } from '../../../../src/model/request.ts';
import type { EventBatch } from '../../../../src/service/watching.ts';
import {
  Bed,
  change,
  changes,
  create,
  multi,
  path,
  remove,
  set,
  setAcl,
  shortLog,
  soon,
} from '../../../support/watch/watch-bed.ts';
import { WatchReader } from '../../../support/watch/watch-reader.ts';

const alice: Identity = { scheme: 'digest', id: 'alice:hash' };
const onlyAlice: Acl = [{ permissions: 31, ...alice }];

async function alone(
  tuning: NonNullable<ConstructorParameters<typeof Bed>[1]>['tuning'] = {},
): Promise<Bed> {
  const bed = await new Bed(1, { tuning }).established();
  await bed.write(bed.leader.server.service, create('/a'));
  return bed;
}

function batchesOf(reader: WatchReader): EventBatch[] {
  return reader.items.flatMap(({ item }) => (item.kind === 'events' ? [item.batch] : []));
}

describe('readers of watches', () => {
  it('share one batch and its encodings when they see the same', async () => {
    const bed = await alone();
    const { service } = bed.leader.server;
    const readers = Array.from(
      { length: 300 },
      (_, index) => new WatchReader(service, index % 3 === 0 ? [alice] : []),
    );
    for (const [index, reader] of readers.entries())
      reader.watch(1, '/', { scope: 'recursive', withData: index % 2 === 0 });
    await bed.ensemble.pass(10);
    await bed.write(service, set('/a', 'x'));
    await bed.write(service, create('/s', '', { acl: onlyAlice }), set('/a', 'y'));
    await bed.ensemble.pass(10);
    const batches = readers.flatMap(batchesOf);
    assert.equal(batches.length, 600);
    // Of the first txn one with and one without values, of the second also those without what only Alice may read.
    assert.equal(new Set(batches).size, 6);
    let encodings = 0;
    for (const batch of batches)
      assert.equal(
        batch.encoded('text', ({ events }) => `${String(++encodings)} ${String(events.length)}`),
        batch.encoded('text', () => 'never'),
      );
    assert.equal(encodings, 6);
  });

  it('hear of a change before the answer of who made it, when the door flushes', async () => {
    const bed = await new Bed(3).established();
    const [follower] = bed.ensemble.followers;
    assert.ok(follower);
    const { service } = follower.server;
    const reader = new WatchReader(service);
    reader.watch(1, '/', { scope: 'recursive' });
    await bed.ensemble.pass(10);
    reader.items.length = 0;
    let seen: string[] | undefined;
    await bed.ensemble.settle(
      service.write(multi(create('/b')), { identities: [] }, soon).then(() => {
        reader.outlet.flush();
        seen = reader.lines;
      }),
    );
    assert.deepEqual(seen, ['1: created /b']);
  });

  it('hear nothing of what they may not read, nor by what they hear of the rest', async () => {
    const secret = (): fc.Arbitrary<TreeOp> =>
      fc.oneof(
        fc
          .constantFrom('/s/a', '/s/b', '/s/a/x')
          .map((at) => create(at, 'secret', { acl: onlyAlice })),
        fc.constantFrom('/s/a', '/s/b').map((at) => set(at, 'more')),
        fc.constantFrom('/s/a', '/s/b', '/s/a/x').map((at) => remove(at)),
        fc.constantFrom('/s/a', '/s/b').map((at) => setAcl(at, onlyAlice)),
      );
    const open = (): fc.Arbitrary<TreeOp> =>
      fc.oneof(
        fc.constantFrom('/o/a', '/o/b').map((at) => create(at, 'x')),
        fc.constantFrom('/o', '/o/a').map((at) => set(at, 'y')),
        fc.constantFrom('/o/a', '/o/b').map((at) => remove(at)),
      );
    const step = fc.record({ secret: fc.array(secret(), { maxLength: 2 }), open: open() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const views = [await viewOf(steps, true), await viewOf(steps, false)];
        assert.deepEqual(views[0], views[1]);
      }),
      { numRuns: 25 },
    );

    async function viewOf(
      steps: readonly { readonly secret: readonly TreeOp[]; readonly open: TreeOp }[],
      withSecrets: boolean,
    ): Promise<string[]> {
      const bed = await new Bed(1).established();
      const { service } = bed.leader.server;
      await bed.write(service, create('/s', '', { acl: onlyAlice }), create('/o'));
      const reader = new WatchReader(service);
      reader.watch(1, '/', { scope: 'recursive', withData: true });
      reader.watch(2, '/s');
      reader.watch(3, '/o');
      for (const [index, at] of ['/s/a', '/o/a'].entries()) {
        const query = { read: 'stat', path: path(at) } as const;
        const local = { consistency: 'local', ...soon } as const;
        reader.outlet.readWatched(10 + index, query, local, () => undefined);
      }
      const asAlice = { identities: [alice] };
      const attempt = (...ops: TreeOp[]): Promise<unknown> =>
        bed.ensemble.settle(service.write(multi(...ops), asAlice, soon).catch(() => undefined));
      for (const { secret: hidden, open: shown } of steps) {
        // Apart, so that what fails here fails in both.
        if (withSecrets) for (const op of hidden) await attempt(op);
        await attempt(shown);
      }
      const together = [create('/o/last'), create('/s/last', '', { acl: onlyAlice })];
      await attempt(...together.slice(0, withSecrets ? 2 : 1));
      const initial = new WatchReader(service);
      initial.watch(1, '/', { scope: 'recursive', initial: true });
      const back = new WatchReader(service);
      back.resume(1, '/', { zxid: { epoch: 1, counter: 2 } });
      await bed.ensemble.pass(20);
      return [...reader.lines, ...initial.lines, ...back.lines];
    }
  });

  it('that are allowed to, hear of it all', async () => {
    const bed = await alone();
    const { service } = bed.leader.server;
    const reader = new WatchReader(service, [alice]);
    const other = new WatchReader(service);
    for (const each of [reader, other]) each.watch(1, '/', { scope: 'recursive' });
    const asAlice = { identities: [alice] };
    const write = (...ops: TreeOp[]): Promise<unknown> =>
      bed.ensemble.settle(service.write(multi(...ops), asAlice, soon));
    await write(create('/s', '', { acl: onlyAlice }));
    await write(create('/s/t'), set('/s', ''));
    await write(setAcl('/s/t', onlyAlice));
    await write(remove('/s', true));
    await bed.ensemble.pass(10);
    assert.deepEqual(reader.lines, [
      '1: synced',
      '1: created /s',
      '1: created /s/t, dataChanged /s',
      '1: deleted /s/t, deleted /s',
    ]);
    assert.deepEqual(other.lines, ['1: synced', '1: created /s/t'], 'each znode by its own ACL');
  });
});

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
            multi(set('/a', String(index).padStart(2_000, '.'))),
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
        told.push('kind' in answer ? answer.code : answer.result.read),
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
        told.push('kind' in answer ? answer.code : answer.result.read),
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
