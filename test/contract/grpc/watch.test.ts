import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import type { WatchRequest, WatchResponse__Output } from '../../../src/generated/quoll/v1/watch.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { GrpcClient, richErrorOf, watches, znodes } from '../../support/grpc-client.ts';
import { until } from '../../support/until.ts';

/** A watch, and what it has been told so far. */
class Watching {
  readonly items: WatchResponse__Output[] = [];
  readonly ended: Promise<unknown>;
  readonly #stream: ReturnType<GrpcClient['stream']>;

  constructor(client: GrpcClient, request: WatchRequest) {
    const stream = client.stream(watches.Watch, request);
    stream.on('data', (item: WatchResponse__Output) => this.items.push(item));
    this.ended = new Promise((resolve) => {
      stream.on('error', resolve);
      stream.on('end', () => {
        resolve(undefined);
      });
    });
    this.#stream = stream;
  }

  get events(): readonly string[] {
    return this.items.flatMap(
      ({ events, initial }) =>
        (events ?? initial)?.events.map(
          ({ type, path, data }) =>
            `${type.replace('WATCH_EVENT_TYPE_', '')} ${path} ${data.toString()}`,
        ) ?? [],
    );
  }

  async synced(): Promise<this> {
    await until('the watch to be synced', () => this.items.some(({ synced }) => synced));
    return this;
  }

  async until(count: number): Promise<readonly string[]> {
    await until(`${String(count)} events`, () => this.events.length >= count);
    return this.events;
  }

  async cancel(): Promise<void> {
    this.#stream.cancel();
    await this.ended;
  }
}

describe('grpc: watches', () => {
  let ensemble: TestEnsemble;
  let client: GrpcClient;
  let other: GrpcClient;

  before(async () => {
    ensemble = await borrowEnsemble();
    client = new GrpcClient(ensemble.peer(1).grpc);
    other = new GrpcClient(ensemble.peer(2).grpc);
  });

  after(async () => {
    client.close();
    other.close();
    await ensemble.stop();
  });

  const data = (text: string): Buffer => Buffer.from(text);

  it('tell of a znode and its children, all of a txn together', async () => {
    const seen = await new Watching(client, { path: '/w', withData: true }).synced();
    await other.call(znodes.Create, { path: '/w', data: data('0') });
    await other.call(znodes.Txn, {
      ops: [{ set: { path: '/w', data: data('1') } }, { create: { path: '/w/c' } }],
    });
    await other.call(znodes.Delete, { path: '/w', recursive: true });
    assert.deepEqual(await seen.until(5), [
      'CREATED /w 0',
      'DATA_CHANGED /w 1',
      'CHILDREN_CHANGED /w ',
      'CHILDREN_CHANGED /w ',
      'DELETED /w ',
    ]);
    const batches = seen.items.filter(({ events }) => events).map(({ events }) => events);
    assert.deepEqual(
      batches.map((batch) => batch?.events.length),
      [1, 2, 2],
    );
    const [, second] = batches;
    const stat = second?.events[0]?.stat;
    assert.equal(stat?.version, 1);
    assert.deepEqual(stat.mzxid, second?.zxid);
    await seen.cancel();
  });

  it('tell of all below, without data unless asked', async () => {
    // At the peer that is watched: another may be told of it later than its client.
    await other.call(znodes.Create, { path: '/r' });
    const seen = await new Watching(other, { path: '/r', recursive: true }).synced();
    await client.call(znodes.Create, { path: '/r/a/b', data: data('x'), parents: true });
    assert.deepEqual(await seen.until(2), ['CREATED /r/a ', 'CREATED /r/a/b ']);
    await seen.cancel();
  });

  it('begin with what is there', async () => {
    await client.call(znodes.Create, { path: '/i/a', data: data('1'), parents: true });
    await client.call(znodes.Sync, {});
    const request = { path: '/i', recursive: true, initial: true, withData: true };
    const seen = await new Watching(client, request).synced();
    assert.deepEqual(seen.events, ['CREATED /i ', 'CREATED /i/a 1']);
    const [first] = seen.items;
    assert.deepEqual(first?.initial?.zxid, seen.items.at(-1)?.synced?.zxid);
    await seen.cancel();
  });

  it('resume on another peer from any place, in the midst of a txn too', async () => {
    await client.call(znodes.Create, { path: '/z' });
    const seen = await new Watching(client, { path: '/z', recursive: true }).synced();
    await client.call(znodes.Txn, {
      ops: ['1', '2', '3'].map((name) => ({ create: { path: `/z/${name}` } })),
    });
    await client.call(znodes.Set, { path: '/z' });
    const all = await seen.until(4);
    const places = seen.items.flatMap(({ events }) =>
      events ? events.events.map(({ index }) => ({ zxid: events.zxid, index })) : [],
    );
    assert.equal(places.length, 4);
    for (const [done, after] of places.entries()) {
      const request = { path: '/z', recursive: true, after };
      const resumed = await new Watching(other, request).synced();
      await resumed.until(3 - done);
      assert.deepEqual(resumed.events, all.slice(done + 1));
      await resumed.cancel();
    }
    await seen.cancel();
  });

  it('leave their connection its room for calls, and for more of them', async () => {
    await client.call(znodes.Create, { path: '/many' });
    // The client waits with what its peer does not allow yet: without room for them, some would never be heard.
    const all = Array.from({ length: 400 }, () => new Watching(client, { path: '/many' }));
    for (const watching of all) await watching.synced();
    const set = { path: '/many', data: Buffer.from('1') };
    await Promise.all(Array.from({ length: 200 }, () => client.call(znodes.Set, set)));
    for (const watching of all) assert.match((await watching.until(1))[0] ?? '', /CHANGED/);
    await Promise.all(all.map((watching) => watching.cancel()));
  });

  it('are refused where they make no sense', async () => {
    for (const [request, code] of [
      [{ path: 'z' }, status.INVALID_ARGUMENT],
      [{ path: '/z', initial: true, after: { zxid: 1 } }, status.INVALID_ARGUMENT],
      [{ path: '/z', after: { zxid: '9223372036854775808' } }, status.INVALID_ARGUMENT],
    ] as const) {
      const seen = new Watching(client, request);
      assert.equal(richErrorOf(await seen.ended).code, code);
    }
  });

  it('end with the peer, and say so', async () => {
    const seen = await new Watching(other, { path: '/' }).synced();
    await ensemble.peer(2).end('SIGTERM');
    assert.equal(richErrorOf(await seen.ended).reason, 'SHUTTINGDOWN');
    ensemble.peer(2).start();
    await ensemble.ready();
  });
});
