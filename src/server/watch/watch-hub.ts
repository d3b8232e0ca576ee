import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { Identity } from '../../model/acl.ts';
import type { LogEntry } from '../../model/log-entry.ts';
import type { Txn } from '../../model/txn.ts';
import type { StreamPosition } from '../../model/watch-event.ts';
import { compareZxid, minZxid, zxid, zxidToDecimal, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { Store } from '../../ports/store.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import type { OutletSink, WatchedQuery, WatchOptions } from '../../service/watching.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { Applier } from '../applied/applier.ts';
import type { Deadlines } from '../deadlines.ts';
import type { ReadPath } from '../requests/read-path.ts';
import type { EnsembleServerOptions } from '../options.ts';
import type { ServerTuning } from '../tuning.ts';
import { Bookmarks } from './bookmarks.ts';
import { CatchUp } from './catch-up.ts';
import { ConnectionWatchers, type ConnectionWatcher } from './connection-watchers.ts';
import { Deliveries } from './deliveries.ts';
import { toldNow } from './event-batch.ts';
import { Hearing } from './hearing.ts';
import { EventLog } from './event-log.ts';
import { Initials } from './initials.ts';
import { LogRelay, type LogHolders } from './log-relay.ts';
import { Publishing, type Telling } from './publishing.ts';
import { RecentTxns } from './recent-txns.ts';
import { Replays } from './replays.ts';
import { Slices, type Steps } from './slices.ts';
import { Tellings } from './tellings.ts';
import { WatchIndex } from './watch-index.ts';
import { WatchOutlet, type Lasting, type OneShot, type Watching } from './watch-outlet.ts';
import { WatchTotal } from './watch-total.ts';

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
  readonly options: Pick<EnsembleServerOptions, 'budget'>;
  /** Where this peer's log begins. */
  logBase(): Zxid;
}

/** Watches that are taken away within the call that ends them. */
const leavingAtOnce = 1_000;

/**
 * Keeps all watches of this peer. What is applied is published in order, to few in the turn it is applied in, to many in
 * slices; whoever is owed an answer is told before it. Watches that come back are given the log first. Whoever may not
 * READ a znode hears nothing of it.
 */
export class WatchHub {
  /** For what other peers ask of this one's log, and answer. */
  readonly relay: LogRelay;
  /** The watches of ZooKeeper's connections. */
  readonly connections: ConnectionWatchers;
  readonly hearing: Hearing;
  /** For long work on watches. */
  readonly slices: Slices;
  readonly #parts: WatchHubParts;
  readonly #index = new WatchIndex();
  readonly #deliveries: Deliveries;
  readonly #recent: RecentTxns;
  readonly #log: EventLog;
  readonly #replays: Replays;
  readonly #initials: Initials;
  readonly #bookmarks: Bookmarks;
  readonly #publishing: Publishing;
  readonly #tellings: Tellings;
  readonly #total: WatchTotal;
  /** To be published, or published, up to here: what is applied, but for what a leader's snapshot has hidden. */
  #reached: Zxid;
  /** All were told of all up to here. */
  #position: Zxid;
  #catchUp: CatchUp | undefined;
  #afterCatchUp: (() => void)[] = [];

  constructor(parts: WatchHubParts) {
    this.#parts = parts;
    const { applier, clock, tuning, store, codec, metrics } = parts;
    const relay = (this.relay = new LogRelay(parts));
    const applied = (): Zxid => applier.applied;
    this.#position = this.#reached = applier.applied;
    const total = (this.#total = new WatchTotal(tuning.watchesMax, parts.options.budget));
    const slices = (this.slices = new Slices(parts));
    this.#publishing = new Publishing({
      clock,
      tuning,
      published: (zxid) => {
        this.#position = this.#publishing.isEmpty ? this.#reached : zxid;
      },
    });
    const hearing = (this.hearing = new Hearing(() => applier.state));
    const connections = (this.connections = new ConnectionWatchers({
      hearing,
      tuning,
      metrics,
      slices,
      total,
    }));
    this.#tellings = new Tellings({
      clock,
      connections,
      hearing,
      index: this.#index,
      end: (watching) => {
        this.#end(watching);
      },
      lose: (watching, zxid) => {
        this.#lose(watching, 'compacted', zxid);
      },
    });
    this.#deliveries = new Deliveries({ clock, tuning });
    this.#recent = new RecentTxns(tuning, codec, applier.applied);
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
    this.#replays = this.#newReplays();
    this.#initials = this.#newInitials();
    this.#bookmarks = new Bookmarks({
      clock,
      tuning,
      slices,
      place: () => (this.#catchUp === undefined ? this.#position : undefined),
      tooSlow: (outlet) => {
        this.#tooSlow(outlet);
      },
    });
  }

  #newReplays(): Replays {
    const { applier, clock, tuning } = this.#parts;
    return new Replays({
      clock,
      tuning,
      applied: () => applier.applied,
      log: this.#log,
      hearing: this.hearing,
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
  }

  #newInitials(): Initials {
    const { applier, clock, tuning } = this.#parts;
    return new Initials({
      applier,
      clock,
      tuning,
      beforeGiven: (watching) => {
        this.#tellAhead(watching.outlet);
      },
      given: (watching) => {
        this.#join(watching);
      },
      refuse: (watching, refusal) => {
        this.#refuse(watching, refusal);
      },
    });
  }

  /** Open watches of all kinds. */
  get watches(): number {
    return this.#total.count;
  }

  /** As much waits to be published as may: nothing more should be applied in this turn. */
  get isFull(): boolean {
    return this.#publishing.isFull;
  }

  /** What is applied here and not yet told to all whom it concerns. Undefined when all of it is. */
  behind(): Zxid | undefined {
    const { applied } = this.#parts.applier;
    return compareZxid(this.#position, applied) < 0 ? applied : undefined;
  }

  /** Says whether a connection with watches is to be told of something yet that is applied. */
  owes({ count, toldOf, toldIndex }: ConnectionWatcher): boolean {
    if (count === 0 || this.behind() === undefined) return false;
    if (this.#isHidden || compareZxid(toldOf, this.#reached) < 0) return true;
    return toldIndex !== Number.POSITIVE_INFINITY;
  }

  /**
   * Tells a connection what is to be told of all that is applied, and then calls back: at once, but for what a leader's
   * snapshot has hidden.
   */
  tellConnection(watcher: ConnectionWatcher, passed: () => void): void {
    if (watcher.count > 0) this.#tellConnectionAhead(watcher);
    if (watcher.count === 0 || !this.#isHidden) passed();
    else {
      this.#afterCatchUp.push(() => {
        if (!watcher.isOver) this.tellConnection(watcher, passed);
      });
    }
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
      hearing: this.hearing,
      initials: this.#initials,
      tooSlow: (slow) => {
        this.#tooSlow(slow);
      },
    });
    outlet.toldUpTo = this.#parts.applier.applied;
    this.#bookmarks.add(outlet);
    return outlet;
  }

  close(outlet: WatchOutlet): void {
    for (const watching of outlet.watches.values()) watching.isOpen = false;
    this.#bookmarks.remove(outlet);
    outlet.close();
    this.slices.begin(this.#leave(outlet), leavingAtOnce);
  }

  /** What it watched is taken away; nothing comes to it any more. */
  *#leave(outlet: WatchOutlet): Steps {
    for (const watching of outlet.watches.values()) {
      this.#forget(watching);
      yield 1;
    }
  }

  watch(outlet: WatchOutlet, tag: number, options: WatchOptions): void {
    const refusal = this.#whyNoMore(outlet, tag);
    if (refusal !== undefined) {
      outlet.refuse(tag, { kind: 'refused', refusal });
      return;
    }
    const { path, scope, withData, from, timeoutMs } = options;
    const wishes = { withData, withPast: from !== undefined || options.initial };
    const ungranted = this.hearing.refusal(path, outlet.identities, wishes);
    if (ungranted !== undefined) {
      outlet.refuse(tag, { kind: 'refused', refusal: ungranted });
      return;
    }
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
    const refusal = this.#whyNoMore(outlet, tag) ?? this.hearing.refusal(path, outlet.identities);
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

  /** Whatever is applied, and concerns its watches, is told first; what a leader's snapshot has hidden is waited for. */
  flush(outlet: WatchOutlet, passed: (() => void) | undefined): void {
    this.#tellAhead(outlet);
    if (passed === undefined || !this.#isHidden || outlet.watches.size === 0) {
      outlet.flush(passed);
      return;
    }
    outlet.flush(undefined);
    this.#afterCatchUp.push(() => {
      if (!outlet.isClosed) this.flush(outlet, passed);
    });
  }

  /** In the turn it is applied in, before anybody is told of it. */
  applied({ zxid, payload }: LogEntry, txn: Txn | undefined): void {
    if (txn?.isBare === true) {
      this.#passBare(zxid);
      return;
    }
    this.#recent.add(zxid, payload, txn);
    if (this.#catchUp !== undefined) return;
    const events = this.#isWatched ? this.#recent.newest : undefined;
    const isNews = events !== undefined && events.events.length > 0;
    this.#reach(zxid, isNews ? this.#tellings.of(events) : undefined);
  }

  /** The state is that of a leader's snapshot now; what it hides is published from another peer's log. */
  replaced(): void {
    const { applier } = this.#parts;
    this.#recent.reset(applier.applied);
    if (this.#catchUp !== undefined) return;
    if (this.#isWatched) this.#beginCatchUp();
    else this.#caughtUp();
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
        hasRoom: () => !this.#publishing.isFull,
        publish: (txn) => {
          const events = txn.events.map((event) => toldNow(event, applier.state));
          this.#reach(txn.zxid, this.#tellings.of({ zxid: txn.zxid, events }));
        },
        ended: (reached) => {
          if (reached) this.#caughtUp();
          else {
            this.#publishing.whenEmpty(() => {
              this.slices.begin(this.#leaveGap(applier.applied), leavingAtOnce);
            });
          }
        },
      },
      this.#reached,
    );
  }

  /** Every tick. */
  tick(): void {
    this.relay.tick();
    this.#bookmarks.tick();
  }

  /** The log is about to be forgotten up to here: whoever last heard of something older gets a place that remains. */
  bookmarkBefore(upTo: Zxid): void {
    this.#bookmarks.tellBefore(upTo, () => this.#index.all());
  }

  get #isWatched(): boolean {
    return this.#index.size + this.connections.size > 0;
  }

  /** A leader's snapshot has hidden events that are still on their way. */
  get #isHidden(): boolean {
    return (
      this.#catchUp !== undefined && compareZxid(this.#reached, this.#parts.applier.applied) < 0
    );
  }

  #reach(zxid: Zxid, telling: Telling | undefined): void {
    this.#reached = zxid;
    if (telling !== undefined) this.#publishing.add(telling);
    if (this.#publishing.isEmpty) this.#position = zxid;
  }

  /** What is applied is told to this one first: it is owed an answer. */
  #tellAhead(outlet: WatchOutlet): void {
    if (this.#publishing.isEmpty || outlet.watches.size === 0) return;
    for (const telling of this.#publishing.after(outlet.toldUpTo)) {
      outlet.toldUpTo = telling.zxid;
      telling.tellOutlet(outlet);
    }
  }

  #tellConnectionAhead(watcher: ConnectionWatcher): void {
    if (this.#publishing.isEmpty) return;
    for (const telling of this.#publishing.after(beforeOf(watcher))) {
      telling.tellConnection(watcher);
    }
    watcher.toldOf = this.#reached;
    watcher.toldIndex = Number.POSITIVE_INFINITY;
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
    // Across the watches of an outlet the order holds.
    this.#tellAhead(watching.outlet);
    if (!watching.isOpen) return;
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
    this.#total.add(watching.outlet.address);
  }

  #end(watching: Watching): void {
    if (!watching.isOpen) return;
    watching.isOpen = false;
    this.#forget(watching);
  }

  #forget(watching: Watching): void {
    watching.outlet.watches.delete(watching.tag);
    this.#total.remove(watching.outlet.address, 1);
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
    const { applied } = this.#parts.applier;
    outlet.dropEvents(() => {
      for (const watching of [...outlet.watches.values()]) {
        if (watching.kind === 'lasting') this.#lose(watching, 'slow', applied);
      }
    });
  }

  /**
   * No log reaches back to where the hub stands. Watches that stand further on may still be reached: it goes on from the
   * first of them, and they are lost only when that is beyond all logs too. Meanwhile no answer is ahead of their events.
   */
  *#leaveGap(zxid: Zxid): Steps {
    const gap = this.#catchUp;
    yield* this.connections.lose(zxid);
    let next = zxid;
    for (const watching of this.#index.all()) {
      yield 1;
      // A txn that is known to nobody has come meanwhile, and all are lost.
      if (this.#catchUp !== gap) return;
      if (!watching.isOpen || compareZxid(watching.since, zxid) >= 0) continue;
      if (compareZxid(watching.since, this.#reached) <= 0) this.#lose(watching, 'compacted', zxid);
      else next = minZxid(next, watching.since);
    }
    this.#position = this.#reached = next;
    if (compareZxid(next, this.#parts.applier.applied) < 0) this.#beginCatchUp();
    else this.#caughtUp();
  }

  #caughtUp(): void {
    this.#catchUp = undefined;
    this.#reach(this.#parts.applier.applied, undefined);
    const waiting = this.#afterCatchUp;
    this.#afterCatchUp = [];
    for (const run of waiting) run();
  }

  /** A txn of an older log format does not say who may know of it: nobody hears of it, and that they missed something. */
  #passBare(zxid: Zxid): void {
    this.#recent.reset(zxid);
    this.#catchUp?.cancel();
    this.#publishing.add(this.#tellings.ofLoss(zxid));
    this.#caughtUp();
  }

  #whyNoMore(outlet: WatchOutlet, tag: number): Refusal | undefined {
    const { watchesPerOutletMax } = this.#parts.tuning;
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
    return this.#total.whyNoMore(outlet.address, outlet.watches.size, watchesPerOutletMax);
  }
}

/** All up to here it was told of. */
function beforeOf({ toldOf, toldIndex }: ConnectionWatcher): Zxid {
  if (toldIndex === Number.POSITIVE_INFINITY) return toldOf;
  return zxid(toldOf.epoch, Math.max(0, toldOf.counter - 1));
}

function inTheFuture(from: Zxid, confirmed: Zxid): Refusal {
  return refused(
    'badArguments',
    `The zxid ${zxidToDecimal(from)} lies in the future: the ensemble stands at ${zxidToDecimal(confirmed)}. ` +
      'Take it from an answer or an event of this ensemble.',
  );
}
