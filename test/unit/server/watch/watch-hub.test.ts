import assert from 'node:assert/strict';
import { isRefusal } from '../../../../src/model/error-code.ts';
import { openAcl, type Acl, type Identity } from '../../../../src/model/acl.ts';
import { create, path, remove, set, setAcl, requestOf } from '../../../support/model/requests.ts';
import { Bed, soon, alone } from '../../../support/watch/watch-bed.ts';
import { WatchReader, batchesOf } from '../../../support/watch/watch-reader.ts';
import fc from 'fast-check';
import type { TreeOp } from '../../../../src/model/request.ts';

describe('watches', () => {
  it('hear of what is done from now on, wherever it was asked for', async () => {
    const bed = await new Bed(3).established();
    const readers = bed.ensemble.members.map(({ server }) => new WatchReader(server.service));
    for (const reader of readers) {
      reader.watch(1, '/a');
      reader.watch(2, '/', { scope: 'recursive', withData: true });
    }
    const { service } = bed.leader.server;
    await bed.write(service, create('/a', { data: 'one' }));
    await bed.write(service, create('/a/b', { data: 'two' }), set('/a', 'three'));
    await bed.write(service, setAcl('/a', openAcl));
    await bed.write(service, remove('/a', { recursive: true }));
    await bed.ensemble.pass(100);
    for (const reader of readers) {
      assert.deepEqual(reader.taken(), [
        '1: synced',
        '2: synced',
        '1: created /a',
        '2: created /a one',
        '2: created /a/b two, dataChanged /a three',
        '1: childrenChanged /a, dataChanged /a',
        '2: deleted /a/b, deleted /a',
        '1: childrenChanged /a, deleted /a',
      ]);
    }
  });

  it('fire once, as those of ZooKeeper', async () => {
    const bed = await new Bed(3).established();
    const [follower] = bed.ensemble.followers;
    assert.ok(follower);
    const { service } = follower.server;
    const reader = new WatchReader(service);
    const told: string[] = [];
    const read = (tag: number, what: 'data' | 'stat' | 'children', at: string): void => {
      const query =
        what === 'children'
          ? ({ read: what, path: path(at), limit: 10, withData: false } as const)
          : ({ read: what, path: path(at) } as const);
      reader.outlet.readWatched(tag, query, { consistency: 'linearizable', ...soon }, (answer) =>
        told.push(`${String(tag)} ${isRefusal(answer) ? answer.code : answer.result.read}`),
      );
    };
    await bed.write(service, create('/there', { data: 'x' }));
    read(1, 'stat', '/absent');
    read(2, 'data', '/absent');
    read(3, 'children', '/absent');
    read(4, 'data', '/there');
    read(5, 'children', '/there');
    read(6, 'stat', '/there');
    await bed.ensemble.until(() => told.length === 6);
    assert.deepEqual(told, ['1 noNode', '2 noNode', '3 noNode', '4 data', '5 children', '6 stat']);
    await bed.write(service, create('/absent'));
    await bed.write(service, setAcl('/there', openAcl));
    await bed.write(service, set('/there', 'y'));
    await bed.write(service, set('/there', 'z'));
    await bed.write(service, create('/there/child'));
    read(7, 'children', '/there/child');
    read(8, 'stat', '/there/child');
    await bed.ensemble.until(() => told.length === 8);
    await bed.write(service, remove('/there/child'));
    await bed.ensemble.pass(100);
    assert.deepEqual(reader.taken(), [
      '1: fired created /absent ',
      '4: fired dataChanged /there y',
      '6: fired dataChanged /there y',
      '5: fired childrenChanged /there',
      '7: fired deleted /there/child',
      '8: fired deleted /there/child',
    ]);
    assert.equal(follower.server.peer?.watches.watches, 0);
  });
});

describe('watches of many, of which not all are told at once,', () => {
  /** Nobody is told in the turn of apply. */
  const tuning = { publishAtOnceMs: 0 };

  it('are told before whatever is answered to their connection, and once', async () => {
    const bed = await alone(tuning);
    const { service } = bed.leader.server;
    const [asks, waits] = [new WatchReader(service), new WatchReader(service)];
    for (const reader of [asks, waits]) {
      reader.watch(1, '/', { scope: 'recursive', withData: true });
      reader.watch(2, '/a');
      const query = { read: 'data', path: path('/a') } as const;
      reader.outlet.readWatched(3, query, { consistency: 'local', ...soon }, () => undefined);
    }
    await bed.ensemble.pass(10);
    for (const reader of [asks, waits]) reader.taken();
    const expected = [
      '3: fired dataChanged /a x',
      '2: dataChanged /a',
      '1: dataChanged /a x, created /b ',
    ];
    const late = new WatchReader(service);
    const seen = await inTurnOf(bed, [set('/a', 'x'), create('/b')], () => {
      let answered: string[] | undefined;
      asks.outlet.flush(() => (answered = asks.lines));
      assert.deepEqual(waits.lines, [], 'nobody asked for it');
      late.watch(1, '/', { scope: 'recursive' });
      return answered;
    });
    assert.deepEqual(seen, expected);
    await bed.ensemble.pass(10);
    assert.deepEqual(asks.lines, expected);
    assert.deepEqual(waits.lines, expected);
    assert.deepEqual(late.lines, ['1: synced'], 'it came later');
  });

  it('of a connection too', async () => {
    const bed = await alone(tuning);
    const { service } = bed.leader.server;
    const lines: string[] = [];
    const watches = service.openConnectionWatches({
      notify: ({ type, path: at }) => lines.push(`${type} ${at}`),
      lost: () => lines.push('lost'),
    });
    watches.add(path('/a'), 'data');
    watches.add(path('/'), 'recursive');
    await inTurnOf(bed, [set('/a', 'x'), create('/b')], () => {
      assert.equal(watches.isBehind, true);
      assert.deepEqual(lines, []);
      // Left on what the change has made: it is no news.
      watches.add(path('/b'), 'data');
      let hasPassed = false;
      watches.whenPassed(() => (hasPassed = true));
      assert.ok(hasPassed);
      assert.deepEqual(lines, ['dataChanged /a', 'created /b']);
      assert.equal(watches.isBehind, false);
      watches.add(path('/a'), 'data');
    });
    await bed.ensemble.pass(10);
    assert.deepEqual(lines, ['dataChanged /a', 'created /b']);
    assert.equal(watches.size, 3);
  });

  it('hold up what is applied once too much waits for them, and hear of all of it', async () => {
    const bed = await alone({ ...tuning, unpublishedTxnsMax: 2 });
    const { service } = bed.leader.server;
    const reader = new WatchReader(service);
    reader.watch(1, '/a', { withData: true });
    await bed.ensemble.pass(10);
    reader.taken();
    const values = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(values.map((value) => bed.write(service, set('/a', value))));
    await bed.ensemble.pass(10);
    assert.deepEqual(
      reader.lines,
      values.map((value) => `1: dataChanged /a ${value}`),
    );
  });

  /** What `act` gives in the turn in which the write is answered. */
  async function inTurnOf<Seen>(
    bed: Bed,
    ops: readonly TreeOp[],
    act: () => Seen,
  ): Promise<Seen | undefined> {
    let seen: Seen | undefined;
    let failure: unknown;
    await bed.ensemble.settle(
      new Promise<void>((resolve) => {
        const written = (): void => {
          try {
            seen = act();
          } catch (error) {
            failure = error;
          }
          resolve();
        };
        const { service } = bed.leader.server;
        service.writeThen(requestOf(...ops), { identities: [] }, soon, { written });
      }),
    );
    assert.ifError(failure);
    return seen;
  }
});

const alice: Identity = { scheme: 'digest', id: 'alice:hash' };
const onlyAlice: Acl = [{ permissions: 31, ...alice }];

describe('readers of watches', () => {
  it('share one batch and its encodings when they see the same', async () => {
    const bed = await alone();
    const { service } = bed.leader.server;
    const readers = Array.from(
      { length: 300 },
      (_, index) => new WatchReader(service, index % 3 === 0 ? [alice] : []),
    );
    for (const [index, reader] of readers.entries()) {
      reader.watch(1, '/', { scope: 'recursive', withData: index % 2 === 0 });
    }
    await bed.ensemble.pass(10);
    await bed.write(service, set('/a', 'x'));
    await bed.write(service, create('/s', { acl: onlyAlice }), set('/a', 'y'));
    await bed.ensemble.pass(10);
    const batches = readers.flatMap(batchesOf);
    assert.equal(batches.length, 600);
    // Of the first txn one with and one without values, of the second also those without what only Alice may read.
    assert.equal(new Set(batches).size, 6);
    let encodings = 0;
    for (const batch of batches) {
      assert.equal(
        batch.encoded('text', ({ events }) => `${String(++encodings)} ${String(events.length)}`),
        batch.encoded('text', () => 'never'),
      );
    }
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
      service.write(requestOf(create('/b')), { identities: [] }, soon).then(() => {
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
          .map((at) => create(at, { data: 'secret', acl: onlyAlice })),
        fc.constantFrom('/s/a', '/s/b').map((at) => set(at, 'more')),
        fc.constantFrom('/s/a', '/s/b', '/s/a/x').map((at) => remove(at)),
        fc.constantFrom('/s/a', '/s/b').map((at) => setAcl(at, onlyAlice)),
      );
    const open = (): fc.Arbitrary<TreeOp> =>
      fc.oneof(
        fc.constantFrom('/o/a', '/o/b').map((at) => create(at, { data: 'x' })),
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
      await bed.write(service, create('/s', { acl: onlyAlice }), create('/o'));
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
        bed.ensemble.settle(service.write(requestOf(...ops), asAlice, soon).catch(() => undefined));
      for (const { secret: hidden, open: shown } of steps) {
        // Apart, so that what fails here fails in both.
        if (withSecrets) for (const op of hidden) await attempt(op);
        await attempt(shown);
      }
      const together = [create('/o/last'), create('/s/last', { acl: onlyAlice })];
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
      bed.ensemble.settle(service.write(requestOf(...ops), asAlice, soon));
    await write(create('/s', { acl: onlyAlice }));
    await write(create('/s/t'), set('/s', ''));
    await write(setAcl('/s/t', onlyAlice));
    await write(remove('/s', { recursive: true }));
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
