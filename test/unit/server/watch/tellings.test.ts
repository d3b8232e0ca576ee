import assert from 'node:assert/strict';
import { openAcl } from '../../../../src/model/acl.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import type { TxnEvents } from '../../../../src/model/watch-event.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import { ConnectionWatchers } from '../../../../src/server/watch/connection-watchers.ts';
import { Deliveries } from '../../../../src/server/watch/deliveries.ts';
import { SharedBatch } from '../../../../src/server/watch/event-batch.ts';
import { Hearing } from '../../../../src/server/watch/hearing.ts';
import { Publishing } from '../../../../src/server/watch/publishing.ts';
import { Slices } from '../../../../src/server/watch/slices.ts';
import { Tellings } from '../../../../src/server/watch/tellings.ts';
import { WatchIndex } from '../../../../src/server/watch/watch-index.ts';
import { WatchOutlet, type Lasting } from '../../../../src/server/watch/watch-outlet.ts';
import { WatchTotal } from '../../../../src/server/watch/watch-total.ts';
import { defaultWatchTuning } from '../../../../src/server/tuning.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { path } from '../../../support/model/requests.ts';
import { sha256 } from '../../../support/state/leader.ts';

describe('telling one for whom much waits already', () => {
  const waiting = 500;
  const tuning = { ...defaultWatchTuning, sliceMs: 8, outletBatchesMax: 10 };
  const metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
  let clock: HandClock;
  let told: number[];
  let outlet: WatchOutlet;
  let tellings: Tellings;
  let publishing: Publishing;

  beforeEach(() => {
    clock = new HandClock();
    told = [];
    // Of a clock by itself: no slice of theirs comes.
    const state = new StateMachine({ limits: defaultLimits, sha256 });
    const hearing = new Hearing(() => state);
    const deliveries = new Deliveries({ clock: new HandClock(), tuning });
    outlet = new WatchOutlet({
      identities: [],
      clock,
      tuning,
      metrics,
      deliveries,
      hearing,
      initials: { waitingBytes: 0 },
      tooSlow: () => assert.fail('it takes all that it is given'),
      sink: {
        send: (_tag, item) => {
          clock.ms += 0.25;
          if (item.kind === 'events') told.push(item.batch.zxid.counter);
          return true;
        },
      },
    });
    const index = new WatchIndex();
    const slices = new Slices({ clock, tuning });
    const total = new WatchTotal(tuning.watchesMax);
    const connections = new ConnectionWatchers({ hearing, tuning, metrics, slices, total });
    const nobody = (): undefined => undefined;
    tellings = new Tellings({ clock, connections, hearing, index, end: nobody, lose: nobody });
    publishing = new Publishing({ clock, tuning, published: nobody });
    const watching = watchOf(outlet);
    index.add(watching);
    // As a watch that comes back is given more of the log than waits for one that is live.
    for (let counter = 1; counter <= waiting; counter++) {
      const { events } = txn(counter);
      const placed = events.map((event, place) => ({ index: place, event }));
      outlet.replayed(watching, new SharedBatch(zxid(1, counter), placed));
    }
  });

  function watchOf(of: WatchOutlet): Lasting {
    return {
      kind: 'lasting',
      outlet: of,
      tag: 1,
      path: path('/a'),
      scope: 'node',
      withData: false,
      since: zxid(1, waiting),
      isOpen: true,
      isUnwatched: false,
      isLive: true,
      isSynced: true,
      toldUpTo: zxid(1, waiting),
      toldAtMs: 0,
    };
  }

  function txn(counter: number): TxnEvents {
    return {
      zxid: zxid(1, counter),
      events: [{ type: 'dataChanged', path: path('/a'), data: null, acl: openAcl }],
    };
  }

  /** How long each turn takes, until all are told. */
  function turns(): number[] {
    const took: number[] = [];
    while (!publishing.isEmpty) {
      const before = clock.ms;
      clock.turn();
      took.push(clock.ms - before);
    }
    outlet.serve();
    return took;
  }

  const inOrder = Array.from({ length: waiting + 1 }, (_, index) => index + 1);

  it('makes room for it in slices', () => {
    publishing.add(tellings.of(txn(waiting + 1)));
    const atOnceMs = clock.ms;
    assert.ok(atOnceMs <= 4, String(atOnceMs));
    const took = turns();
    assert.ok(Math.max(...took) <= 10, String(took));
    assert.deepEqual(told, inOrder);
  });

  it('tells it once where it is owed an answer before there is room', () => {
    const telling = tellings.of(txn(waiting + 1));
    publishing.add(telling);
    telling.tellOutlet(outlet);
    turns();
    assert.deepEqual(told, inOrder);
  });
});
