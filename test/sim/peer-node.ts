import { systemHash } from '../../src/adapters/system/hash.ts';
import type { ConnectionId, Nonce, ServerId } from '../../src/model/ids.ts';
import type { LogChange } from '../../src/model/log-change.ts';
import { emptyLog, type LogPosition } from '../../src/model/log-entry.ts';
import type { Membership } from '../../src/model/membership.ts';
import type { PeerMessage } from '../../src/model/peer-message.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Hash } from '../../src/ports/hash.ts';
import type { PeerNetwork, PeerNetworkHandlers } from '../../src/ports/peer-network.ts';
import { StoreFailed, type Store } from '../../src/ports/store.ts';
import { EnsembleServer } from '../../src/server/ensemble-server.ts';
import { StateDiverged } from '../../src/server/applied/state-diverged.ts';
import { defaultServerOptions } from '../../src/server/options.ts';
import { MemberRemoved } from '../../src/server/members/member-removed.ts';
import { TwinRefused } from '../../src/server/reports/twin-refused.ts';
import { noAudit } from '../../src/ports/audit.ts';
import { txnCodec } from '../../src/wire/txn-codec.ts';
import { decodeNotification, encodeNotification } from '../../src/wire/notification-codec.ts';
import type { Ready, ZabStatus } from '../../src/zab/ready.ts';
import { Zab } from '../../src/zab/zab.ts';
import { SimulatedClock } from './clock.ts';
import { simulatedChain } from './core-chain.ts';
import { checkQueues } from './checkers/queue-limits.ts';
import { UnappliedBound } from './checkers/unapplied-bound.ts';
import { TurnBound, type TurnFigures } from './checkers/turn-bound.ts';
import type { NeedlessEnds } from './checkers/needless-ends.ts';
import { applyChange, type DiskImage, type DiskWork } from './disk.ts';
import {
  copyOfDisk,
  damaged,
  emptyDisk,
  healthyDisk,
  judged,
  type DiskImage as StoreImage,
} from './disk-image.ts';
import type { SimulatedNetwork } from './network.ts';
import { ObservedZab } from './observed-zab.ts';
import { isZabMessage } from './peer-messages.ts';
import { InvariantViolated } from './node-view.ts';
import type { PeerNodeOptions } from './peer-node-options.ts';
import type { Prng } from './prng.ts';
import { SimulatedProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { SimulatedStore } from './simulated-store.ts';
import type { Trace } from './trace.ts';
import type { WatchedNode, Watcher } from './watch.ts';
import { WorkMeter } from './work-meter.ts';

export const simulatedHash: Hash = { ...systemHash, chain: simulatedChain };

export interface PeerNodeWorld {
  readonly scheduler: Scheduler;
  readonly network: SimulatedNetwork;
  readonly random: Prng;
  /** Of sockets that a process comes to after it stood still. */
  readonly readingOrder: Prng;
  readonly trace: Trace;
  readonly watcher: Watcher;
  /** A rule was broken inside a peer; the simulation must end. */
  readonly fail: (cause: unknown) => void;
  electionMode: 'fast' | 'forced';
  /** Of disks. */
  readonly damages: Prng;
  readonly needlessEnds: NeedlessEnds;
  readonly turnFigures: TurnFigures;
  /** It is about to start from what its disk holds. */
  readonly starts?: (node: PeerNode) => void;
  /** A snapshot of its own state leaves. */
  readonly lends?: (node: PeerNode) => void;
  /** It has stopped by itself: it has a twin, or its state is not that of others. */
  readonly stopped: (node: PeerNode, cause: unknown) => void;
  /** It has stopped by itself: it is no member any more. */
  readonly retired: (node: PeerNode) => void;
  /** A peer has counted something in its metrics. */
  readonly counted?: (node: PeerNode, name: string) => void;
}

interface Running {
  readonly process: SimulatedProcess;
  readonly server: EnsembleServer;
  readonly store: SimulatedStore;
  readonly clock: SimulatedClock;
  readonly meter: WorkMeter;
  readonly bound: TurnBound;
  zab: ObservedZab | undefined;
}

/** A peer of the whole-peer ring: the real `EnsembleServer` over a simulated store, clock and network. */
export class PeerNode implements WatchedNode {
  readonly options: PeerNodeOptions;
  readonly #world: PeerNodeWorld;
  #image: StoreImage = emptyDisk();
  /** A copy of it, made at some start. */
  #older: StoreImage | undefined;
  #damage: string | undefined;
  #written: DiskImage;
  #incarnation = 0;
  #running: Running | undefined;
  #starting: SimulatedProcess | undefined;
  #electionMode: 'fast' | 'forced' = 'fast';
  #unapplied: UnappliedBound | undefined;
  #applied: LogPosition = emptyLog;
  #slowness = 1;
  #wallSetAtMs = Number.NEGATIVE_INFINITY;
  #onDiskFailure: (() => void) | undefined;
  #work: DiskWork[] = [];
  /** Removed from the ensemble: nothing starts it. */
  isRetired = false;

  constructor(world: PeerNodeWorld, options: PeerNodeOptions) {
    this.#world = world;
    this.options = options;
    this.#written = this.durable;
  }

  get id(): ServerId {
    return this.options.id;
  }

  get role(): 'participant' | 'observer' {
    return this.options.role;
  }

  get nonce(): Nonce {
    return this.#image.nonce;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get electionMode(): 'fast' | 'forced' {
    return this.#electionMode;
  }

  get durable(): DiskImage {
    return judged(this.#image);
  }

  get written(): DiskImage {
    return this.#written;
  }

  get applied(): LogPosition {
    return this.#applied;
  }

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
    return this.#running?.store.isIdle === false;
  }

  get zab(): ObservedZab | undefined {
    return this.#running?.process.isAlive === true ? this.#running.zab : undefined;
  }

  /** For clients: undefined while the process is down. */
  get server(): EnsembleServer | undefined {
    return this.#running?.process.isAlive === true ? this.#running.server : undefined;
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
    const network = this.#world.network.attach(process, this.id, this.options.attachedAs);
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

  wipe(): void {
    this.#image = emptyDisk();
    this.#damage = undefined;
  }

  /** From the next start on, what it has is what another has now. */
  copyDiskOf(other: PeerNode): void {
    this.#image = copyOfDisk(other.#image);
  }

  /** Its disk says that its state was wrong. */
  get isCondemned(): boolean {
    return this.#image.diverged !== undefined;
  }

  get isDamaged(): boolean {
    return this.#damage !== undefined;
  }

  damage(): boolean {
    const { damages, trace, scheduler } = this.#world;
    const kind = damages.pick([undefined, 'bitRot', 'tornEntry', 'lostTail', 'olderCopy'] as const);
    const at = damages.fraction();
    const image = kind && damaged(this.#image, { kind, older: this.#older, at });
    if (image === undefined) return false;
    trace.note(scheduler.nowMs, this.id, `!! ${String(kind)}`);
    [this.#image, this.#damage] = [image, kind];
    return true;
  }

  pause(durationMs: number): void {
    this.#running?.process.pause(durationMs, () => undefined);
  }

  /** Somebody sets the clock of its machine; until it starts again. */
  setWall(offsetMs: number): void {
    if (this.#running === undefined) return;
    this.#running.clock.wallOffsetMs = offsetMs;
    this.#wallSetAtMs = this.#world.scheduler.nowMs;
  }

  wasSetWithin(ms: number): boolean {
    return this.#world.scheduler.nowMs - this.#wallSetAtMs < ms;
  }

  get wallOffsetMs(): number {
    return this.#running?.clock.wallOffsetMs ?? 0;
  }

  slowDisk(factor: number): void {
    this.#slowness = factor;
    this.#setLatency();
  }

  failDisk(onFailure: (() => void) | undefined): void {
    const faults = this.#running?.store.faults;
    if (faults === undefined) return;
    this.#onDiskFailure = onFailure;
    faults.failNextWrite =
      onFailure === undefined
        ? undefined
        : { code: this.#world.damages.pick(['io', 'diskFull']), message: 'a simulated failure' };
  }

  /** A turn of the process, for what comes from outside. Lost when it is down. What comes on one lane keeps its order. */
  turn(run: (server: EnsembleServer) => void, lane: unknown = 'clients'): void {
    const running = this.#running;
    running?.process.deliver(
      () => {
        running.meter.request();
        run(running.server);
      },
      'socket',
      lane,
    );
  }

  /** A sink of a client was handed something by this server. */
  told(server: EnsembleServer): void {
    if (this.server === server) this.#running?.meter.told();
  }

  /** Looks into its queues. */
  look(): void {
    const peer = this.server?.peer;
    if (peer === undefined) return;
    checkQueues(`peer ${String(this.id)}`, peer, this.options.tuning);
    this.#unapplied?.check(peer);
  }

  #boot(process: SimulatedProcess, port: PeerNetwork): void {
    const { scheduler, random } = this.#world;
    this.#incarnation++;
    this.#electionMode = this.#world.electionMode;
    this.#onDiskFailure = undefined;
    this.#work = [];
    this.#unapplied = new UnappliedBound(
      `peer ${String(this.id)}`,
      this.options.limits.unappliedBytesMax,
    );
    const image = this.#image;
    const source = random.fork();
    const ports = {
      bytes: (length: number) => source.bytes(length),
      fraction: () => source.fraction(),
    };
    const store = new SimulatedStore({
      serverId: this.id,
      scheduler: {
        after: (ms, run) =>
          scheduler.at(process.nowMs + ms, () => {
            process.deliver(run, 'socket', 'store');
          }),
      },
      random: ports,
      hash: simulatedHash,
      image,
      faults: this.#diskFaults(),
    });
    process.onKill(() => {
      store.crash();
      this.#work = [];
      if (this.#running?.process === process) this.#becameDurable();
    });
    const rate = this.options.clockRate;
    const clock = new SimulatedClock(scheduler, process, { rate, wallOffsetMs: 0 });
    const bound = this.#turnBound();
    const { needlessEnds } = this.#world;
    const meter = new WorkMeter({
      process,
      bound,
      costs: this.options.costs,
      ending: (session) => {
        needlessEnds.ending(this.id, session);
      },
    });
    const server = this.#server({ process, clock, store, port, random: ports, meter });
    this.#running = { process, server, store, clock, meter, bound, zab: undefined };
    this.#starting = undefined;
    this.#setLatency();
    server.start(() => undefined);
  }

  #server(parts: {
    readonly process: SimulatedProcess;
    readonly clock: Clock;
    readonly store: SimulatedStore;
    readonly port: PeerNetwork;
    readonly random: { bytes(length: number): Uint8Array; fraction(): number };
    readonly meter: WorkMeter;
  }): EnsembleServer {
    const { id, role, configuredVoters, tickMs, timers, limits, tuning } = this.options;
    const { trace, scheduler } = this.#world;
    return new EnsembleServer(
      {
        ...defaultServerOptions,
        self: id,
        role,
        configuredVoters,
        memberLines: this.options.memberLines ?? [],
        tickMs,
        timers,
        tuning,
        zabLimits: limits,
        election: this.#electionMode,
        createZab: (options, recovered) => {
          this.#recovered(recovered.delivered);
          this.#startsSound();
          this.#world.starts?.(this);
          const zab = new ObservedZab(new Zab(options, recovered), {
            onReady: (ready) => this.#onReady(parts.process, ready),
            onDurable: (changes) => {
              this.#onDurable(changes);
            },
          });
          if (this.#running !== undefined) {
            this.#running.zab = zab;
            this.#running.bound.isJudged = true;
          }
          this.#world.watcher.booted(this);
          return zab;
        },
        onFatal: (cause) => {
          this.#onFatal(cause);
        },
      },
      {
        clock: parts.clock,
        random: parts.random,
        hash: simulatedHash,
        store: this.#observeStore(parts.store, parts.meter),
        network: this.#observeNetwork(parts.port, parts.meter),
        logger: {
          log: (level, event, fields) => {
            if (level !== 'debug') trace.note(scheduler.nowMs, id, `log ${event}`, fields);
          },
        },
        metrics: parts.meter.metrics({
          count: (name) => this.#world.counted?.(this, name),
          gauge: () => undefined,
          observe: () => undefined,
        }),
        audit: noAudit,
        codec: parts.meter.codec(txnCodec),
      },
    );
  }

  #onFatal(cause: unknown): void {
    const { stopped, fail } = this.#world;
    const isTold = cause instanceof StateDiverged || cause instanceof TwinRefused;
    if (cause instanceof MemberRemoved) this.#retire();
    else if (isTold || this.isCondemned) stopped(this, cause);
    else if (!(cause instanceof StoreFailed)) fail(cause);
    else if (this.#damage !== undefined) this.#refused();
    else if (this.#onDiskFailure !== undefined) this.#onDiskFailure();
    else fail(cause);
  }

  #retire(): void {
    this.isRetired = true;
    this.crash();
    this.#world.retired(this);
  }

  /** Its operator does what the last line of its log says. */
  #refused(): void {
    this.#world.trace.note(this.#world.scheduler.nowMs, this.id, '!! refused, wiped');
    this.crash();
    this.wipe();
    this.start(100);
  }

  #startsSound(): void {
    if (this.#damage !== undefined) {
      throw new InvariantViolated('D1', `peer ${String(this.id)} starts after ${this.#damage}`);
    }
    if (this.#world.damages.chance(0.3)) this.#older = copyOfDisk(this.#image);
  }

  #recovered(delivered: LogPosition['zxid']): void {
    const image = this.durable;
    this.#written = { ...image, log: [...image.log] };
    const entry = image.log.find(
      ({ zxid }) => zxid.epoch === delivered.epoch && zxid.counter === delivered.counter,
    );
    this.#applied = entry ?? image.snapshot?.at ?? image.base;
  }

  #onReady(process: SimulatedProcess, ready: Ready): boolean {
    const { watcher, trace, scheduler } = this.#world;
    for (const event of ready.events) {
      trace.note(scheduler.nowMs, this.id, `** ${event.event}`, event);
      if (event.event === 'established') this.#running?.meter.established();
      if (process.isAlive) watcher.event(this, event);
    }
    if (!process.isAlive) return false;
    watcher.persisting(this, ready.persist);
    for (const change of ready.persist) {
      trace.note(scheduler.nowMs, this.id, `write ${change.kind}`, change);
      applyChange(this.#written, change);
    }
    this.#running?.meter.delivered(ready.deliver);
    this.#unapplied?.delivered(ready.deliver);
    for (const entry of ready.deliver) {
      watcher.delivering(this, entry);
      this.#applied = { zxid: entry.zxid, chain: entry.chain };
    }
    return process.isAlive;
  }

  #onDurable(changes: readonly LogChange[]): void {
    for (const change of changes) {
      if (change.kind !== 'adopt' || change.snapshot === null) continue;
      this.#world.watcher.installed(this, change.snapshot);
      this.#applied = change.snapshot;
    }
  }

  #diskFaults(): SimulatedStore['faults'] {
    return {
      ...healthyDisk(),
      beforeDurable: () => {
        this.#world.watcher.beforeDurable(this, this.#work);
      },
      afterDurable: () => {
        this.#becameDurable();
      },
    };
  }

  /** What a damaged disk holds is nobody's promise: this peer finds that out while it starts, and is wiped. */
  #becameDurable(): void {
    if (!this.isDamaged) this.#world.watcher.afterDurable(this, this.#work);
    this.#work = [];
  }

  #turnBound(): TurnBound {
    const { costs, tuning, clockRate } = this.options;
    // By its own clock, which may run slow; what it does takes true time.
    const sliceMs = tuning.sliceMs / clockRate;
    const { turnFigures: figures } = this.#world;
    return new TurnBound({ peer: `peer ${String(this.id)}`, costs, sliceMs, figures });
  }

  #setLatency(): void {
    const faults = this.#running?.store.faults;
    if (faults === undefined) return;
    faults.latencyMsMin = this.options.fsyncMsMin * this.#slowness;
    faults.latencyMsMax = this.options.fsyncMsMax * this.#slowness;
  }

  #observeStore(store: SimulatedStore, meter: WorkMeter): Store {
    const write = store.write.bind(store);
    store.write = (changes, done) => {
      this.#work.push(...changes);
      for (const change of changes) if ('entries' in change) meter.stored(change.entries);
      write(changes, done);
    };
    return store;
  }

  #observeNetwork(port: PeerNetwork, meter: WorkMeter): PeerNetwork {
    const { watcher, trace, scheduler } = this.#world;
    return {
      ...port,
      start: (handlers) => {
        port.start(this.#observeHandlers(handlers, meter));
      },
      notify: (to, notification) => {
        watcher.notifying(this, notification, to);
        port.notify(to, decodeNotification(encodeNotification(notification)));
      },
      send: (connection, message) => {
        trace.note(scheduler.nowMs, this.id, `-> ${message.kind}`, message);
        if (isZabMessage(message)) watcher.sending(this, connection, message);
        if (message.kind === 'snap') this.#world.lends?.(this);
        meter.sent(connection, message);
        port.send(connection, message);
        if (isZabMessage(message)) watcher.sent(this, message);
      },
    };
  }

  #observeHandlers(handlers: PeerNetworkHandlers, meter: WorkMeter): PeerNetworkHandlers {
    return {
      ...handlers,
      onMessage: (connection, message) => {
        meter.received(message);
        this.#received(connection, message);
        handlers.onMessage(connection, message);
      },
    };
  }

  #received(connection: ConnectionId, message: PeerMessage): void {
    this.#world.trace.note(this.#world.scheduler.nowMs, this.id, `<- ${message.kind}`, message);
    if (!isZabMessage(message)) {
      const atMs = this.#running?.process.nowMs ?? this.#world.scheduler.nowMs;
      this.#world.needlessEnds.read(this.id, message, atMs);
      return;
    }
    if (message.kind === 'snap') this.#stage(message.at, message.membership);
    this.#world.watcher.received(this, connection, message);
  }

  #stage(at: LogPosition, membership: Membership | null): void {
    this.#written.staged = { at, membership };
  }
}
