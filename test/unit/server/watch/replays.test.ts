import assert from 'node:assert/strict';
import type { TxnCodec } from '../../../../src/ports/txn-codec.ts';
import { decodeTxn, encodeTxn } from '../../../../src/wire/txn-codec.ts';
import type { Member } from '../../../support/simulated-ensemble.ts';
import { create, path, set } from '../../../support/model/requests.ts';
import {
  Bed,
  change,
  changes,
  nobody,
  shortLog,
  smallPieces,
  soon,
} from '../../../support/watch/watch-bed.ts';
import { WatchReader } from '../../../support/watch/watch-reader.ts';

function withoutPlaces(events: readonly string[]): string[] {
  return events.map((event) => event.slice(event.indexOf(' ') + 1));
}

/** Where the reader's last batch leaves it. */
function lastPlace(reader: WatchReader): { readonly zxid: WatchPlace } {
  const last = reader.items.at(-1)?.item;
  assert.ok(last?.kind === 'events');
  return { zxid: last.batch.zxid };
}

function lostPlace(reader: WatchReader): { readonly zxid: WatchPlace } {
  const lost = reader.items.find(({ item }) => item.kind === 'lost')?.item;
  assert.ok(lost?.kind === 'lost');
  return { zxid: lost.zxid };
}

type WatchPlace = { readonly epoch: number; readonly counter: number };

describe('watches that come back', () => {
  it('are given what they missed, out of memory and the store, on another peer', async () => {
    const bed = await new Bed(3, { tuning: smallPieces }).established();
    const [leader, first, second] = [bed.leader, ...bed.ensemble.followers];
    assert.ok(first && second);
    await bed.write(leader.server.service, create('/a'));
    const reader = new WatchReader(first.server.service);
    reader.resume(1, '/a', { zxid: leader.server.service.meta().zxid });
    await change(bed, leader, 3);
    await bed.ensemble.until(() => reader.events.length === 3);
    const place = lastPlace(reader);
    reader.outlet.close();
    await change(bed, leader, 20, 3);
    const again = new WatchReader(second.server.service);
    again.resume(7, '/a', place);
    await change(bed, leader, 5, 23);
    await bed.ensemble.until(() => again.events.length === 25);
    assert.deepEqual(withoutPlaces(again.events), changes(3, 28));
    assert.equal(again.items.filter(({ item }) => item.kind === 'synced').length, 1);
    assert.deepEqual(withoutPlaces(reader.events), changes(0, 3), 'a closed outlet hears nothing');
  });

  it('go on inside a txn', async () => {
    const bed = await new Bed(1).established();
    const { service } = bed.leader.server;
    await bed.write(service, create('/a'));
    const zxid = await bed.write(service, create('/a/b'), create('/a/c'), set('/a', 'x'));
    await bed.write(service, set('/a', 'y'));
    const all = ['0 created /a/b ', '2 created /a/c ', '4 dataChanged /a x', '0 dataChanged /a y'];
    for (const [index, seen] of [
      [0, 0],
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
      [5, 3],
      [99, 3],
    ] as const) {
      const reader = new WatchReader(service);
      reader.resume(1, '/a', { zxid, index });
      await bed.ensemble.until(() => reader.has('synced'));
      const heard = reader.events.map((event) => event.replace(/^\d+\.\d+\./, ''));
      assert.deepEqual(heard, all.slice(seen), `index ${String(index)}`);
    }
  });

  it('go on before the first txn of an epoch, wherever the log is read from', async () => {
    for (const size of [1, 3]) {
      const bed = await new Bed(size).established();
      const { ensemble } = bed;
      await bed.write(bed.leader.server.service, create('/a'));
      const { epoch } = bed.leader.server.service.meta().zxid;
      const [member] = size === 1 ? [bed.leader] : ensemble.followers;
      assert.ok(member);
      await ensemble.pass(100);
      // Nothing in memory: the log alone knows.
      ensemble.restart(member);
      await ensemble.until(() => member.server.service.unreadyBecause() === undefined);
      await bed.write(member.server.service, set('/a', 'x'));
      const { length } = ensemble.events.filter((line) => line.includes(' looking '));
      for (const zxid of [
        { epoch: 0, counter: 0 },
        { epoch, counter: 0 },
      ]) {
        const reader: WatchReader = new WatchReader(member.server.service);
        reader.resume(1, '/a', { zxid, index: 1 });
        await ensemble.until(() => reader.items.length >= 2);
        assert.deepEqual(withoutPlaces(reader.events), ['created /a ', 'dataChanged /a x']);
      }
      const now = ensemble.events.filter((line) => line.includes(' looking '));
      assert.equal(now.length, length, now.slice(length).join('\n'));
    }
  });

  it('wait for a peer that is behind; a place in the future is refused', async () => {
    const bed = await new Bed(3).established();
    const { ensemble, leader } = bed;
    const [follower] = ensemble.followers;
    assert.ok(follower);
    await bed.write(leader.server.service, create('/a'));
    await ensemble.pass(100);
    const { epoch, counter } = follower.server.service.meta().zxid;
    const reader = new WatchReader(follower.server.service);
    for (const zxid of [
      { epoch, counter: counter + 1 },
      { epoch: epoch + 5, counter: 1 },
    ]) {
      reader.resume(1, '/', { zxid });
      await ensemble.until(() => reader.items.length > 0);
      assert.deepEqual(reader.taken(), ['1: refused badArguments']);
    }

    ensemble.isolate(follower);
    await change(bed, leader, 3);
    const from = { zxid: leader.server.service.meta().zxid };
    reader.watch(2, '/', { from, timeoutMs: 50 });
    await ensemble.until(() => reader.items.length > 0);
    assert.deepEqual(reader.taken(), ['2: refused noQuorum']);
    // Behind, and cut off: it gets there in time.
    reader.watch(1, '/a', { from, withData: true });
    ensemble.rejoin(follower);
    await change(bed, leader, 1, 3);
    await ensemble.until(() => reader.has('events') || reader.has('refused'));
    assert.deepEqual(withoutPlaces(reader.events), changes(3, 4), reader.lines.join());
  });

  it('lose nothing when the leader dies', async () => {
    const bed = await new Bed(3, { tuning: smallPieces }).established();
    const { ensemble, leader } = bed;
    const [other] = ensemble.followers;
    assert.ok(other);
    await bed.write(leader.server.service, create('/a'));
    const stays = new WatchReader(other.server.service);
    const moves = new WatchReader(leader.server.service);
    await ensemble.pass(20);
    for (const reader of [stays, moves]) reader.watch(1, '/a', { withData: true });
    await change(bed, leader, 4);
    await ensemble.until(() => moves.events.length === 4);
    leader.process.kill();
    await ensemble.until(() => ensemble.leader !== undefined);
    await change(bed, other, 4, 4);
    const moved = new WatchReader(other.server.service);
    moved.resume(1, '/a', lastPlace(moves));
    await ensemble.until(() => moved.events.length === 4 && stays.events.length === 8);
    assert.deepEqual(withoutPlaces(moved.events), changes(4, 8));
    assert.deepEqual(withoutPlaces(stays.events), changes(0, 8));
  });

  /** An observer is cut off from an ensemble that moves on, and comes back by a snapshot. */
  async function snapshotted(
    compacts: (id: number) => object,
    while_: (bed: Bed, observer: Member) => Promise<void>,
  ): Promise<Bed> {
    const bed = await new Bed(4, {
      observers: 1,
      tuning: smallPieces,
      tuningOf: compacts,
      zabLimits: { diffEntriesMax: 4 },
    }).established();
    const { ensemble } = bed;
    const observer = ensemble.member(4);
    await bed.write(observer.server.service, create('/a'));
    await while_(bed, observer);
    assert.ok(ensemble.events.some((line) => line.includes('4 info snapshotAdopted')));
    return bed;
  }

  const holders = [
    { whose: 'its leader', compacts: (): object => ({}) },
    {
      whose: 'a learner that keeps more',
      compacts: (id: number): object => (id === 1 ? {} : shortLog),
    },
  ];
  for (const { whose, compacts } of holders) {
    it(`are given the log of ${whose} when a snapshot took the place of their own`, async () => {
      await snapshotted(compacts, async (bed, observer) => {
        const { ensemble, leader } = bed;
        const { service } = observer.server;
        const start = service.meta().zxid;
        const live = new WatchReader(service);
        live.watch(1, '/a', { withData: true });
        live.watch(2, '/b');
        const query = { read: 'stat', path: path('/once') } as const;
        live.outlet.readWatched(3, query, { consistency: 'local', ...soon }, () => undefined);
        live.outlet.flush();
        live.items.length = 0;
        ensemble.isolate(observer);
        await change(bed, leader, 20);
        await bed.write(leader.server.service, create('/once'));
        await ensemble.pass(500);
        // Whatever is answered on the connection comes after the events, also while they are fetched from elsewhere.
        let linesWhenAnswered: string[] | undefined;
        const answered = service
          .read({ read: 'data', path: path('/a') }, nobody, {
            consistency: 'linearizable',
            timeoutMs: 10_000,
          })
          .then(() => {
            live.outlet.flush(() => (linesWhenAnswered = live.lines));
          });
        ensemble.rejoin(observer);
        await ensemble.settle(answered);
        await ensemble.until(() => linesWhenAnswered !== undefined);
        const expected = [...changes(0, 20).map((line) => `1: ${line}`), '3: fired created /once '];
        assert.deepEqual(linesWhenAnswered, expected);
        const back = new WatchReader(service);
        back.resume(5, '/a', { zxid: start });
        await change(bed, leader, 2, 20);
        await ensemble.until(() => back.events.length === 22 && live.events.length === 22);
        assert.deepEqual(withoutPlaces(back.events), changes(0, 22));
        assert.deepEqual(withoutPlaces(live.events), changes(0, 22));
      });
    });
  }

  it('are told that they have lost something when no log reaches back, and only then', async () => {
    await snapshotted(
      () => shortLog,
      async (bed, observer) => {
        const { ensemble, leader } = bed;
        const { service } = observer.server;
        const live = new WatchReader(service);
        live.watch(1, '/a', { withData: true });
        live.outlet.flush();
        ensemble.isolate(observer);
        await change(bed, leader, 40);
        ensemble.rejoin(observer);
        await ensemble.until(() => live.has('lost'));
        assert.deepEqual(live.lines, ['1: synced', '1: lost compacted']);
        const old = new WatchReader(leader.server.service);
        old.resume(1, '/a', { zxid: { epoch: 1, counter: 2 } });
        await ensemble.until(() => old.items.length > 0);
        assert.deepEqual(old.lines, ['1: lost compacted']);
        const lost = old.items[0]?.item;
        assert.ok(lost?.kind === 'lost');
        // From the places that it names nothing is missing.
        await bed.write(leader.server.service, set('/a', 'later'));
        const back = new WatchReader(leader.server.service);
        back.resume(1, '/a', { zxid: lost.zxid });
        back.resume(2, '/a', { zxid: lost.oldest });
        await ensemble.until(() => back.has('synced', 1) && back.has('synced', 2));
        assert.equal(back.has('lost'), false);
        assert.deepEqual(
          back.lines.filter((line) => line.startsWith('1')),
          ['1: dataChanged /a later', '1: synced'],
        );
        assert.ok(back.lines.includes('2: dataChanged /a 39'));
      },
    );
  });

  it('find the log again after a restart of their peer', async () => {
    const bed = await new Bed(1).established();
    const { ensemble, leader } = bed;
    await bed.write(leader.server.service, create('/a'));
    const start = { zxid: leader.server.service.meta().zxid };
    await change(bed, leader, 5);
    ensemble.restart(leader);
    await ensemble.until(() => leader.server.service.unreadyBecause() === undefined);
    await change(bed, leader, 5, 5);
    const reader = new WatchReader(leader.server.service);
    reader.resume(1, '/a', start);
    await ensemble.until(() => reader.has('synced'));
    assert.deepEqual(withoutPlaces(reader.events), changes(0, 10));
  });

  it('are told that a txn of an older log format hides something', async () => {
    const codec: TxnCodec = {
      encode: encodeTxn,
      decode: (bytes) => {
        const txn = decodeTxn(bytes);
        const isBare = txn.changes.some((each) => 'path' in each && each.path === path('/bare'));
        return isBare ? { ...txn, isBare } : txn;
      },
    };
    const bed = await new Bed(2, { codec, tuning: smallPieces }).established();
    const { ensemble, leader } = bed;
    const [follower] = ensemble.followers;
    assert.ok(follower);
    await bed.write(follower.server.service, create('/a'));
    const start = { zxid: follower.server.service.meta().zxid };
    const live = new WatchReader(follower.server.service);
    live.watch(1, '/a', { withData: true });
    const query = { read: 'stat', path: path('/once') } as const;
    live.outlet.readWatched(2, query, { consistency: 'local', ...soon }, () => undefined);
    await bed.write(leader.server.service, create('/bare'));
    await change(bed, leader, 10);
    await ensemble.until(() => live.items.length >= 3);
    assert.deepEqual(live.lines, ['1: synced', '1: lost compacted', '2: lost compacted']);
    const back = new WatchReader(follower.server.service);
    back.resume(1, '/a', start);
    live.resume(3, '/a', lostPlace(live));
    await ensemble.until(() => back.has('lost') && live.has('synced', 3));
    assert.deepEqual(withoutPlaces(live.events), changes(0, 10));
  });
});
