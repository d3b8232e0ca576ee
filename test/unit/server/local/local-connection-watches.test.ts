import assert from 'node:assert/strict';
import { isRefusal } from '../../../../src/model/error-code.ts';
import { permission, type Acl, type Identity } from '../../../../src/model/acl.ts';
import { zxid, type Zxid } from '../../../../src/model/zxid.ts';
import type { ConnectionWatches } from '../../../../src/service/connection-watches.ts';
import type { CoordinationService } from '../../../../src/service/coordination-service.ts';
import { create, requestOf, path, remove, set, setAcl } from '../../../support/model/requests.ts';
import {
  alone,
  Bed,
  change,
  nobody,
  shortLog,
  smallPieces,
  soon,
} from '../../../support/watch/watch-bed.ts';

const alice: Identity = { scheme: 'digest', id: 'alice:x' };
const onlyAlice: Acl = [{ permissions: permission.all, ...alice }];
const nothing = { data: [], exists: [], children: [], persistent: [], recursive: [] };

/** A connection that keeps what it is told. */
class Told {
  readonly lines: string[] = [];
  readonly zxids: (Zxid | undefined)[] = [];
  isLost = false;
  readonly watches: ConnectionWatches;

  constructor(service: CoordinationService) {
    this.watches = service.openConnectionWatches({
      notify: ({ type, path: at }, at_) => {
        this.lines.push(`${type} ${at}`);
        this.zxids.push(at_);
      },
      lost: () => {
        this.isLost = true;
      },
    });
  }

  take(): string[] {
    return this.lines.splice(0);
  }
}

describe('watches of a connection', () => {
  let bed: Bed;
  let service: CoordinationService;
  let told: Told;
  beforeEach(async () => {
    bed = await new Bed(1).established();
    service = bed.leader.server.service;
    told = new Told(service);
  });

  it('fire once when they are of data or children, and go', async () => {
    await bed.write(service, create('/a'));
    told.watches.add(path('/a'), 'data');
    told.watches.add(path('/a'), 'children');
    told.watches.add(path('/a'), 'data');
    assert.equal(told.watches.size, 2);
    await bed.write(service, set('/a', '1'));
    await bed.write(service, set('/a', '2'));
    assert.deepEqual(told.take(), ['dataChanged /a']);
    await bed.write(service, create('/a/b'));
    await bed.write(service, create('/a/c'));
    assert.deepEqual(told.take(), ['childrenChanged /a']);
    assert.equal(told.watches.size, 0);
  });

  it('tell of a creation, by the watch that exists leaves', async () => {
    told.watches.add(path('/a'), 'data');
    const at = await bed.write(service, create('/a'));
    assert.deepEqual(told.take(), ['created /a']);
    assert.deepEqual(told.zxids, [at]);
  });

  it('tell each event once, however many of them it fires', async () => {
    await bed.write(service, create('/a'), create('/a/b'));
    for (const kind of ['data', 'children', 'persistent', 'recursive'] as const) {
      told.watches.add(path('/a/b'), kind);
    }
    told.watches.add(path('/a'), 'recursive');
    told.watches.add(path('/'), 'recursive');
    await bed.write(service, remove('/a/b'));
    assert.deepEqual(told.take(), ['deleted /a/b']);
    await bed.write(service, create('/a/b'));
    assert.deepEqual(told.take(), ['created /a/b'], 'the persistent ones are still there');
    assert.equal(told.watches.size, 4);
  });

  it('hear of each change in a transaction, in its order', async () => {
    await bed.write(service, create('/a'));
    told.watches.add(path('/a'), 'persistent');
    await bed.write(service, create('/a/b'), set('/a', '1'), create('/a/c'), set('/a', '2'));
    const lines = ['childrenChanged /a', 'dataChanged /a', 'childrenChanged /a', 'dataChanged /a'];
    assert.deepEqual(told.take(), lines);
  });

  it('of all below a znode hear of no list of children', async () => {
    await bed.write(service, create('/a'), create('/ab'));
    told.watches.add(path('/a'), 'recursive');
    await bed.write(service, create('/a/b'), create('/a/b/c'), set('/ab', '1'));
    await bed.write(service, set('/a/b/c', '1'));
    assert.deepEqual(told.take(), ['created /a/b', 'created /a/b/c', 'dataChanged /a/b/c']);
  });

  it('stay with whoever may not know of the change, and fire later', async () => {
    await bed.write(service, create('/a'));
    told.watches.add(path('/a'), 'data');
    await bed.write(service, setAcl('/a', onlyAlice));
    const asAlice = { identities: [alice] };
    const change_ = service.write(requestOf(set('/a', '1')), asAlice, soon);
    await bed.ensemble.settle(change_);
    assert.deepEqual(told.take(), []);
    told.watches.identify({ identities: [alice] });
    await bed.ensemble.settle(service.write(requestOf(set('/a', '2')), asAlice, soon));
    assert.deepEqual(told.take(), ['dataChanged /a']);
  });

  it('are taken back kind by kind', async () => {
    await bed.write(service, create('/a'));
    told.watches.add(path('/a'), 'data');
    told.watches.add(path('/a'), 'persistent');
    assert.equal(told.watches.remove(path('/a'), 'data'), true);
    assert.equal(told.watches.remove(path('/a'), 'data'), false);
    assert.equal(told.watches.has(path('/a'), 'persistent'), true);
    await bed.write(service, set('/a', '1'));
    assert.deepEqual(told.take(), ['dataChanged /a']);
    told.watches.close();
    await bed.write(service, set('/a', '2'));
    assert.deepEqual(told.take(), []);
  });

  it('are limited in number', async () => {
    const small = await new Bed(1, { tuning: { watchesPerConnectionMax: 2 } }).established();
    const few = new Told(small.leader.server.service);
    assert.equal(few.watches.add(path('/a'), 'data'), undefined);
    assert.equal(few.watches.add(path('/b'), 'data'), undefined);
    const refusal = few.watches.add(path('/c'), 'data');
    assert.ok(isRefusal(refusal));
    assert.deepEqual([refusal.code, refusal.limit, refusal.actual], ['throttled', 2, 3]);
    assert.equal(few.watches.add(path('/a'), 'data'), undefined, 'it is there already');
  });

  it('that come back tell what has changed, and stay where nothing has', async () => {
    await bed.write(
      service,
      ...['/old', '/set', '/gone', '/parent', '/quiet'].map((at) => create(at)),
    );
    const since = await bed.write(service, create('/quiet/child'));
    await bed.write(service, set('/set', '1'), remove('/gone'), create('/parent/child'));
    await bed.write(service, create('/made'));
    const answers: unknown[] = [];
    const registered = {
      since,
      data: [path('/old'), path('/set'), path('/gone')],
      exists: [path('/made'), path('/never')],
      children: [path('/parent'), path('/gone'), path('/quiet')],
      persistent: [path('/set')],
      recursive: [path('/parent')],
    };
    told.watches.resume(registered, (refusal) => answers.push(refusal));
    assert.deepEqual(answers, [undefined]);
    assert.deepEqual(told.take(), [
      'dataChanged /set',
      'deleted /gone',
      'created /made',
      'childrenChanged /parent',
      'deleted /gone',
    ]);
    assert.deepEqual(new Set(told.zxids), new Set([undefined]));
    assert.deepEqual(
      new Set(told.watches.paths()),
      new Set(['/old', '/never', '/quiet', '/set', '/parent']),
    );
    await bed.write(service, create('/never'), create('/quiet/other'), set('/set', '2'));
    assert.deepEqual(told.take(), ['created /never', 'childrenChanged /quiet', 'dataChanged /set']);
  });

  it('that come back from another ensemble, so to speak, hear of everything', async () => {
    await bed.write(service, create('/a'));
    const registered = { ...nothing, since: zxid(0, 0), data: [path('/a')] };
    told.watches.resume(registered, () => undefined);
    assert.deepEqual(told.take(), ['dataChanged /a']);
  });
});

describe('very many watches of a connection', () => {
  const paths = Array.from({ length: 3_000 }, (_, index) => path(`/n${String(index)}`));

  it('come back in slices, and go in slices', async () => {
    const bed = await alone();
    const { service } = bed.leader.server;
    const since = service.meta().zxid;
    const told = new Told(service);
    const answers: unknown[] = [];
    const registered = { ...nothing, since, exists: paths, data: [path('/a')] };
    told.watches.resume(registered, (refusal) => answers.push(refusal));
    const atOnce = told.watches.size;
    assert.ok(atOnce > 0 && atOnce < 1_000, String(atOnce));
    assert.deepEqual(answers, []);
    await bed.ensemble.until(() => answers.length > 0);
    assert.deepEqual([answers, told.watches.size], [[undefined], 3_001]);

    const { watches } = bed.leader.server.peer ?? {};
    const others = new Told(service);
    others.watches.add(path('/a'), 'data');
    told.watches.close();
    assert.equal(told.watches.size, 0);
    assert.ok((watches?.watches ?? 0) > 1_000, 'not all in one turn');
    await bed.write(service, set('/a', 'x'));
    await bed.ensemble.until(() => watches?.watches === 0);
    assert.deepEqual([told.lines, others.lines], [[], ['dataChanged /a']]);
  });

  it('leave room for those of others', async () => {
    const bed = await alone({ watchesMax: 2_000 });
    const { service } = bed.leader.server;
    const counts = [0, 1, 2, 3].map(() => {
      const { watches } = new Told(service);
      const refusal = paths.map((at) => watches.add(at, 'data')).find(isRefusal);
      assert.equal(refusal?.code, 'throttled');
      return watches.size;
    });
    assert.deepEqual(counts, [500, 375, 282, 211]);
  });
});

describe('watches of a connection whose peer comes back by a snapshot', () => {
  /** An observer with a watch of all that is cut off, and an ensemble that moves on without it. */
  async function cutOff(
    tuningOf: (id: number) => object,
  ): Promise<{ bed: Bed; told: Told; service: CoordinationService }> {
    const bed = await new Bed(4, {
      observers: 1,
      tuning: smallPieces,
      tuningOf,
      zabLimits: { diffEntriesMax: 4 },
    }).established();
    const { ensemble, leader } = bed;
    const observer = ensemble.member(4);
    const { service } = observer.server;
    await bed.write(service, create('/a'));
    const told = new Told(service);
    told.watches.add(path('/a'), 'persistent');
    ensemble.isolate(observer);
    await change(bed, leader, 20);
    await bed.write(leader.server.service, create('/last'));
    ensemble.rejoin(observer);
    return { bed, told, service };
  }

  it('are told what it hides before anything is answered', async () => {
    const { bed, told, service } = await cutOff(() => ({}));
    const { ensemble } = bed;
    const isThere = (): boolean => {
      let found = false;
      const options = { consistency: 'local', ...soon } as const;
      service.readThen({ read: 'stat', path: path('/last') }, nobody, options, (answer) => {
        found = !isRefusal(answer);
      });
      return found;
    };
    await ensemble.until(isThere);
    assert.ok(told.watches.isBehind, 'the events are still on their way');
    // Left on what the snapshot shows: what made it so is no news.
    told.watches.add(path('/last'), 'data');
    told.watches.add(path('/a'), 'data');
    let linesWhenPassed: string[] | undefined;
    told.watches.whenPassed(() => (linesWhenPassed = told.take()));
    assert.equal(linesWhenPassed, undefined);
    await ensemble.until(() => linesWhenPassed !== undefined);
    assert.deepEqual(
      linesWhenPassed,
      Array.from({ length: 20 }, () => 'dataChanged /a'),
    );
    assert.ok(ensemble.events.some((line) => line.includes('4 info snapshotAdopted')));
    assert.equal(told.watches.size, 3, 'none was spent by what is older');
    await bed.write(bed.leader.server.service, set('/last', '1'));
    await ensemble.until(() => told.lines.length > 0);
    assert.deepEqual(told.take(), ['dataChanged /last']);
    assert.equal(told.watches.size, 2);
  });

  it('are lost when no log reaches back', async () => {
    const { bed, told } = await cutOff(() => shortLog);
    await bed.ensemble.until(() => told.isLost);
    assert.deepEqual(told.lines, []);
    assert.equal(told.watches.size, 0);
  });
});
