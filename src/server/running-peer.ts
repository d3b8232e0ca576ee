import { OnceSoon } from '../base/once-soon.ts';
import type { ConnectionId, ServerId } from '../model/ids.ts';
import type { LogChange } from '../model/log-change.ts';
import type { LogEntry } from '../model/log-entry.ts';
import type { CloseReason } from '../model/peer-message.ts';
import type { Txn } from '../model/txn.ts';
import type { Zxid } from '../model/zxid.ts';
import type { PeerNetworkHandlers } from '../ports/peer-network.ts';
import type { Timer } from '../ports/clock.ts';
import { Pace } from '../service/budget/pace.ts';
import type { ZabCore, ZabEvent } from '../zab/ready.ts';
import { AppliedAges } from './applied/applied-ages.ts';
import { Applier } from './applied/applier.ts';
import { Bulk, type BulkCalls, type BulkParts } from './bulk/bulk.ts';
import type { CopySource } from './bulk/copy-source.ts';
import { answeredFirstMax, carryOut, type CarryOutTargets } from './carry-out.ts';
import { ClusterReporting } from './reports/cluster-reporting.ts';
import { Deadlines } from './deadlines.ts';
import { MemberRemoved } from './members/member-removed.ts';
import { Roster } from './reports/roster.ts';
import { Course } from './requests/course.ts';
import { HandOvers } from './requests/hand-overs.ts';
import { LeaderChores } from './chores/leader-chores.ts';
import { WritePath } from './requests/write-path.ts';
import { EnsembleTime } from './ensemble-time.ts';
import { FreeSpace } from './free-space.ts';
import { setClientGauges, setGauges } from './reports/gauges.ts';
import { LeaderDecisions } from './requests/leader-decisions.ts';
import { Locks } from './locks/locks.ts';
import { MessageRouter } from './message-router.ts';
import { PauseDetector } from './pause-detector.ts';
import { PeerClocks } from './peer-clocks.ts';
import { ReadPath } from './requests/read-path.ts';
import type { Comparison } from './applied/digests.ts';
import type { Recovered } from './applied/recovery.ts';
import { StateDiverged } from './applied/state-diverged.ts';
import type { StateSource } from './applied/state-source.ts';
import type { EnsembleServerOptions, ServerPorts } from './options.ts';
import { SessionCarriers } from './sessions/carriers.ts';
import { SessionLiveness } from './sessions/liveness.ts';
import { SteadyClock } from './steady-clock.ts';
import { TickLateness } from './reports/tick-lateness.ts';
import { LeftBehindReport } from './reports/left-behind.ts';
import { reportZabEvent, waitingFor } from './reports/zab-event-log.ts';
import { TwinRefused } from './reports/twin-refused.ts';
import { WatchHub } from './watch/watch-hub.ts';
import { zabFrom } from './zab-from.ts';
import { idempotencyLimits } from '../state/state-machine.ts';

const gaugesEveryMs = 1_000;
/** So long a removed peer stays, for its last words to leave and for its clients to be answered. */
const removedLingerMs = 500;
/** A process that begins stands still while its modules are loaded: that is nothing to be alarmed by. */
const beginningMs = 10_000;

/**
 * A peer from the end of its recovery to its end: the drive loop, and the parts that it drives. Every input goes into
 * the core or a part at once; what follows from all inputs of a turn together is carried out when the turn is over, so
 * that the writes of one turn share one Ready.
 */
export class RunningPeer {
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly writes: WritePath;
  readonly reads: ReadPath;
  /** Of the request that is being answered. */
  readonly course = new Course();
  readonly sessions: SessionLiveness;
  readonly locks: Locks;
  readonly handOvers: HandOvers;
  readonly reporting: ClusterReporting;
  readonly carriers = new SessionCarriers();
  readonly watches: WatchHub;
  readonly time: EnsembleTime;

  readonly #ports: ServerPorts;
  readonly #leader: LeaderDecisions;
  readonly #deadlines: Deadlines;
  /** More requests have run out of time than one turn is to answer. */
  readonly #moreDue: OnceSoon;
  readonly #pause: PauseDetector;
  readonly #lateness: TickLateness;
  readonly #space: FreeSpace;
  readonly #steady: SteadyClock;
  readonly #clocks: PeerClocks;
  readonly #pace: Pace;
  readonly #ages = new AppliedAges(idempotencyLimits.keptMs);
  readonly #chores: LeaderChores;
  readonly #bulk: Bulk;
  readonly #router: MessageRouter;
  readonly #targets: CarryOutTargets;
  readonly #options: EnsembleServerOptions;
  #ticking: Timer | undefined;
  #gaugedAtMs = 0;
  /** And was logged: once is enough. */
  #hasGaugesFailed = false;
  #startedAtMs = 0;
  #isAwake = false;
  /** Whatever there is to carry out, this turn comes to it. */
  #isDriving = false;
  /** Writes on their way to the disk. */
  #writing = 0;
  /** Made once: whoever makes a function pays for it each time he is called, and this is said several times for a write. */
  readonly #woken = (): void => {
    this.#isAwake = false;
    this.#drive();
  };
  #waitsFor: string | undefined;
  #hasServed = false;
  readonly #roster: Roster;
  readonly #leftBehind: LeftBehindReport;
  /** The leadership that the parts were told of. */
  #leadingEpoch: number | undefined;
  #leaderConnection: ConnectionId | undefined;

  constructor(
    ports: ServerPorts,
    options: EnsembleServerOptions,
    { recovered, states }: { readonly recovered: Recovered; readonly states: StateSource },
  ) {
    this.#ports = ports;
    this.#options = options;
    const { clock, codec, metrics } = ports;
    const { tuning, tickMs } = options;
    const zab = (this.zab = zabFrom(ports, options, recovered));
    const deadlines = (this.#deadlines = new Deadlines(tickMs, clock.now()));
    this.#moreDue = new OnceSoon(clock, this.#sweepDeadlines.bind(this));
    const wake = this.wake.bind(this);
    const applier = (this.applier = new Applier({ clock, codec, tuning, metrics }, recovered.at, {
      onApplied: this.#applied.bind(this),
      hasRoom: () => !this.watches.isFull,
      onCaughtUp: wake,
    }));
    this.#space = new FreeSpace(ports, tuning);
    this.#leftBehind = new LeftBehindReport(ports.logger);
    const clocks = (this.#clocks = new PeerClocks(ports));
    const time = (this.time = new EnsembleTime({ ...ports, options, applier, clocks }));
    const steady = (this.#steady = new SteadyClock(time));
    const ages = this.#ages;
    const pace = (this.#pace = options.pace ?? new Pace(clock));
    const core = { zab, applier, deadlines, options, tuning };
    const common = { ...ports, ...core, time, steady, ages, pace, course: this.course, wake };
    const leader = (this.#leader = new LeaderDecisions({ ...common, space: this.#space }));
    const reads = (this.reads = new ReadPath(common));
    const writes = (this.writes = new WritePath({
      ...common,
      leader,
      reads,
      decided: ({ session }) => {
        if (session !== undefined) this.sessions.decidedFor(session);
      },
    }));
    this.handOvers = new HandOvers({ ...common, writes });
    const sessions = (this.sessions = new SessionLiveness({ ...common, reads, writes }));
    this.locks = new Locks({ ...common, reads, sessions });
    this.#chores = new LeaderChores({
      ...common,
      writes,
      sessions,
      addresses: () => this.reporting.addresses(),
    });
    this.reporting = this.#newReporting(common);
    this.#roster = new Roster({ ...common, reporting: this.reporting });
    this.watches = new WatchHub({
      ...common,
      reads,
      holders: this.reporting,
      logBase: () => this.#bulk.logBase,
    });
    this.#pause = this.#newPauseDetector();
    this.#lateness = new TickLateness(ports, tickMs);
    this.#bulk = this.#newBulk({
      ports,
      tuning,
      zab,
      applier,
      states,
      recovered,
      pace,
      hasSpace: () => this.#space.isEnough,
      isInDispute: () => this.reporting.isInDispute,
    });
    this.#router = this.#newRouter();
    this.#targets = this.#carryOutTargets();
  }

  /** What this peer does as leader; for those who look, not for requests. */
  get leading(): Pick<LeaderDecisions, 'establishedAtMs' | 'proposalBytes'> {
    return this.#leader;
  }

  /** Copies of what is applied. */
  get copies(): CopySource {
    return this.#bulk.copies;
  }

  /** What keeps this peer from knowing a leader, where it can tell. */
  get waitsFor(): string | undefined {
    return this.#waitsFor;
  }

  start(): void {
    this.#ports.network.start(this.#networkHandlers());
    this.#roster.heed(this.applier.membership);
    this.#startedAtMs = this.#ports.clock.now();
    this.#lateness.begin(this.#startedAtMs);
    this.#ticking = this.#ports.clock.every(this.#options.tickMs, () => {
      this.#tick();
    });
    this.wake();
  }

  /** Time stands still; what comes in is stopped at the guarded ports. */
  stop(): void {
    this.#ticking?.cancel();
  }

  /** There may be something to carry out: once this turn is over. */
  wake(): void {
    if (this.#isAwake || this.#isDriving) return;
    this.#isAwake = true;
    this.#ports.clock.soon(this.#woken);
  }

  #newPauseDetector(): PauseDetector {
    const { timers, tickMs } = this.#options;
    return new PauseDetector({
      nowMs: this.#ports.clock.now(),
      thresholdMs: (timers.syncLimit * tickMs) / 2,
      onPause: this.#paused.bind(this),
    });
  }

  #newReporting(
    common: Pick<
      ConstructorParameters<typeof ClusterReporting>[0],
      'zab' | 'applier' | 'network' | 'clock' | 'logger' | 'options' | 'metrics'
    >,
  ): ClusterReporting {
    return new ClusterReporting({
      ...common,
      logBase: () => this.#bulk.logBase,
      diverged: this.#diverged.bind(this),
      addressesChanged: () => {
        this.#chores.addressesChanged();
      },
    });
  }

  #newRouter(): MessageRouter {
    const { zab, writes, sessions, reporting, watches, time, handOvers } = this;
    const { clock, network } = this.#ports;
    return new MessageRouter({
      zab,
      close: this.#close.bind(this),
      bulk: this.#bulk,
      writes,
      sessions,
      reporting,
      relay: watches.relay,
      handOvers,
      clocks: this.#clocks,
      tellClock: (connection, id) => {
        network.send(connection, { kind: 'clock', id, wallMs: Math.max(0, clock.wall()) });
      },
      clockRead: () => {
        time.look();
      },
    });
  }

  #newBulk(parts: Omit<BulkParts, BulkCalls>): Bulk {
    return new Bulk({
      ...parts,
      close: this.#close.bind(this),
      wake: this.wake.bind(this),
      dispatch: (connection, message) => {
        this.#router.dispatch(connection, message);
      },
      compacting: (upTo) => {
        this.watches.bookmarkBefore(upTo);
      },
      replaced: () => {
        this.#membershipApplied();
        this.sessions.replaced();
        this.watches.replaced();
        this.carriers.replaced((session) => this.applier.state.session(session)?.owner);
        this.locks.replaced();
      },
    });
  }

  #tick(): void {
    const now = this.#ports.clock.now();
    this.#lateness.ticked(now);
    this.#pause.look(now);
    this.zab.tick();
    this.#sweepDeadlines();
    this.#ages.note(this.applier.applied, now);
    this.#clocks.tick();
    this.time.look();
    this.#observeRole();
    this.sessions.tick();
    this.locks.tick();
    this.#chores.tick();
    this.#bulk.tick();
    this.#space.consider();
    this.reporting.tick();
    this.watches.tick();
    if (now - this.#gaugedAtMs >= gaugesEveryMs) {
      this.#gaugedAtMs = now;
      this.#showGauges();
      if (this.#leadingEpoch !== undefined) this.time.report();
      this.#roster.look();
      this.#leftBehind.look(this.applier.state);
    }
    this.#drive();
  }

  /** Thousands of requests may have been given the same time to wait. */
  #sweepDeadlines(): void {
    const { clock } = this.#ports;
    const now = clock.now();
    const untilMs = now + this.#options.tuning.sliceMs;
    if (!this.#deadlines.sweep(now, () => clock.now() < untilMs)) this.#moreDue.schedule();
  }

  /** Nothing rests on figures: one that can't be told is no reason to stop. */
  #showGauges(): void {
    const { metrics, logger } = this.#ports;
    try {
      setGauges(this, metrics);
      metrics.gauge('log_bytes', this.#bulk.logBytes);
      setClientGauges(this.#options, metrics);
    } catch (error) {
      if (!this.#hasGaugesFailed) logger.log('error', 'gaugesFailed', { cause: String(error) });
      this.#hasGaugesFailed = true;
    }
  }

  #drive(): void {
    this.#pause.look(this.#ports.clock.now());
    this.zab.applied(this.applier.applied);
    this.#observeRole();
    this.#isDriving = true;
    this.#carryOut();
    this.#isDriving = false;
    // What was applied just now may have let somebody ask: that leaves beside the commit. No more than once a turn.
    this.zab.applied(this.applier.applied);
    this.#carryOut();
    this.#observeRole();
    this.writes.pump();
  }

  /** What waits for a write that is alone is carried out at once; for several, with what else this turn brings. */
  #persisted(entries: number, tookMs: number): void {
    this.#ports.metrics.observe('fsync_ms', tookMs);
    this.#writing--;
    const isAlone = this.#writing === 0 && entries <= answeredFirstMax;
    if (isAlone && !this.#isAwake) this.#drive();
    else this.wake();
  }

  /** Sessions first: their touches are confirmed by the barrier that all reads of the turn share. */
  #carryOut(): void {
    this.handOvers.look();
    this.sessions.flush();
    this.reads.flush();
    for (;;) {
      const ready = this.zab.takeReady();
      if (ready === undefined) break;
      carryOut(ready, this.#targets);
    }
  }

  /** Tells the parts of a change of role before anything is done in the new one. */
  #observeRole(): void {
    const { role, isServing, epoch, leaderConnection } = this.zab.status;
    if (
      this.#leadingEpoch !== undefined &&
      !(role === 'leading' && isServing && epoch === this.#leadingEpoch)
    ) {
      this.#leadingEpoch = undefined;
      this.#leader.ended();
      this.time.ended();
      this.#chores.leadershipEnded();
      this.#leaderChanged();
    }
    this.#hasServed ||= isServing;
    const connection = isServing ? leaderConnection : undefined;
    if (connection !== this.#leaderConnection) {
      this.#leaderConnection = connection;
      this.#leaderChanged();
    }
    if (this.#leader.canDecide) this.#chores.leading();
  }

  #leaderChanged(): void {
    this.sessions.leaderChanged();
    this.reporting.leaderChanged();
  }

  #paused(pausedMs: number): void {
    const isBeginning = this.#ports.clock.now() - this.#startedAtMs < beginningMs;
    const level = isBeginning ? 'info' : 'warn';
    const waitedMs = this.#lateness.waitedMs();
    const waited = waitedMs === undefined ? {} : { waitedMs: Math.round(waitedMs) };
    this.#ports.logger.log(level, 'paused', { pausedMs: Math.round(pausedMs), ...waited });
    this.#ports.metrics.observe('pause_ms', pausedMs);
    this.zab.paused(pausedMs / this.#options.tickMs);
    this.sessions.paused();
    this.wake();
  }

  #applied(entry: LogEntry, txn: Txn | undefined): void {
    this.#bulk.applied(entry);
    if (entry.kind !== 'txn') this.#membershipApplied();
    this.watches.applied(entry, txn);
    if (txn === undefined) return;
    if (entry.payload.length < this.#options.tuning.largeWriteBytesMin) this.#pace.served();
    this.sessions.applied(txn);
    this.carriers.applied(txn);
    this.locks.applied(txn);
    this.#chores.applied(txn);
  }

  #membershipApplied(): void {
    this.#roster.heed(this.applier.membership);
    this.#chores.addressesChanged();
  }

  /** The shell's own decision: the core hears of it. */
  #close(connection: ConnectionId, reason: CloseReason): void {
    this.#ports.logger.log('warn', 'connectionClosed', { ...reason });
    this.#ports.network.close(connection, reason);
    this.#forget(connection);
    this.zab.disconnected(connection, reason.detail);
    this.wake();
  }

  #forget(connection: ConnectionId): void {
    this.#bulk.drop(connection);
    this.#clocks.drop(connection);
    this.writes.drop(connection);
    this.reporting.drop(connection);
    this.watches.relay.drop(connection);
  }

  /** Whose state is wrong leaves a mark, so that nothing is ever made of it again; of which nobody can tell, none. */
  #diverged(comparison: Comparison): void {
    const failure = new StateDiverged(this.#options.self, comparison);
    if (comparison.verdict === 'undecided') throw failure;
    this.#ports.store.markDiverged(failure.message, () => {
      throw failure;
    });
  }

  /** Who serves, or did, is what its leader says it is; who only just starts has no place here. */
  #heardOfTwin(by: ServerId, livesAt: string): void {
    if (!this.#hasServed) throw new TwinRefused({ self: this.#options.self, by, livesAt });
  }

  #report(event: ZabEvent): void {
    reportZabEvent(event, this.#ports);
    this.handOvers.report(event);
    if (event.event === 'isTwin') {
      const { leader: by, livesAt } = event;
      throw new TwinRefused({ self: this.#options.self, by, livesAt });
    }
    if (event.event === 'membershipHeard') this.#roster.heed(event.membership);
    if (event.event === 'removed') this.#removed(event.version);
    if (event.event === 'founded') this.#bulk.founded(event.membership);
    if (event.event === 'elected') this.#waitsFor = undefined;
    else this.#waitsFor = waitingFor(event) ?? this.#waitsFor;
    if (event.event !== 'established') return;
    this.#observeRole();
    this.#leadingEpoch = event.epoch;
    this.time.begin();
    this.#steady.begin();
    this.#leader.established(event.initialHistoryEnd);
    this.reporting.leaderChanged();
  }

  /** It has left already; what it still has to say to those who stay is on its way. */
  #removed(version: Zxid): void {
    this.#ports.clock.after(removedLingerMs, () => {
      throw new MemberRemoved(this.#options.self, version);
    });
  }

  #write(changes: readonly LogChange[], done: () => void): void {
    this.#writing++;
    this.#ports.store.write(changes, done);
  }

  #carryOutTargets(): CarryOutTargets {
    return {
      zab: this.zab,
      clock: this.#ports.clock,
      store: { write: this.#write.bind(this) },
      network: this.#ports.network,
      send: (item) => {
        this.#bulk.send(item);
      },
      close: (connection, reason) => {
        this.#ports.network.close(connection, reason);
        this.#forget(connection);
      },
      deliver: (entries) => {
        this.applier.deliver(entries);
      },
      adoptingSnapshot: (at) => {
        this.#bulk.adopting(at);
      },
      adoptedSnapshot: (at) => {
        this.#bulk.adopted(at);
        // Before the leader hears anything more of this peer: a snapshot was to bring it there.
        this.zab.applied(this.applier.applied);
      },
      barrierAnswered: (answer) => {
        this.reads.barrierAnswered(answer);
      },
      report: (event) => {
        this.#report(event);
      },
      persisted: this.#persisted.bind(this),
    };
  }

  #networkHandlers(): PeerNetworkHandlers {
    const { zab } = this;
    return {
      onNotification: (notification) => {
        zab.notification(notification);
        this.wake();
      },
      onAccepted: (connection, caller) => {
        this.#clocks.accepted(connection, caller.id);
        zab.accepted(connection, caller);
        this.wake();
      },
      onTwin: (by, livesAt) => {
        this.#heardOfTwin(by, livesAt);
      },
      onConnected: (connection, to) => {
        zab.connected(connection, to);
        this.wake();
      },
      onMessage: (connection, message) => {
        this.#router.receive(connection, message);
        this.wake();
      },
      onClosed: (connection, why) => {
        this.#forget(connection);
        zab.disconnected(connection, why);
        this.wake();
      },
      onDrained: (connection) => {
        this.#bulk.onDrained(connection);
      },
    };
  }
}
