import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../src/config/free-ports.ts';
import { until } from '../until.ts';
import { JuteClient } from './jute-client.ts';

export const zooKeeperJar = '/usr/share/java/zookeeper.jar';

/** One server of Debian's ZooKeeper on loopback, with data that goes with it. */
export class RealZooKeeper {
  readonly address: string;
  readonly #folder: string;
  readonly #server: ChildProcess;
  #log = '';

  private constructor(port: number, lines: readonly string[], flags: readonly string[]) {
    this.address = `127.0.0.1:${String(port)}`;
    this.#folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-'));
    const config = join(this.#folder, 'zoo.cfg');
    const all = [
      'tickTime=2000',
      `dataDir=${join(this.#folder, 'data')}`,
      `clientPort=${String(port)}`,
      'clientPortAddress=127.0.0.1',
      'maxClientCnxns=0',
      'admin.enableServer=false',
      'forceSync=no',
      ...lines,
      '',
    ];
    writeFileSync(config, all.join('\n'));
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    this.#server = spawn('java', ['-Xmx256m', ...flags, '-cp', zooKeeperJar, main, config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#server.stdout, this.#server.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log = (this.#log + chunk.toString()).slice(-8_000);
      });
    }
  }

  /** `lines`: more of its zoo.cfg; `flags`: of Java, where a property can be set by no line. */
  static async start(
    lines: readonly string[] = [],
    flags: readonly string[] = [],
  ): Promise<RealZooKeeper> {
    const [port = 0] = await freePorts(1);
    const server = new RealZooKeeper(port, lines, flags);
    await until('ZooKeeper to serve', () => server.#serves(), 60_000).catch(
      async (error: unknown) => {
        await server.stop();
        throw new Error(`ZooKeeper did not start\n${server.#log}`, { cause: error });
      },
    );
    return server;
  }

  /** What it wrote last. */
  get log(): string {
    return this.#log;
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#server;
    if (exitCode === null && signalCode === null) {
      const ended = once(this.#server, 'exit');
      this.#server.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #serves(): Promise<boolean> {
    const { exitCode } = this.#server;
    if (exitCode !== null) throw new Error(`it has ended with ${String(exitCode)}`);
    const client = await JuteClient.open(this.address);
    // While it starts it takes the connection and says nothing.
    const giveUp = setTimeout(() => {
      client.destroy();
    }, 2_000);
    const reply = await client.handshake();
    clearTimeout(giveUp);
    if (reply === undefined) return false;
    await client.close();
    return true;
  }
}
