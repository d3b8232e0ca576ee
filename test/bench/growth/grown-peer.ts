import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import { sum } from '../figures.ts';
import type { MemoryLeft } from './memory-hook.ts';

const hook = new URL('./memory-hook.js', import.meta.url).href;
const patienceMs = 60_000;

/** One peer with all its doors open, that can be asked what it took and what it keeps. */
export class GrownPeer {
  readonly process: PeerProcess;
  readonly #ensemble: TestEnsemble;
  readonly #folder: string;

  private constructor(ensemble: TestEnsemble, folder: string) {
    this.#ensemble = ensemble;
    this.process = ensemble.peer(1);
    this.#folder = folder;
  }

  static async start(lines: readonly string[]): Promise<GrownPeer> {
    const folder = mkdtempSync(join(tmpdir(), 'quoll-growth-'));
    process.env['QUOLL_MEMORY'] = join(folder, 'peer');
    const nodeFlags = ['--expose-gc', '--import', hook];
    const doors = { grpc: true, zookeeper: true };
    return new GrownPeer(await startEnsemble({ peers: 1, ...doors, lines, nodeFlags }), folder);
  }

  get http(): string {
    return new URL(this.process.http).host;
  }

  /** µs that all its threads have run. */
  cpuUs(): number {
    const tasks = `/proc/${String(this.process.pid)}/task`;
    return sum(readdirSync(tasks).map((task) => nsOf(join(tasks, task, 'schedstat')))) / 1e3;
  }

  /** Once all garbage is collected. */
  async memoryLeft(): Promise<MemoryLeft> {
    const file = join(this.#folder, `peer.${String(this.process.pid)}.json`);
    this.process.signal('SIGUSR2');
    for (let waitedMs = 0; !existsSync(file); waitedMs += 20) {
      if (waitedMs > patienceMs) throw new Error('the peer did not tell what it keeps');
      await delay(20);
    }
    const left = JSON.parse(readFileSync(file, 'utf8')) as MemoryLeft;
    rmSync(file);
    return left;
  }

  /** How many snapshots were begun, and taken, so far. */
  get snapshots(): { readonly begun: number; readonly taken: number } {
    const { log } = this.process;
    const timesOf = (event: string): number => log.split(`"event":"${event}"`).length - 1;
    return { begun: timesOf('snapshotBegun'), taken: timesOf('snapshotTaken') };
  }

  async noSnapshot(): Promise<void> {
    const isUnderWay = (): boolean => this.snapshots.begun > this.snapshots.taken;
    for (let waitedMs = 0; isUnderWay(); waitedMs += 5) {
      if (waitedMs > patienceMs) throw new Error('a snapshot does not end');
      await delay(5);
    }
  }

  async stop(): Promise<void> {
    await this.#ensemble.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

function nsOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]);
  } catch {
    // The thread has ended.
    return 0;
  }
}
