import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import { Bed, create, path, remove, set, setAcl, soon } from '../../../support/watch/watch-bed.ts';
import { WatchReader } from '../../../support/watch/watch-reader.ts';

describe('watches', () => {
  it('hear of what is done from now on, wherever it was asked for', async () => {
    const bed = await new Bed(3).established();
    const readers = bed.ensemble.members.map(({ server }) => new WatchReader(server.service));
    for (const reader of readers) {
      reader.watch(1, '/a');
      reader.watch(2, '/', { scope: 'recursive', withData: true });
    }
    const { service } = bed.leader.server;
    await bed.write(service, create('/a', 'one'));
    await bed.write(service, create('/a/b', 'two'), set('/a', 'three'));
    await bed.write(service, setAcl('/a', openAcl));
    await bed.write(service, remove('/a', true));
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
        told.push(`${String(tag)} ${'kind' in answer ? answer.code : answer.result.read}`),
      );
    };
    await bed.write(service, create('/there', 'x'));
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
