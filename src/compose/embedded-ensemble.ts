import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Complaint } from '../config/complaint.ts';
import { freePorts } from '../config/free-ports.ts';
import type { PeerOptions } from '../config/options.ts';
import {
  OptionsRefused,
  startPeerWith,
  type EmbeddedPeer,
  type WaitOptions,
} from './embedded-peer.ts';
import type { PeerFailed } from './peer-failed.ts';
import { defaultWaitMs, waitFor } from './wait-for.ts';

/** Of the secret that the peers share. */
const peerSecretBytes = 32;

type OfEachPeer = 'dataDir' | 'serverId' | 'servers' | 'advertise' | 'bootstrap' | 'tls' | 'peer';
type Doors = 'http' | 'grpc' | 'zookeeper';

/** What is said once for all peers of an ensemble on loopback: `PeerOptions` without what each has for itself. */
export interface EnsembleOptions extends Omit<PeerOptions, OfEachPeer | Doors> {
  /** Voters, 1 to 9. Default: 3. Their ids are 1, 2, 3 and so on. */
  readonly peers?: number;
  /** 0 to 9. Default: 0. Their ids follow those of the voters. */
  readonly observers?: number;
  /** A directory that is kept, with a folder for each peer. Default: a temporary one, which `stop` removes. */
  readonly dataDir?: string;
  /** Always open, on a free port of 127.0.0.1. */
  readonly http?: Pick<NonNullable<PeerOptions['http']>, 'allowedHosts' | 'allowedOrigins'>;
  /** Default: a free port of 127.0.0.1. */
  readonly grpc?: { readonly port: 'off' };
  /** Default: a free port of 127.0.0.1. */
  readonly zookeeper?: { readonly port: 'off' };
  /** False: no peer is started yet. Default: true. */
  readonly start?: boolean;
  /** How long the start may take, in milliseconds. Default: 60000. */
  readonly timeoutMs?: number;
}

/** One peer of an `Ensemble`; it keeps its ports and its data over stops, kills and starts. */
export interface EnsemblePeer {
  readonly id: number;
  /** `http://127.0.0.1:port` of its HTTP door, also while it is down. */
  readonly url: string;
  /** `127.0.0.1:port` of its gRPC door, also while it is down; empty when the ensemble has none. */
  readonly grpc: string;
  /** `127.0.0.1:port` of its door for ZooKeeper's clients, also while it is down; empty when the ensemble has none. */
  readonly zookeeper: string;
  readonly dataDir: string;
  readonly isRunning: boolean;
  /** See `EmbeddedPeer.role`. */
  readonly role: EmbeddedPeer['role'];
  /** Why it does not run, when it has stopped by itself. */
  readonly failure: PeerFailed | undefined;
  /** Resolves once its doors are open. Rejects as `startPeer` does, and when it runs. */
  start(): Promise<void>;
  /** See `EmbeddedPeer.ready`; rejects when it does not run. */
  ready(options?: WaitOptions): Promise<void>;
  /** See `EmbeddedPeer.stop`. Resolves at once when it does not run. */
  stop(): Promise<void>;
  /** See `EmbeddedPeer.kill`. Resolves at once when it does not run. */
  kill(): Promise<void>;
}

/**
 * Several peers in this process, on loopback. They share a secret that nobody else knows: another process can't speak as
 * one of them.
 */
export interface Ensemble {
  /** Voters first, in order of id. */
  readonly peers: readonly EnsemblePeer[];
  /** `url` of each peer, in the same order. */
  readonly urls: readonly string[];
  /** Throws when there is no such peer. */
  peer(id: number): EnsemblePeer;
  /** Resolves once every peer that runs serves reads and knows a leader. Rejects as `EmbeddedPeer.ready` does. */
  ready(options?: WaitOptions): Promise<void>;
  /** Resolves with the peer that leads, once one does. Rejects when none does in time. */
  leader(options?: WaitOptions): Promise<EnsemblePeer>;
  /** Stops every peer, and removes the data unless `dataDir` was given. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts an ensemble in this process, for tests and for trying things out: one process is one machine that can fail.
 * Resolves once every peer is ready. Rejects, with nothing left open, as `startPeer` does, and when the ensemble is not
 * ready in time.
 */
export async function startEnsemble(options: EnsembleOptions = {}): Promise<Ensemble> {
  const { peers = 3, observers = 0, start = true, timeoutMs = defaultWaitMs } = options;
  checkCounts(peers, observers);
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'quoll-')));
  const removeFolder = async (): Promise<void> => {
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true });
  };
  const secret = randomBytes(peerSecretBytes);
  const ensemble = new LocalEnsemble(
    (await planOf(options, folder)).map((plan) => new LocalPeer(plan, secret)),
    removeFolder,
  );
  try {
    if (start) await ensemble.start(timeoutMs);
    return ensemble;
  } catch (error) {
    await ensemble.stop();
    throw error;
  }
}

type NumberedPeerOptions = PeerOptions & { readonly serverId: number };

async function planOf(options: EnsembleOptions, folder: string): Promise<NumberedPeerOptions[]> {
  const { peers = 3, observers = 0, grpc, zookeeper } = options;
  const shared = sharedOptions(options);
  const count = peers + observers;
  const portsEach = 5;
  const ports = await freePorts(count * portsEach);
  const port = (index: number, of: number): number => ports[index * portsEach + of] ?? 0;
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const servers = Object.fromEntries(
    ids.map((id, index) => {
      const role = index < peers ? 'participant' : 'observer';
      return [id, `127.0.0.1:${String(port(index, 0))}:${String(port(index, 1))}:${role}`];
    }),
  );
  return ids.map((id, index) => ({
    ...shared,
    serverId: id,
    servers,
    dataDir: join(folder, `peer-${String(id)}`),
    http: { ...options.http, host: '127.0.0.1', port: port(index, 2) },
    grpc: { host: '127.0.0.1', port: grpc?.port ?? port(index, 3) },
    zookeeper: { host: '127.0.0.1', port: zookeeper?.port ?? port(index, 4) },
  }));
}

/** What `PeerOptions` knows goes on to it, which checks it; what is only ours does not. */
function sharedOptions(options: EnsembleOptions): Omit<PeerOptions, OfEachPeer | Doors> {
  const ours = ['peers', 'observers', 'dataDir', 'http', 'grpc', 'zookeeper', 'start', 'timeoutMs'];
  return Object.fromEntries(Object.entries(options).filter(([name]) => !ours.includes(name)));
}

function checkCounts(peers: number, observers: number): void {
  const complaints: Complaint[] = [];
  const check = (name: string, count: number, min: number): void => {
    if (Number.isInteger(count) && count >= min && count <= 9) return;
    const fix = `Write a whole number from ${String(min)} to 9.`;
    complaints.push({ where: `options.${name}`, problem: `${name} is "${String(count)}"`, fix });
  };
  check('peers', peers, 1);
  check('observers', observers, 0);
  if (complaints.length > 0) throw new OptionsRefused(complaints);
}

class LocalEnsemble implements Ensemble {
  readonly peers: readonly LocalPeer[];
  readonly #removeFolder: () => Promise<void>;

  constructor(peers: readonly LocalPeer[], removeFolder: () => Promise<void>) {
    this.peers = peers;
    this.#removeFolder = removeFolder;
  }

  get urls(): readonly string[] {
    return this.peers.map(({ url }) => url);
  }

  peer(id: number): LocalPeer {
    const peer = this.peers.find((candidate) => candidate.id === id);
    if (peer === undefined) throw new Error(`There is no peer ${String(id)} in this ensemble.`);
    return peer;
  }

  async start(timeoutMs: number): Promise<void> {
    // One that fails to start must not leave another behind that is still starting.
    const starts = await Promise.allSettled(this.peers.map((peer) => peer.start()));
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    await this.ready({ timeoutMs });
  }

  async ready(options?: WaitOptions): Promise<void> {
    const running = this.peers.filter((peer) => peer.isRunning || peer.failure !== undefined);
    await Promise.all(running.map((peer) => peer.ready(options)));
  }

  async leader({ timeoutMs = defaultWaitMs }: WaitOptions = {}): Promise<EnsemblePeer> {
    const leaders: EnsemblePeer[] = [];
    await waitFor('a leader', timeoutMs, () => {
      leaders.push(...this.peers.filter(({ role }) => role === 'leader'));
      return leaders.length === 0 ? 'no peer leads' : undefined;
    });
    const [leader = this.peer(0)] = leaders;
    return leader;
  }

  async stop(): Promise<void> {
    await Promise.all(this.peers.map((peer) => peer.stop()));
    await this.#removeFolder();
  }
}

class LocalPeer implements EnsemblePeer {
  readonly id: number;
  readonly url: string;
  readonly grpc: string;
  readonly zookeeper: string;
  readonly dataDir: string;
  readonly #plan: NumberedPeerOptions;
  readonly #secret: Uint8Array;
  /** Of the last start; kept when it is over, for what it says then. */
  #peer: EmbeddedPeer | undefined;
  #starting: Promise<EmbeddedPeer> | undefined;
  #failure: PeerFailed | undefined;

  constructor(plan: NumberedPeerOptions, secret: Uint8Array) {
    this.#plan = plan;
    this.#secret = secret;
    this.id = plan.serverId;
    this.url = `http://127.0.0.1:${String(plan.http?.port)}`;
    this.grpc = placeOf(plan.grpc);
    this.zookeeper = placeOf(plan.zookeeper);
    this.dataDir = plan.dataDir;
  }

  get isRunning(): boolean {
    return this.#peer?.isRunning ?? false;
  }

  get failure(): PeerFailed | undefined {
    return this.isRunning ? undefined : this.#failure;
  }

  get role(): EmbeddedPeer['role'] {
    return this.#peer?.role ?? 'looking';
  }

  async start(): Promise<void> {
    if (this.#starting !== undefined || this.isRunning) {
      throw new Error(`Peer ${String(this.id)} runs already.`);
    }
    this.#failure = undefined;
    this.#starting = startPeerWith(this.#plan, this.#secret);
    try {
      const peer = await this.#starting;
      this.#peer = peer;
      void peer.failed.then((failure) => {
        if (this.#peer === peer) this.#failure = failure;
      });
    } finally {
      this.#starting = undefined;
    }
  }

  async ready(options?: WaitOptions): Promise<void> {
    if (this.#peer === undefined) throw new Error(`Peer ${String(this.id)} was not started.`);
    await this.#peer.ready(options);
  }

  stop(): Promise<void> {
    return this.#end((peer) => peer.stop());
  }

  kill(): Promise<void> {
    return this.#end((peer) => peer.kill());
  }

  async #end(end: (peer: EmbeddedPeer) => Promise<void>): Promise<void> {
    // Who starts it hears of a start that fails.
    await this.#starting?.catch(() => undefined);
    if (this.#peer !== undefined) await end(this.#peer);
  }
}

function placeOf(door: { readonly port?: number | 'off' } | undefined): string {
  return door?.port === 'off' ? '' : `127.0.0.1:${String(door?.port)}`;
}
