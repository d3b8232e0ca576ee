import { serverId, type ServerId } from '../../src/model/ids.ts';
import type { ServiceError } from '../../src/service/service-error.ts';
import { EnsembleServer } from '../../src/server/ensemble-server.ts';
import { defaultServerOptions, type EnsembleServerOptions } from '../../src/server/options.ts';
import { defaultServerTuning, type ServerTuning } from '../../src/server/tuning.ts';
import { systemHash } from '../../src/adapters/system/hash.ts';
import { decodePeerMessage, encodePeerMessage } from '../../src/wire/peer-codec.ts';
import { txnCodec } from '../../src/wire/txn-codec.ts';
import { defaultZabLimits, type ZabLimits } from '../../src/zab/options.ts';
import type { AuditEvent } from '../../src/model/audit.ts';
import type { PeerMessage } from '../../src/model/peer-message.ts';
import type { PeerNetwork } from '../../src/ports/peer-network.ts';
import type { TxnCodec } from '../../src/ports/txn-codec.ts';
import { Zab } from '../../src/zab/zab.ts';
import { SimulatedClock } from '../sim/clock.ts';
import { emptyDisk, healthyDisk, type DiskFaults, type DiskImage } from '../sim/disk-image.ts';
import { SimulatedNetwork, type AttachedKind } from '../sim/network.ts';
import { Prng } from '../sim/prng.ts';
import { SimulatedProcess } from '../sim/process.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { SimulatedStore } from '../sim/simulated-store.ts';

export interface Member {
  readonly id: ServerId;
  readonly image: DiskImage;
  readonly faults: DiskFaults;
  process: SimulatedProcess;
  /** Its wall may be set. */
  clock: SimulatedClock;
  server: EnsembleServer;
  fatal: unknown;
}

export interface SimulatedEnsembleOptions {
  readonly seed?: number;
  readonly observers?: number;
  readonly tuning?: Partial<ServerTuning>;
  /** Of one peer, above `tuning`. */
  readonly tuningOf?: (id: number) => Partial<ServerTuning>;
  readonly zabLimits?: Partial<ZabLimits>;
  readonly codec?: TxnCodec;
  readonly codecOf?: (id: number) => TxnCodec;
  readonly optionsOf?: (id: number) => Partial<EnsembleServerOptions>;
  /** Sees every message on a stream as it leaves. */
  readonly onSent?: (message: PeerMessage) => void;
  /** What a message on a stream becomes on its way. */
  readonly alter?: (message: PeerMessage) => PeerMessage;
  /** Sees what the network of a peer is told of where the members are. */
  readonly onKnown?: (by: number, ...told: Parameters<PeerNetwork['know']>) => void;
}

/** Real servers on simulated time, disks and wires; messages pass through the real codec. */
export class SimulatedEnsemble {
  readonly scheduler = new Scheduler();
  readonly network: SimulatedNetwork;
  readonly members: readonly Member[];
  readonly #random: Prng;
  readonly #options: SimulatedEnsembleOptions;
  readonly #voters: number;
  readonly #forgiven = new Set<Member>();
  readonly events: string[] = [];
  /** What all peers took down. */
  readonly audited: AuditEvent[] = [];

  constructor(size: number, options: SimulatedEnsembleOptions = {}) {
    this.#random = new Prng(options.seed ?? 1);
    this.#voters = size - (options.observers ?? 0);
    this.#options = options;
    this.network = new SimulatedNetwork(this.scheduler, this.#random.fork(), {
      delayMsMin: 0.2,
      delayMsMax: 1,
      notificationLoss: 0,
      notificationCopy: 0,
      crashCutsStreams: 0,
      carry: (sent) => {
        options.onSent?.(sent);
        const message = options.alter?.(sent) ?? sent;
        const bytes = encodePeerMessage(message);
        return { message: decodePeerMessage(bytes), bytes: bytes.length };
      },
    });
    const ids = Array.from({ length: size }, (_, index) => serverId(index + 1));
    this.members = ids.map((id) => {
      const image = emptyDisk();
      const faults = healthyDisk();
      const process = new SimulatedProcess(this.scheduler);
      const member: Member = {
        id,
        image,
        faults,
        process,
        clock: this.#clock(process),
        server: undefined as never,
        fatal: undefined,
      };
      member.server = this.#start(member, ids);
      return member;
    });
  }

  member(id: number): Member {
    const member = this.members[id - 1];
    if (member === undefined) throw new RangeError(`no member ${String(id)}`);
    return member;
  }

  restart(member: Member): void {
    member.process.kill();
    member.process = new SimulatedProcess(this.scheduler);
    member.clock = this.#clock(member.process);
    member.fatal = undefined;
    member.server = this.#start(
      member,
      this.members.map(({ id }) => id),
    );
  }

  /** A second process under a member's server id, on a disk of its own; its failure is what the test is about. */
  twin({ id }: Member, image: DiskImage, kind: AttachedKind): Member {
    const process = new SimulatedProcess(this.scheduler);
    const twin: Member = {
      id,
      image,
      faults: healthyDisk(),
      process,
      clock: this.#clock(process),
      server: undefined as never,
      fatal: undefined,
    };
    const ids = this.members.map((member) => member.id);
    twin.server = this.#start(twin, ids, kind);
    return twin;
  }

  get leader(): Member | undefined {
    return this.members.find(
      ({ process, server }) => process.isAlive && server.service.meta().role === 'leader',
    );
  }

  get followers(): Member[] {
    return this.members.filter(
      ({ process, server }) => process.isAlive && server.service.meta().role === 'follower',
    );
  }

  get doAllServe(): boolean {
    return this.members.every(({ server }) => server.service.unreadyBecause() === undefined);
  }

  /** Cuts a peer off from all others, both ways. */
  isolate(member: Member): void {
    for (const { id } of this.members) {
      this.network.block(member.id, id);
      this.network.block(id, member.id);
      if (id !== member.id) this.network.breakStreams(member.id, id);
    }
  }

  rejoin(member: Member): void {
    for (const { id } of this.members) {
      this.network.unblock(member.id, id);
      this.network.unblock(id, member.id);
    }
  }

  /** Its failure is what the test is about. */
  forgive(member: Member): void {
    this.#forgiven.add(member);
  }

  /** Virtual time passes; promises run in between. */
  async pass(ms: number): Promise<void> {
    const until = this.scheduler.nowMs + ms;
    while (this.scheduler.nowMs < until) {
      this.scheduler.run(Math.min(this.scheduler.nowMs + 1, until));
      await turn();
      const failed = this.members.find(
        (member) => member.fatal !== undefined && !this.#forgiven.has(member),
      );
      if (failed !== undefined) throw new Error('a peer has failed', { cause: failed.fatal });
    }
  }

  async until(holds: () => boolean, withinMs = 10_000): Promise<void> {
    const deadline = this.scheduler.nowMs + withinMs;
    while (!holds()) {
      if (this.scheduler.nowMs >= deadline) {
        throw new Error(`not within ${String(withinMs)} ms\n${this.events.slice(-40).join('\n')}`);
      }
      await this.pass(1);
    }
  }

  /** Lets time pass until every peer serves. */
  async established(): Promise<this> {
    await this.until(() => this.doAllServe);
    return this;
  }

  /** Lets time pass until the promise is settled. */
  async settle<Value>(promise: Promise<Value>, withinMs = 20_000): Promise<Value> {
    let result: { value: Value } | { error: unknown } | undefined;
    promise.then(
      (value) => (result = { value }),
      (error: unknown) => (result = { error }),
    );
    await turn();
    await this.until(() => result !== undefined, withinMs);
    if (result !== undefined && 'value' in result) return result.value;
    throw result?.error as ServiceError;
  }

  #clock(process: SimulatedProcess): SimulatedClock {
    return new SimulatedClock(this.scheduler, process, { rate: 1, wallOffsetMs: 0 });
  }

  #start(member: Member, ids: readonly ServerId[], kind: AttachedKind = 'peer'): EnsembleServer {
    const { id, image, faults, process, clock } = member;
    const random = this.#random.fork();
    const server = new EnsembleServer(
      {
        ...defaultServerOptions,
        self: id,
        role: id > this.#voters ? 'observer' : 'participant',
        configuredVoters: ids.slice(0, this.#voters),
        addresses: { http: `http://peer${String(id)}`, grpc: '', zookeeper: '' },
        tuning: {
          ...defaultServerTuning,
          ...this.#options.tuning,
          ...this.#options.tuningOf?.(id),
        },
        zabLimits: { ...defaultZabLimits, ...this.#options.zabLimits },
        createZab: (options, recovered) => new Zab(options, recovered),
        ...this.#options.optionsOf?.(id),
        onFatal: (cause) => {
          member.fatal = cause;
        },
      },
      {
        clock,
        random,
        hash: systemHash,
        store: new SimulatedStore({
          serverId: id,
          scheduler: {
            after: (ms, run) =>
              this.scheduler.after(ms, () => {
                process.deliver(run);
              }),
          },
          random,
          hash: systemHash,
          image,
          faults,
        }),
        network: {
          ...this.network.attach(process, id, kind),
          know: (...told) => this.#options.onKnown?.(id, ...told),
        },
        logger: {
          log: (level, event, fields) => {
            this.events.push(
              `${this.scheduler.nowMs.toFixed(1)} ${String(id)} ${level} ${event} ${JSON.stringify(fields ?? {})}`,
            );
          },
        },
        metrics: { count: () => undefined, gauge: () => undefined, observe: () => undefined },
        audit: { record: (event) => void this.audited.push(event) },
        codec: this.#options.codecOf?.(id) ?? this.#options.codec ?? txnCodec,
      },
    );
    server.start(() => undefined);
    return server;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
