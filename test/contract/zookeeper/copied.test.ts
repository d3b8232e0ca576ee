// `quoll copy` at doors for ZooKeeper's clients: what a real ZooKeeper does is tried in test/peers/zookeeper-copy.test.ts.

import assert from 'node:assert/strict';
import { FollowedCopy, type Followed } from '../../../src/cli/copy/followed-copy.ts';
import { SubtreeCopy } from '../../../src/cli/copy/subtree-copy.ts';
import { ZooKeeperSide } from '../../../src/cli/copy/zookeeper-side.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import { get, put } from '../../support/client.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';
import { OlderServer } from '../../support/zookeeper/older-server.ts';

describe('a copy by the protocol of ZooKeeper', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble;
  let older: OlderServer;

  before(async () => {
    ensemble = await borrowEnsemble();
    older = await OlderServer.before(ensemble.peer(1).zookeeper);
  });
  after(async () => {
    await older.stop();
    await ensemble.stop();
  });

  it('follows a ZooKeeper that knows no persistent watches by looking at all again and again', async () => {
    const peer = ensemble.peer(1);
    const valueOf = async (path: string): Promise<string> => (await get(peer, path)).text();
    await put(peer, '/source', 'one');
    await put(peer, '/source/a', '1');
    const warned: string[] = [];
    const plain = { proof: undefined, tls: undefined };
    const from = new ZooKeeperSide([older.address], {
      ...plain,
      warn: (what) => warned.push(what),
      lookAgainMs: 20,
    });
    const to = new ZooKeeperSide([peer.zookeeper], { ...plain, warn: () => undefined });
    const source = { side: from, root: '/source' as ZnodePath };
    const copy = new SubtreeCopy(
      {
        from: source,
        to: { side: to, root: '/target' as ZnodePath },
        compareOnly: false,
        keepExtra: false,
      },
      { progress: () => undefined, differs: () => undefined, failed: () => undefined },
    );
    const stops = new AbortController();
    const told: Followed[] = [];
    const running = new FollowedCopy(copy, source, (at) => told.push(at)).run(stops.signal);
    await until('all', async () => (await valueOf('/target/a')) === '1');
    await put(peer, '/source/a', '2', '');
    await put(peer, '/source/a/b', '3');
    await until('what has changed', async () => (await valueOf('/target/a/b')) === '3');
    assert.equal(await valueOf('/target/a'), '2');
    stops.abort();
    await running;
    await Promise.all([from.close(), to.close()]);
    assert.equal(warned.length, 1);
    assert.match(warned[0] ?? '', /knows no persistent watches \(3\.6 does\)/);
  });
});
