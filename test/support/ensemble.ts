import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPorts } from './own-ports.ts';
import { until } from './until.ts';
import { modules, program } from './program.ts';
import { askHttps } from './tls/https-client.ts';

export interface EnsembleOptions {
  /** Voters. */
  readonly peers: number;
  readonly observers?: number;
  /** More lines for every peer's zoo.cfg. */
  readonly lines?: readonly string[];
  /** Start them all and wait until each is ready; otherwise the test starts them itself. */
  readonly start?: boolean;
  readonly dataDir?: string;
  /** Every peer opens its gRPC door too. */
  readonly grpc?: boolean;
  /** And that for ZooKeeper's clients. */
  readonly zookeeper?: boolean;
  /** Of Node itself, for every peer. */
  readonly nodeFlags?: readonly string[];
  /** Of the bundle otherwise. */
  readonly isOfModules?: boolean;
  /** Another build, to be started by its file. */
  readonly program?: string;
  /** The folder of their keys, with ca.pem, peer-1.pem, peer-1.key and so on: all of them speak TLS. */
  readonly keys?: string;
}

export interface ClusterJson {
  readonly clusterId: string;
  readonly leaderId: number | null;
  readonly epoch: number;
  readonly self: { readonly id: number; readonly role: string; readonly lastZxid: string };
  readonly peers: readonly {
    readonly id: number;
    readonly role: string;
    readonly state: string;
    readonly http: string;
    readonly grpc: string;
    readonly zookeeper: string;
    readonly lastZxid: string;
  }[];
}

/** One peer of a test: a process of its own, started from a zoo.cfg as a ZooKeeper user would write it. */
export class PeerProcess {
  readonly id: number;
  readonly http: string;
  /** `host:port`; its door is open only in an ensemble with `grpc`. */
  readonly grpc: string;
  /** `host:port`; its door is open only in an ensemble with `zookeeper`. */
  readonly zookeeper: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly output: string[] = [];
  outlivesTests = false;
  readonly #nodeFlags: readonly string[];
  #program: string;
  readonly #caFile: string | undefined;
  #outputBefore = 0;
  #child: ChildProcess | undefined;

  constructor(
    id: number,
    places: {
      http: string;
      grpc: string;
      zookeeper: string;
      dataDir: string;
      configFile: string;
    },
    {
      nodeFlags = [],
      isOfModules = false,
      program: other,
      keys,
    }: Pick<EnsembleOptions, 'nodeFlags' | 'isOfModules' | 'program' | 'keys'> = {},
  ) {
    this.#caFile = keys === undefined ? undefined : join(keys, 'ca.pem');
    this.id = id;
    this.#nodeFlags = nodeFlags;
    this.#program = other ?? (isOfModules ? modules : program);
    this.http = places.http;
    this.grpc = places.grpc;
    this.zookeeper = places.zookeeper;
    this.dataDir = places.dataDir;
    this.configFile = places.configFile;
  }

  /** From its next start on it is that build. */
  becomes(build: string): void {
    this.#program = build;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`peer ${String(this.id)} does not run`);
    return pid;
  }

  get isRunning(): boolean {
    return (
      this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
    );
  }

  /** What it wrote so far, both streams. */
  get log(): string {
    return this.output.join('');
  }

  start(...flags: readonly string[]): void {
    if (this.isRunning) throw new Error(`peer ${String(this.id)} runs already`);
    this.#outputBefore = this.output.length;
    const child = spawn(
      process.execPath,
      [...this.#nodeFlags, this.#program, 'server', '--config', this.configFile, ...flags],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => this.output.push(text));
    }
    this.#child = child;
    if (this.outlivesTests) this.#letGo(child);
  }

  /** Keeps no process of tests from ending: whoever started it ends it. */
  #letGo(child: ChildProcess): void {
    child.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref();
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Sends the signal and waits for the end; gives the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    if (this.isRunning) this.signal(signal);
    return this.ended();
  }

  async ended(): Promise<number | NodeJS.Signals> {
    const child = this.#child;
    if (child === undefined) throw new Error(`peer ${String(this.id)} was never started`);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode ?? 0;
  }

  /** Its data is gone, as after a lost disk. */
  wipe(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  get configText(): string {
    return readFileSync(this.configFile, 'utf8');
  }

  rewriteConfig(change: (text: string) => string): void {
    writeFileSync(this.configFile, change(this.configText));
  }

  async ready(): Promise<void> {
    const found = await until(
      `peer ${String(this.id)} to be ready\n${this.log.slice(-2_000)}`,
      async () => {
        if (this.isRunning) return (await this.ask('/readyz')).status === 200 && 'ready';
        return this.#isOver() ? 'ended' : undefined;
      },
    );
    if (found === 'ended') throw new Error(`peer ${String(this.id)} has ended:\n${this.log}`);
  }

  /** Until a line of its log says it, since whichever start. */
  async logs(what: RegExp): Promise<void> {
    const found = await until(`peer ${String(this.id)} to log ${String(what)}`, () => {
      if (what.test(this.log)) return 'logged';
      return !this.isRunning && this.#isOver() ? 'ended' : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.log.slice(-4_000)}`, { cause: error });
    });
    if (found === 'ended') throw new Error(`peer ${String(this.id)} has ended:\n${this.log}`);
  }

  /** Not running: for good, or it is started again, for what it met was a taken port. */
  #isOver(): boolean {
    // The end of the process may be seen before the last of its output.
    if (this.#child?.stderr?.closed === false) return false;
    if (!this.#metTakenPort) return true;
    this.start();
    return false;
  }

  /** While it was down, somebody else looked whether its port was free, or has it for a while: it is started again. */
  get #metTakenPort(): boolean {
    const sinceStart = this.output.slice(this.#outputBefore).join('');
    return sinceStart.includes('is taken by another process');
  }

  async cluster(): Promise<ClusterJson> {
    return JSON.parse((await this.ask('/v1/cluster')).body) as ClusterJson;
  }

  /** Gives the answer to a GET, over TLS where it speaks that. */
  async ask(path: string): Promise<{ readonly status: number; readonly body: string }> {
    if (this.#caFile !== undefined) {
      return askHttps(`${this.http}${path}`, { ca: readFileSync(this.#caFile) });
    }
    const answer = await fetch(`${this.http}${path}`);
    return { status: answer.status, body: await answer.text() };
  }
}

/** Real peers on loopback, each with its own data directory below one that is removed at the end. */
export class TestEnsemble {
  readonly peers: readonly PeerProcess[];
  readonly folder: string;

  constructor(peers: readonly PeerProcess[], folder: string) {
    this.peers = peers;
    this.folder = folder;
  }

  peer(id: number): PeerProcess {
    const peer = this.peers.find((candidate) => candidate.id === id);
    if (peer === undefined) throw new Error(`no peer ${String(id)}`);
    return peer;
  }

  async ready(): Promise<void> {
    await Promise.all(this.peers.filter(({ isRunning }) => isRunning).map((peer) => peer.ready()));
  }

  /** The peer that leads, as itself says, of those that run. */
  async leader(): Promise<PeerProcess> {
    return until('a leader', async () => {
      for (const peer of this.peers) {
        if (!peer.isRunning) continue;
        const { self } = await peer.cluster();
        if (self.role === 'leader' && (await peer.ask('/readyz')).status === 200) return peer;
      }
      return undefined;
    });
  }

  /** Kills what runs, and removes the data. */
  async stop(): Promise<void> {
    for (const peer of this.peers) if (peer.isRunning) peer.signal('SIGKILL');
    await Promise.all(this.peers.filter(({ isRunning }) => isRunning).map((peer) => peer.ended()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The ensemble that files of tests share, one after the other; each gives it back by `stop`. */
class SharedEnsemble extends TestEnsemble {
  override stop(): Promise<void> {
    return Promise.resolve();
  }

  /** All peers run, none misses a leader, and of what others did nothing is left but zxids, sessions and the log. */
  async lend(): Promise<this> {
    for (const peer of this.peers) if (!peer.isRunning) peer.start();
    await this.ready();
    const { http } = await this.leader();
    await until('an empty tree', async () => {
      const listed = await fetch(`${http}/v1/nodes/?children&limit=1000`);
      const { children } = (await listed.json()) as { readonly children: readonly string[] };
      const left = children.filter((name) => name !== 'zookeeper');
      for (const name of left) {
        await fetch(`${http}/v1/nodes/${encodeURIComponent(name)}?recursive`, { method: 'DELETE' });
      }
      return left.length === 0;
    });
    return this;
  }

  endWithThisProcess(): void {
    process.once('exit', () => {
      for (const peer of this.peers) if (peer.isRunning) peer.signal('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }
}

let shared: Promise<SharedEnsemble> | undefined;

/**
 * Lends three voters with every door open to a file of tests that needs no settings of its own: starting peers is what
 * tests over the doors take most of their time for. It lives as long as this process, so the files that a worker runs
 * use it in turn: a file begins with an empty tree, may stop and start peers, and expects no number that began at zero.
 */
export async function borrowEnsemble(): Promise<TestEnsemble> {
  shared ??= startShared();
  return (await shared).lend();
}

async function startShared(): Promise<SharedEnsemble> {
  const { peers, folder } = await startEnsemble({
    peers: 3,
    grpc: true,
    zookeeper: true,
    start: false,
  });
  const ensemble = new SharedEnsemble(peers, folder);
  ensemble.endWithThisProcess();
  for (const peer of peers) {
    peer.outlivesTests = true;
    peer.start();
  }
  return ensemble;
}

/** To start an ensemble whose ports somebody else took meanwhile. */
const attemptsMax = 3;

export async function startEnsemble(options: EnsembleOptions): Promise<TestEnsemble> {
  for (let attempt = 1; ; attempt++) {
    const ensemble = await madeEnsemble(options);
    if (options.start === false) return ensemble;
    const { peers } = ensemble;
    for (const peer of peers) peer.start();
    try {
      await ensemble.ready();
      return ensemble;
    } catch (error) {
      await ensemble.stop();
      // Between finding free ports and listening on them, another process may find the same.
      const isForAnother = peers.some(({ log }) => log.includes('is taken by another process'));
      if (isForAnother && options.dataDir === undefined && attempt < attemptsMax) continue;
      const logs = peers.map(({ id, log }) => `peer ${String(id)}:\n${log.slice(-2_000)}`);
      throw new Error(`the ensemble did not start\n${logs.join('\n')}`, { cause: error });
    }
  }
}

function keyLines(folder: string, id: number): readonly string[] {
  const own = join(folder, `peer-${String(id)}`);
  return [
    `quoll.tls.certFile=${own}.pem`,
    `quoll.tls.keyFile=${own}.key`,
    `quoll.tls.caFile=${join(folder, 'ca.pem')}`,
  ];
}

async function madeEnsemble(options: EnsembleOptions): Promise<TestEnsemble> {
  const count = options.peers + (options.observers ?? 0);
  const folder = mkdtempSync(join(tmpdir(), 'quoll-test-'));
  const portsPerPeer = 5;
  const ports = await ownPorts(count * portsPerPeer);
  const at = (index: number): number => ports[index] ?? 0;
  const serverLines = Array.from({ length: count }, (_, index) => {
    const role = index < options.peers ? 'participant' : 'observer';
    return `server.${String(index + 1)}=127.0.0.1:${String(at(index * portsPerPeer))}:${String(at(index * portsPerPeer + 1))}:${role}`;
  });
  const peers = serverLines.map((_, index) => {
    const id = index + 1;
    const dataDir = join(options.dataDir ?? folder, `peer${String(id)}`);
    const configFile = join(folder, `peer${String(id)}.cfg`);
    const port = at(index * portsPerPeer + 2);
    const grpcPort = at(index * portsPerPeer + 3);
    const zookeeperPort = at(index * portsPerPeer + 4);
    writeFileSync(
      configFile,
      [
        'tickTime=2000',
        `dataDir=${dataDir}`,
        `quoll.serverId=${String(id)}`,
        `quoll.http.port=${String(port)}`,
        `quoll.grpc.port=${options.grpc === true ? String(grpcPort) : 'off'}`,
        `quoll.zookeeper.port=${options.zookeeper === true ? String(zookeeperPort) : 'off'}`,
        ...serverLines,
        ...(options.keys === undefined ? [] : keyLines(options.keys, id)),
        ...(options.lines ?? []),
        '',
      ].join('\n'),
    );
    const scheme = options.keys === undefined ? 'http' : 'https';
    const http = `${scheme}://127.0.0.1:${String(port)}`;
    const places = {
      http,
      dataDir,
      configFile,
      grpc: `127.0.0.1:${String(grpcPort)}`,
      zookeeper: `127.0.0.1:${String(zookeeperPort)}`,
    };
    return new PeerProcess(id, places, options);
  });
  return new TestEnsemble(peers, folder);
}
