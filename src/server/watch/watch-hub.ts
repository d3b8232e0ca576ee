import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { Identity } from '../../model/acl.ts';
import type { LogEntry } from '../../model/log-entry.ts';
import type { Txn } from '../../model/txn.ts';
import type { StreamPosition, TxnEvents, WatchEvent } from '../../model/watch-event.ts';
import { compareZxid, minZxid, zxidToDecimal, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { Store } from '../../ports/store.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import type {
  OutletSink,
  PlacedEvent,
  WatchedQuery,
  WatchOptions,
} from '../../service/watching.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { Applier } from '../applied/applier.ts';
import type { Deadlines } from '../deadlines.ts';
import type { ReadPath } from '../requests/read-path.ts';
import type { ServerTuning } from '../tuning.ts';
import { Bookmarks } from './bookmarks.ts';
import { CatchUp } from './catch-up.ts';
import { ConnectionWatchers } from './connection-watchers.ts';
import { Deliveries } from './deliveries.ts';
import { EventLog } from './event-log.ts';
import { mayHear, SharedBatch, withoutValues } from './event-batch.ts';
import { Initials } from './initials.ts';
import { LogRelay, type LogHolders } from './log-relay.ts';
import { RecentTxns } from './recent-txns.ts';
import { Replays } from './replays.ts';
import { WatchIndex, type WatchGroup } from './watch-index.ts';
import { WatchOutlet, type Lasting, type OneShot, type Watching } from './watch-outlet.ts';
import { fires } from './watching.ts';

interface WatchHubParts {
  readonly applier: Applier;
  readonly reads: Pick<ReadPath, 'confirm'>;
  readonly clock: Clock;
  readonly store: Store;
  readonly codec: TxnCodec;
  readonly metrics: Metrics;
  readonly tuning: ServerTuning;
  readonly zab: ZabCore;
  readonly network: PeerNetwork;
  readonly deadlines: Deadlines;
  readonly holders: LogHolders;
  /** Where this peer's log begins. */
  logBase(): Zxid;
}

/**
 * Keeps all watches of this peer. What is applied is published in the turn it is applied in; it reaches the readers in
 * slices. Watches that come back are given the log first. Whoever may not READ a znode hears nothing of it.
 */
export class WatchHub {
  /** For what other peers ask of this one's log, and answer. */
  readonly relay: LogRelay;
  /** The watches of ZooKeeper's connections. */
  readonly connections: ConnectionWatchers;
  readonly #parts: WatchHubParts;
  readonly #index = new WatchIndex();
  readonly #deliveries: Deliveries;
  readonly #recent: RecentTxns;
  readonly #log: EventLog;
  readonly #replays: Replays;
  readonly #initials: Initials;
  readonly #bookmarks: Bookmarks;
  #watches = 0;
  /** Published up to here: what is applied, but for what a leader's snapshot has hidden. */
  #position: Zxid;
  #catchUp: CatchUp | undefined;
  #afterCatchUp: (() => void)[] = [];

  constructor(parts: WatchHubParts) {
    this.#parts = parts;
    const { applier, clock, tuning, store, codec, metrics } = parts;
    const relay = (this.relay = new LogRelay(parts));
    const applied = (): Zxid => applier.applied;
    this.#position = applier.applied;
    this.connections = new ConnectionWatchers(parts);
    this.#deliveries = new Deliveries({ clock, tuning });
    this.#recent = new RecentTxns(tuning, applier.applied);
    this.#log = new EventLog({
      store,
      codec,
      metrics,
      tuning,
      relay,
      applied,
      recent: this.#recent,
      logBase: () => parts.logBase(),
    });
    this.#replays = new Replays({
      clock,
      tuning,
      applied,
      log: this.#log,
      caughtUp: (watching) => {
        this.#join(watching);
      },
      gone: (watching) => {
        this.#lose(watching, 'compacted', applier.applied);
      },
      refuse: (watching, refusal) => {
        this.#refuse(watching, refusal);
      },
    });
    this.#initials = new Initials({
      applier,
      clock,
      tuning,
      given: (watching) => {
        this.#join(watching);
      },
      refuse: (watching, refusal) => {
        this.#refuse(watching, refusal);
      },
    });
    this.#bookmarks = new Bookmarks({
      clock,
      tuning,
      place: () => (this.#catchUp === undefined ? this.#position : undefined),
      tooSlow: (outlet) => {
        this.#tooSlow(outlet);
      },
    });
  }

  /** Open watches of all kinds. */
  get watches(): number {
    return this.#watches + this.connections.size;
  }

  /** What is applied here and not yet published: a leader's snapshot has hidden it. Undefined when all of it is. */
  behind(): Zxid | undefined {
    return this.#isBehind ? this.#parts.applier.applied : undefined;
  }

  /** Calls back once when all that is applied is published; while nothing is `behind`, not before the next snapshot. */
  whenPassed(run: () => void): void {
    this.#afterCatchUp.push(run);
  }

  open(identities: readonly Identity[], sink: OutletSink): WatchOutlet {
    const { clock, tuning, metrics } = this.#parts;
    const outlet = new WatchOutlet({
      sink,
      identities,
      clock,
      tuning,
      metrics,
      deliveries: this.#deliveries,
      initials: this.#initials,
      tooSlow: (slow) => {
        this.#tooSlow(slow);
      },
    });
    this.#bookmarks.add(outlet);
    return outlet;
  }

  close(outlet: WatchOutlet): void {
    for (const watching of [...outlet.watches.values()]) this.#end(watching);
    this.#bookmarks.remove(outlet);
    outlet.close();
  }

  watch(outlet: WatchOutlet, tag: number, options: WatchOptions): void {
    const refusal = this.#whyNoMore(outlet, tag);
    if (refusal !== undefined) {
      outlet.refuse(tag, { kind: 'refused', refusal });
      return;
    }
    const { path, scope, withData, from, timeoutMs } = options;
    const watching: Lasting = {
      kind: 'lasting',
      outlet,
      tag,
      path,
      scope,
      withData,
      isOpen: true,
      isUnwatched: false,
      isLive: false,
      isSynced: false,
      since: this.#position,
      toldUpTo: this.#position,
      toldAtMs: this.#parts.clock.now(),
    };
    this.#begin(watching);
    if (from !== undefined) this.#resume(watching, from, timeoutMs);
    else if (options.initial) this.#initials.give(watching);
    else this.#join(watching);
  }

  /** Before the read of a one-shot watch: takes the tag. The read is not to be made when this refuses. */
  reserve(outlet: WatchOutlet, tag: number, { read, path }: WatchedQuery): OneShot | Refusal {
    const refusal = this.#whyNoMore(outlet, tag);
    if (refusal !== undefined) return refusal;
    const watching: OneShot = {
      kind: 'oneShot',
      outlet,
      tag,
      path,
      isOpen: true,
      isUnwatched: false,
      on: read === 'children' ? 'children' : 'data',
      since: this.#position,
    };
    this.#begin(watching);
    return watching;
  }

  /** In the turn of the read: from now on it fires. */
  arm(watching: OneShot): void {
    if (!watching.isOpen) return;
    watching.since = this.#parts.applier.applied;
    this.#index.add(watching);
  }

  /** The read leaves no watch. */
  disarm(watching: OneShot): void {
    this.#end(watching);
  }

  unwatch(outlet: WatchOutlet, tag: number): boolean {
    const watching = outlet.watches.get(tag);
    if (watching === undefined) return false;
    watching.isUnwatched = true;
    this.#end(watching);
    return true;
  }

  flush(outlet: WatchOutlet, passed: (() => void) | undefined): void {
    if (passed === undefined || !this.#isBehind || outlet.watches.size === 0) {
      outlet.flush(passed);
      return;
    }
    outlet.flush(undefined);
    this.whenPassed(() => {
      outlet.flush(passed);
    });
  }

  /** In the turn it is applied in, before anybody is told of it. */
  applied({ zxid, payload }: LogEntry, txn: Txn | undefined): void {
    if (txn?.isBare === true) {
      this.#passBare(zxid);
      return;
    }
    this.#recent.add(zxid, txn, payload.length);
    if (this.#catchUp !== undefined) return;
    this.#position = zxid;
    const events = this.#isWatched ? this.#recent.newest : undefined;
    if (events !== undefined) this.#publish(events);
  }

  /** The state is that of a leader's snapshot now; what it hides is published from another peer's log. */
  replaced(): void {
    const { applier } = this.#parts;
    this.#recent.reset(applier.applied);
    if (this.#catchUp !== undefined) return;
    if (!this.#isWatched) {
      this.#position = applier.applied;
      this.#caughtUp();
      return;
    }
    this.#beginCatchUp();
  }

  #beginCatchUp(): void {
    const { applier, clock, tuning } = this.#parts;
    this.#catchUp = new CatchUp(
      {
        clock,
        tuning,
        log: this.#log,
        deliveries: this.#deliveries,
        applied: () => applier.applied,
        isWanted: () => this.#isWatched,
        publish: (txn) => {
          this.#position = txn.zxid;
          this.#publish(txn);
        },
        ended: (reached) => {
          if (reached) this.#caughtUp();
          else this.#leaveGap(applier.applied);
        },
      },
      this.#position,
    );
  }

  /** Every tick. */
  tick(): void {
    this.relay.tick();
    this.#bookmarks.tick();
  }

  /** The log is about to be forgotten up to here: whoever last heard of something older gets a place that remains. */
  bookmarkBefore(upTo: Zxid): void {
    this.#bookmarks.tellBefore(upTo, this.#index.all());
  }

  get #isWatched(): boolean {
    return this.#index.size + this.connections.size > 0;
  }

  get #isBehind(): boolean {
    return compareZxid(this.#position, this.#parts.applier.applied) < 0;
  }

  #publish(txn: TxnEvents): void {
    this.connections.publish(txn);
    const touched = new Map<WatchGroup, PlacedEvent[]>();
    let bare: TxnEvents | undefined;
    for (const [index, event] of txn.events.entries()) {
      this.#index.eachGroup(event, (group) => {
        const shown = group.withData ? event : (bare ??= withoutValues(txn)).events[index];
        const placed = touched.get(group) ?? [];
        touched.set(group, placed);
        placed.push({ index, event: shown ?? event });
      });
      for (const oneShot of this.#index.oneShotsAt(event)) this.#fire(oneShot, txn.zxid, event);
    }
    for (const [group, placed] of touched) this.#deliver(group, txn.zxid, placed);
  }

  #fire(watching: OneShot, zxid: Zxid, event: WatchEvent): void {
    if (compareZxid(zxid, watching.since) <= 0 || !fires(watching, event)) return;
    // Who may not know of it keeps the watch: for them nothing has happened.
    if (!mayHear(event, watching.outlet.identities)) return;
    this.#end(watching);
    watching.outlet.tell(watching, { kind: 'fired', zxid, event });
  }

  /** One batch for all that may see the same. */
  #deliver({ members }: WatchGroup, zxid: Zxid, placed: readonly PlacedEvent[]): void {
    const now = this.#parts.clock.now();
    const whole = new SharedBatch(zxid, placed);
    const isPublic = placed.every(({ event }) => mayHear(event, []));
    const filtered = new Map<string, SharedBatch>();
    for (const watching of members) {
      if (compareZxid(zxid, watching.since) <= 0) continue;
      const { outlet } = watching;
      let batch = isPublic ? whole : filtered.get(outlet.identityKey);
      if (batch === undefined) {
        const heard = placed.filter(({ event }) => mayHear(event, outlet.identities));
        batch = heard.length === placed.length ? whole : new SharedBatch(zxid, heard);
        filtered.set(outlet.identityKey, batch);
      }
      if (batch.events.length === 0) continue;
      watching.toldUpTo = zxid;
      watching.toldAtMs = now;
      outlet.events(watching, batch);
    }
  }

  #resume(watching: Lasting, from: StreamPosition, timeoutMs: number): void {
    const { applier, clock, reads } = this.#parts;
    if (compareZxid(from.zxid, applier.applied) <= 0) {
      this.#replays.start(watching, from, timeoutMs);
      return;
    }
    const untilMs = clock.now() + timeoutMs;
    // As new as anything that any peer has shown to anybody: what is above that, nobody has ever seen.
    reads.confirm('barrier', timeoutMs, (confirmed) => {
      if (!watching.isOpen) return;
      if (compareZxid(from.zxid, applier.applied) <= 0) {
        this.#replays.start(watching, from, Math.max(0, untilMs - clock.now()));
      } else {
        this.#refuse(
          watching,
          isRefusal(confirmed) ? confirmed : inTheFuture(from.zxid, confirmed),
        );
      }
    });
  }

  /** It has all up to what is applied here: from now on it hears of everything as it is applied. */
  #join(watching: Lasting): void {
    const zxid = this.#parts.applier.applied;
    watching.since = zxid;
    watching.isLive = true;
    watching.toldUpTo = zxid;
    watching.toldAtMs = this.#parts.clock.now();
    this.#index.add(watching);
    if (watching.isSynced) return;
    watching.isSynced = true;
    watching.outlet.tell(watching, { kind: 'synced', zxid });
  }

  #begin(watching: Watching): void {
    watching.outlet.watches.set(watching.tag, watching);
    this.#watches++;
  }

  #end(watching: Watching): void {
    if (!watching.isOpen) return;
    watching.isOpen = false;
    watching.outlet.watches.delete(watching.tag);
    this.#watches--;
    this.#index.remove(watching);
  }

  #refuse(watching: Watching, refusal: Refusal): void {
    this.#end(watching);
    watching.outlet.tell(watching, { kind: 'refused', refusal });
  }

  #lose(watching: Watching, why: 'compacted' | 'slow', zxid: Zxid): void {
    this.#end(watching);
    // Of this peer: others may reach back further, or not any more.
    const oldest = this.#parts.logBase();
    this.#parts.metrics.count(why === 'slow' ? 'watches_lost_slow' : 'watches_lost_compacted');
    watching.outlet.tell(watching, {
      kind: 'lost',
      zxid,
      oldest,
      why,
    });
  }

  /** All of the outlet's watches: its one reader is too slow for them together. One-shot watches take no room. */
  #tooSlow(outlet: WatchOutlet): void {
    outlet.dropEvents(() => {
      for (const watching of [...outlet.watches.values()]) {
        if (watching.kind === 'lasting') this.#lose(watching, 'slow', this.#position);
      }
    });
  }

  /** Every live watch that has not heard of all up to `zxid`. */
  #loseAll(zxid: Zxid): void {
    this.connections.lose();
    for (const watching of [...this.#index.all()]) {
      if (compareZxid(watching.since, zxid) < 0) this.#lose(watching, 'compacted', zxid);
    }
  }

  /**
   * No log reaches back to where the hub stands. Watches that stand further on may still be reached: it goes on from the
   * first of them, and they are lost only when that is beyond all logs too. Meanwhile no answer is ahead of their events.
   */
  #leaveGap(zxid: Zxid): void {
    this.connections.lose();
    let next = zxid;
    for (const watching of [...this.#index.all()]) {
      if (compareZxid(watching.since, zxid) >= 0) continue;
      if (compareZxid(watching.since, this.#position) <= 0) this.#lose(watching, 'compacted', zxid);
      else next = minZxid(next, watching.since);
    }
    this.#position = next;
    if (compareZxid(next, zxid) < 0) this.#beginCatchUp();
    else this.#caughtUp();
  }

  #caughtUp(): void {
    this.#catchUp = undefined;
    this.#position = this.#parts.applier.applied;
    this.connections.caughtUp();
    const waiting = this.#afterCatchUp;
    this.#afterCatchUp = [];
    for (const run of waiting) run();
  }

  /** A txn of an older log format does not say who may know of it: nobody hears of it, and that they missed something. */
  #passBare(zxid: Zxid): void {
    this.#recent.reset(zxid);
    this.#catchUp?.cancel();
    this.#loseAll(zxid);
    this.#caughtUp();
  }

  #whyNoMore(outlet: WatchOutlet, tag: number): Refusal | undefined {
    const { watchesPerOutletMax, watchesMax } = this.#parts.tuning;
    if (outlet.watches.has(tag)) {
      return refused('badArguments', 'This connection has a watch of that name: unwatch it first.');
    }
    if (outlet.watches.size >= watchesPerOutletMax) {
      return refused(
        'tooLarge',
        `One connection may have ${String(watchesPerOutletMax)} watches: use a recursive one, or another connection.`,
        { limit: watchesPerOutletMax, actual: outlet.watches.size + 1 },
      );
    }
    if (this.#watches < watchesMax) return undefined;
    return refused('throttled', 'This peer has as many watches as it may have: use another peer.');
  }
}

function inTheFuture(from: Zxid, confirmed: Zxid): Refusal {
  return refused(
    'badArguments',
    `The zxid ${zxidToDecimal(from)} lies in the future: the ensemble stands at ${zxidToDecimal(confirmed)}. ` +
      'Take it from an answer or an event of this ensemble.',
  );
}
