import type { TxnEvents, WatchEvent } from '../../model/watch-event.ts';
import { compareZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConnectionWatchers } from './connection-watchers.ts';
import { eventBytes } from './event-batch.ts';
import { FanOut, type Batches } from './fan-out.ts';
import type { Hearing } from './hearing.ts';
import type { Telling } from './publishing.ts';
import type { Steps } from './slices.ts';
import type { WatchIndex } from './watch-index.ts';
import type { Lasting, OneShot, Watching } from './watch-outlet.ts';
import { fires } from './watching.ts';

interface TellingsParts {
  readonly clock: Clock;
  readonly index: WatchIndex;
  readonly connections: ConnectionWatchers;
  readonly hearing: Hearing;
  end(watching: Watching): void;
  /** Something up to `zxid` is missing. */
  lose(watching: Watching, zxid: Zxid): void;
}

/** Makes of what was applied what is to be told, to all or to one: nobody is told twice, and nobody of what is older. */
export class Tellings {
  readonly #parts: TellingsParts;

  constructor(parts: TellingsParts) {
    this.#parts = parts;
  }

  /** To the watches of outlets whom it concerns is found once somebody is told. */
  of(txn: TxnEvents): Telling {
    const { connections } = this.#parts;
    let made: FanOut | undefined;
    const fanOut = (): FanOut => (made ??= this.#fanOut(txn));
    return {
      zxid: txn.zxid,
      bytes: txn.events.reduce((sum, event) => sum + eventBytes(event), 0),
      steps: allSteps(
        () => connections.publish(txn),
        () => fanOut().steps(),
      ),
      tellOutlet: (outlet) => {
        fanOut().tell(outlet);
      },
      tellConnection: (watcher) => {
        connections.tell(watcher, txn);
      },
    };
  }

  /** That something is missing for every watch that has not heard of all up to `zxid`. */
  ofLoss(zxid: Zxid): Telling {
    const { connections, index } = this.#parts;
    return {
      zxid,
      bytes: 0,
      steps: allSteps(
        () => connections.lose(zxid),
        () => this.#loseLive(zxid),
      ),
      tellOutlet: ({ watches }) => {
        for (const watching of [...watches.values()]) {
          if (index.has(watching)) this.#loseOne(watching, zxid);
        }
      },
      tellConnection: (watcher) => {
        connections.loseOne(watcher, zxid);
      },
    };
  }

  #fanOut(txn: TxnEvents): FanOut {
    const { zxid } = txn;
    return new FanOut(txn, this.#parts.index, {
      hearing: this.#parts.hearing,
      fire: (watching, event) => {
        this.#fire(watching, zxid, event);
      },
      makeRoom: (watching, batches) => makeRoom(watching, zxid, batches),
      give: (watching, batches) => {
        this.#give(watching, zxid, batches);
      },
    });
  }

  #fire(watching: OneShot, zxid: Zxid, event: WatchEvent): void {
    if (!isConcerned(watching, zxid) || !fires(watching, event)) return;
    // Who may not know of it keeps the watch: for them nothing has happened.
    if (!this.#parts.hearing.mayHear(event, watching.outlet.identities)) return;
    this.#parts.end(watching);
    watching.outlet.tell(watching, { kind: 'fired', zxid, event });
  }

  #give(watching: Lasting, zxid: Zxid, batches: Batches): void {
    if (!isConcerned(watching, zxid)) return;
    const { outlet } = watching;
    // Before it is given: the door may ask for what it is owed within that.
    watching.since = zxid;
    const batch = batches.for(outlet);
    if (batch === undefined) return;
    watching.toldUpTo = zxid;
    watching.toldAtMs = this.#parts.clock.now();
    outlet.events(watching, batch);
  }

  *#loseLive(zxid: Zxid): Steps {
    for (const watching of this.#parts.index.all()) {
      this.#loseOne(watching, zxid);
      yield 1;
    }
  }

  #loseOne(watching: Watching, zxid: Zxid): void {
    if (watching.isOpen && compareZxid(watching.since, zxid) < 0) this.#parts.lose(watching, zxid);
  }
}

/** It was not told of it yet. */
function isConcerned({ isOpen, since }: Watching, zxid: Zxid): boolean {
  return isOpen && compareZxid(zxid, since) > 0;
}

function makeRoom(watching: Lasting, zxid: Zxid, batches: Batches): boolean {
  const { outlet } = watching;
  // Nearly always.
  if (outlet.isEmpty || !isConcerned(watching, zxid)) return false;
  const batch = batches.for(outlet);
  return batch !== undefined && outlet.makeRoom(batch);
}

function* allSteps(...parts: readonly (() => Steps)[]): Steps {
  for (const part of parts) yield* part();
}
