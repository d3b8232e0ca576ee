import type { ConnectionId, Nonce, ServerId } from '../../src/model/ids.ts';
import type { LogChange } from '../../src/model/log-change.ts';
import { emptyLog, type LogPosition } from '../../src/model/log-entry.ts';
import type { Membership } from '../../src/model/membership.ts';
import type { PeerMessage, ZabMessage } from '../../src/model/peer-message.ts';
import { compareZxid, type Zxid } from '../../src/model/zxid.ts';
import type { PeerNetwork } from '../../src/ports/peer-network.ts';
import { LogIndex } from '../../src/zab/log-index.ts';
import type { ZabOptions, ZabRecovered } from '../../src/zab/options.ts';
import type { Outbound, Ready, ZabCore, ZabStatus } from '../../src/zab/ready.ts';
import { SimulatedClock } from './clock.ts';
import { simulatedChain, simulatedSha256 } from './core-chain.ts';
import { membershipIn, type DiskImage, type SimulatedDisk } from './disk.ts';
import type { AttachedKind, SimulatedNetwork } from './network.ts';
import { InvariantViolated } from './node-view.ts';
import { Outbox } from './outbox.ts';
import type { Prng } from './prng.ts';
import { SimulatedProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';
import type { WatchedNode, Watcher } from './watch.ts';

/** The core, and the hook by which an oracle elects: leave LOOKING now and follow (or be) this leader. */
export interface ForcibleCore extends ZabCore {
  forceVote(leader: ServerId): boolean;
}

export type CoreFactory = (options: ZabOptions, recovered: ZabRecovered) => ForcibleCore;

export interface CoreNodeOptions {
  readonly id: ServerId;
  readonly role: 'participant' | 'observer';
  readonly configuredVoters: readonly ServerId[];
  readonly tickMs: number;
  readonly clockRate: number;
  /** A peer, unless told. */
  readonly kind?: AttachedKind;
  /** Inputs are taken in without asking for the Ready at once, this often. */
  readonly batchChance: number;
  /** Applied txns between two snapshots with compaction. */
  readonly snapshotEvery: number;
  readonly timers: ZabOptions['timers'];
  readonly limits: ZabOptions['limits'];
}

export interface CoreNodeWorld {
  readonly scheduler: Scheduler;
  readonly network: SimulatedNetwork;
  readonly random: Prng;
  /** Of sockets that a process comes to after it stood still. */
  readonly readingOrder: Prng;
  readonly trace: Trace;
  readonly createZab: CoreFactory;
  readonly watcher: Watcher;
  /** Of the next start. */
  electionMode: 'fast' | 'forced';
  /** It was told that another process has its place, and has stopped. */
  stoppedAsTwin(node: CoreNode): void;
  /** It was told that it is no member any more, and has done what it had decided until then. */
  retired(node: CoreNode): void;
}

interface Running {
  readonly process: SimulatedProcess;
  readonly network: PeerNetwork;
  readonly zab: ForcibleCore;
  readonly outbox: Outbox;
}

/**
 * A peer of the core ring: the real protocol core over a simulated disk and network, with the smallest shell that keeps
 * the contract of `Ready`. Its state machine is a position in the history.
 */
export class CoreNode implements WatchedNode {
  readonly options: CoreNodeOptions;
  readonly disk: SimulatedDisk;
  readonly #world: CoreNodeWorld;
  #nonce: Nonce;
  #incarnation = 0;
  #running: Running | undefined;
  #starting: SimulatedProcess | undefined;
  #electionMode: 'fast' | 'forced' = 'fast';
  #applied: LogPosition = emptyLog;
  #appliedMembership: Membership | null = null;
  #appliedSinceSnapshot = 0;
  #isPumpScheduled = false;
  /** Removed from the ensemble: nothing starts it. */
  isRetired = false;
  /** In this life. */
  #hasServed = false;

  constructor(world: CoreNodeWorld, disk: SimulatedDisk, options: CoreNodeOptions) {
    this.#world = world;
    this.disk = disk;
    this.options = options;
    this.#nonce = world.random.hex(16) as Nonce;
  }

  get id(): ServerId {
    return this.options.id;
  }

  get role(): 'participant' | 'observer' {
    return this.options.role;
  }

  get nonce(): Nonce {
    return this.#nonce;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get durable(): DiskImage {
    return this.disk.durable;
  }

  get written(): DiskImage {
    return this.disk.written;
  }

  get applied(): LogPosition {
    return this.#applied;
  }

  /** Started, or starting. */
  get isUp(): boolean {
    return this.#running?.process.isAlive === true || this.#starting?.isAlive === true;
  }

  get isPaused(): boolean {
    return this.#running?.process.isPaused === true;
  }

  get isLooking(): boolean {
    return this.zab?.status.role === 'looking';
  }

  get hasPendingWrites(): boolean {
    return this.disk.hasPendingWrites;
  }

  slowDisk(factor: number): void {
    this.disk.slowness = factor;
  }

  failDisk(onFailure: (() => void) | undefined): void {
    this.disk.failNext = onFailure;
  }

  get electionMode(): 'fast' | 'forced' {
    return this.#electionMode;
  }

  get zab(): ForcibleCore | undefined {
    return this.#running?.process.isAlive === true ? this.#running.zab : undefined;
  }

  get status(): ZabStatus {
    const zab = this.#running?.zab;
    if (zab === undefined) throw new Error(`peer ${String(this.id)} is not up`);
    return zab.status;
  }

  start(afterMs: number): void {
    if (this.isUp || this.isRetired) return;
    const process = new SimulatedProcess(this.#world.scheduler, {
      random: this.#world.readingOrder,
    });
    this.#starting = process;
    const network = this.#world.network.attach(process, this.id, this.options.kind);
    this.#world.scheduler.after(afterMs, () => {
      process.deliver(() => {
        this.#boot(process, network);
      });
    });
  }

  crash(): void {
    this.#starting?.kill();
    this.#running?.process.kill();
  }

  /** The disk is replaced by a new one: another identity under the same server id. Only while down. */
  wipe(image?: DiskImage): void {
    this.disk.wipe(image);
    this.#nonce = this.#world.random.hex(16) as Nonce;
  }

  pause(durationMs: number): void {
    const running = this.#running;
    if (running === undefined) return;
    const halfSyncLimitMs = (this.options.timers.syncLimit * this.options.tickMs) / 2;
    running.process.pause(durationMs, () => {
      if (durationMs > halfSyncLimitMs) {
        this.input((zab) => {
          zab.paused(durationMs / this.options.tickMs);
        });
      }
    });
  }

  /** Runs inputs to the core in a turn of the process, then carries out what it decided. */
  input(run: (zab: ForcibleCore) => void): void {
    const running = this.#running;
    if (running?.process.isAlive !== true) return;
    run(running.zab);
    if (!this.#world.random.chance(this.options.batchChance)) {
      this.#pump(running);
      return;
    }
    if (this.#isPumpScheduled) return;
    this.#isPumpScheduled = true;
    this.#world.scheduler.after(this.#world.random.between(0, 0.5), () => {
      running.process.deliver(() => {
        this.#pump(running);
      }, 'soon');
    });
  }

  /** As `input`, for callers outside of the process: it waits while the process is paused. */
  turn(run: (zab: ForcibleCore) => void): void {
    this.#running?.process.deliver(() => {
      this.input(run);
    });
  }

  #boot(process: SimulatedProcess, network: PeerNetwork): void {
    const { scheduler, createZab, watcher } = this.#world;
    const image = this.disk.open(process);
    this.#incarnation++;
    this.#electionMode = this.#world.electionMode;
    this.#isPumpScheduled = false;
    this.#hasServed = false;
    const zab = createZab(this.#zabOptions(image), this.#recover(image));
    const outbox = new Outbox(scheduler, this.#world.random, process, {
      disk: this.disk,
      applied: () => ({
        at: this.#applied,
        membership: this.#appliedMembership ?? this.written.founded,
      }),
      send: (connection, message) => {
        this.#send(network, connection, message);
      },
      close: (connection, detail) => {
        network.close(connection, { code: 'broken', detail });
        this.input((core) => {
          core.disconnected(connection, detail);
        });
      },
    });
    this.#running = { process, network, zab, outbox };
    this.#starting = undefined;
    watcher.booted(this);
    this.#listen(network);
    const rate = this.options.clockRate;
    new SimulatedClock(scheduler, process, { rate, wallOffsetMs: 0 }).every(
      this.options.tickMs,
      () => {
        this.input((core) => {
          core.tick();
        });
      },
    );
    this.#pump(this.#running);
  }

  #zabOptions({ seed }: DiskImage): ZabOptions {
    const { id, role, configuredVoters, timers, limits } = this.options;
    const random = this.#world.random;
    return {
      self: id,
      nonce: this.#nonce,
      role,
      configuredVoters,
      bootstrap: false,
      ...(seed !== undefined && { seed }),
      timers,
      limits,
      election: this.#electionMode,
      fraction: () => random.fraction(),
      chain: simulatedChain,
      sha256: simulatedSha256,
    };
  }

  /** The state restarts from the snapshot, or has already replayed all that is known to be committed. */
  #recover(image: DiskImage): ZabRecovered {
    const { log, base, snapshot } = image;
    this.#applied = snapshot?.at ?? emptyLog;
    this.#appliedMembership = snapshot?.membership ?? null;
    this.#appliedSinceSnapshot = 0;
    if (this.#world.random.chance(0.5)) {
      for (const entry of log) {
        if (compareZxid(entry.zxid, image.commit) > 0) break;
        if (compareZxid(entry.zxid, this.#applied.zxid) > 0) this.#apply(entry);
      }
    }
    const index = new LogIndex(base);
    for (const entry of log) {
      index.add({ zxid: entry.zxid, chain: entry.chain, membership: membershipIn(entry) });
    }
    return {
      acceptedEpoch: image.acceptedEpoch,
      currentEpoch: image.currentEpoch,
      founded: image.founded,
      baseMembership: image.baseMembership,
      index,
      commit: image.commit,
      delivered: this.#applied.zxid,
      tail: log.filter((entry) => compareZxid(entry.zxid, this.#applied.zxid) > 0),
    };
  }

  #listen(network: PeerNetwork): void {
    network.start({
      onNotification: (notification) => {
        this.input((zab) => {
          const { isServing } = zab.status;
          zab.notification(notification);
          if (!isServing || zab.status.isServing) return;
          throw new InvariantViolated(
            'M4',
            `peer ${String(this.id)} serves no more for what peer ${String(notification.from)} says`,
          );
        });
      },
      onAccepted: (connection, caller) => {
        this.input((zab) => {
          zab.accepted(connection, caller);
        });
      },
      onTwin: () => {
        this.#world.trace.note(this.#world.scheduler.nowMs, this.id, 'twin: link refused');
        if (!this.#hasServed) this.#stopAsTwin();
      },
      onConnected: (connection, to) => {
        this.input((zab) => {
          zab.connected(connection, to);
        });
      },
      onMessage: (connection, message) => {
        this.#receive(connection, message as ZabMessage);
      },
      onClosed: (connection, why) => {
        this.#running?.outbox.forget(connection);
        this.input((zab) => {
          zab.disconnected(connection, why);
        });
      },
      onDrained: () => undefined,
    });
  }

  /** Its last line takes a while; until then it must be silent. */
  #retire(): void {
    this.isRetired = true;
    this.#world.retired(this);
    const { process } = this.#running ?? {};
    this.#world.scheduler.after(this.#world.random.between(0, 2_000), () => process?.kill());
  }

  #stopAsTwin(): void {
    this.crash();
    this.#world.stoppedAsTwin(this);
  }

  #receive(connection: ConnectionId, message: ZabMessage): void {
    this.#world.trace.note(this.#world.scheduler.nowMs, this.id, `<- ${message.kind}`, message);
    this.#world.watcher.received(this, connection, message);
    const outbox = this.#running?.outbox;
    if (outbox === undefined) return;
    this.input((zab) => {
      if (message.kind === 'snapChunk') {
        zab.progress(connection);
        return;
      }
      if (message.kind === 'learnerInfo') outbox.learner(connection, message.role);
      if (message.kind === 'snap') {
        outbox.beginStaging(connection, { at: message.at, membership: message.membership });
      }
      if (message.kind === 'snapEnd') this.disk.stage(outbox.staged(connection));
      zab.receive(connection, message);
    });
  }

  #pump(running: Running): void {
    this.#isPumpScheduled = false;
    for (;;) {
      if (!running.process.isAlive) return;
      running.zab.applied(this.#applied.zxid);
      const ready = running.zab.takeReady();
      if (ready === undefined) return;
      this.#carryOut(running, ready);
    }
  }

  /** The order that the contract of `Ready` asks for, and nothing else. */
  #carryOut(running: Running, ready: Ready): void {
    const { watcher } = this.#world;
    for (const event of ready.events) {
      this.#world.trace.note(this.#world.scheduler.nowMs, this.id, `** ${event.event}`, event);
    }
    for (const event of ready.events) {
      if (running.process.isAlive) watcher.event(this, event);
      this.#hasServed ||= event.event === 'upToDate' || event.event === 'established';
      if (event.event === 'isTwin') this.#stopAsTwin();
      // Of its own: there is nobody here whom it owes a verdict.
      if (event.event === 'handingOver') running.zab.settled();
    }
    this.#persist(running, ready);
    this.#sendAll(running, ready.sendNow);
    for (const { to, notification } of ready.notify) {
      if (!running.process.isAlive) return;
      watcher.notifying(this, notification, to);
      running.network.notify(to, notification);
    }
    if (ready.dial !== undefined) this.#dial(running, ready.dial);
    for (const { connection, reason } of ready.close) {
      this.#world.trace.note(this.#world.scheduler.nowMs, this.id, 'close', reason);
      running.outbox.forget(connection);
      running.network.close(connection, reason);
    }
    for (const entry of ready.deliver) {
      if (!running.process.isAlive) return;
      watcher.delivering(this, entry);
      this.#apply(entry);
    }
    for (const answer of ready.barriers) if (running.process.isAlive) watcher.barrier(this, answer);
    if (ready.events.some(({ event }) => event === 'removed')) this.#retire();
    this.#maybeSnapshot();
  }

  #persist(running: Running, ready: Ready): void {
    if (ready.sequence === 0) {
      if (ready.persist.length > 0 || ready.sendAfterPersist.length > 0) {
        throw new Error('a Ready without a sequence has nothing to persist');
      }
      return;
    }
    for (const change of ready.persist) {
      this.#world.trace.note(this.#world.scheduler.nowMs, this.id, `write ${change.kind}`, change);
    }
    if (running.process.isAlive) this.#world.watcher.persisting(this, ready.persist);
    this.disk.write(ready.persist, () => {
      this.#world.trace.note(this.#world.scheduler.nowMs, this.id, 'durable', ready.sequence);
      this.#installSnapshots(ready.persist);
      this.#sendAll(running, ready.sendAfterPersist);
      this.input((zab) => {
        zab.durable(ready.sequence);
      });
    });
  }

  /** A leader's snapshot is durable: the state is what it says. */
  #installSnapshots(changes: readonly LogChange[]): void {
    for (const change of changes) {
      if (change.kind !== 'adopt' || change.snapshot === null) continue;
      this.#world.watcher.installed(this, change.snapshot);
      this.#applied = change.snapshot;
      this.#appliedMembership = this.disk.durable.snapshot?.membership ?? null;
      this.#appliedSinceSnapshot = 0;
    }
  }

  #dial(running: Running, to: ServerId): void {
    this.#world.trace.note(this.#world.scheduler.nowMs, this.id, 'dial', to);
    running.network.dial(to);
  }

  #sendAll(running: Running, items: readonly Outbound[]): void {
    for (const item of items) {
      if (!running.process.isAlive) return;
      running.outbox.push(item);
    }
  }

  #send(network: PeerNetwork, connection: ConnectionId, message: ZabMessage): void {
    const { trace, scheduler, watcher } = this.#world;
    trace.note(scheduler.nowMs, this.id, `-> ${message.kind}`, message);
    watcher.sending(this, connection, message);
    network.send(connection, message satisfies PeerMessage);
    watcher.sent(this, message);
  }

  #apply(entry: Ready['deliver'][number]): void {
    this.#applied = { zxid: entry.zxid, chain: entry.chain };
    this.#appliedMembership = membershipIn(entry) ?? this.#appliedMembership;
    this.#appliedSinceSnapshot++;
  }

  #maybeSnapshot(): void {
    if (this.#appliedSinceSnapshot < this.options.snapshotEvery) return;
    this.#appliedSinceSnapshot = 0;
    const at = this.#applied;
    this.disk.saveSnapshot(
      { at, membership: this.#appliedMembership ?? this.written.founded },
      () => {
        if (this.#world.random.chance(0.5)) this.#compact(at.zxid);
      },
    );
  }

  #compact(snapshotAt: Zxid): void {
    const keep = this.#world.random.below(this.options.snapshotEvery);
    const { log, commit } = this.written;
    const below = log.filter(
      ({ zxid }) => compareZxid(zxid, snapshotAt) <= 0 && compareZxid(zxid, commit) <= 0,
    );
    const upTo = below.at(-1 - keep);
    if (upTo === undefined) return;
    this.disk.compact(upTo.zxid, (base) => {
      this.input((zab) => {
        zab.compacted(base);
      });
    });
  }
}
