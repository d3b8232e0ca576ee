import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import { configureWith, join as joinEnsemble } from '../../support/members.ts';
import type { Bench, Benchmark, BenchmarkOptions } from '../benchmark.ts';
import { bytes, fill } from '../large.ts';
import { measured, measuredCommand, type Measured } from './measured.ts';
import { writeZooKeeperData } from '../../support/zookeeper/snapshot-writer.ts';

const parts = [
  'backup',
  'restore',
  'join',
  'export',
  'import',
  'import-zookeeper',
  'copy',
] as const;
type Part = (typeof parts)[number];

/** What copies of very many znodes take, and how long the peer that they are asked of ever stands still for them. */
export const copies: Benchmark = {
  name: 'copies',
  about:
    'backup, restore, join, export, import, copy and import-zookeeper of 100,000 znodes, or `--only 1000000`: time, memory, longest stall of the peer',
  isOnlyByName: true,
  async run(options, bench) {
    const run = new Run(options, bench);
    try {
      await run.all();
    } finally {
      await run.end();
    }
  },
};

class Run {
  readonly #options: BenchmarkOptions;
  readonly #bench: Bench;
  readonly #folder = mkdtempSync(join(tmpdir(), 'quoll-bench-copies-'));
  readonly #copy = join(this.#folder, 'copy.quoll');
  readonly #ensembles: TestEnsemble[] = [];
  readonly #asked: number;
  readonly #wanted: ReadonlySet<string>;

  constructor(options: BenchmarkOptions, bench: Bench) {
    this.#options = options;
    this.#bench = bench;
    const number = options.only.find((only) => /^\d+$/.test(only));
    this.#asked = Number(number ?? (options.isQuick ? 5_000 : 100_000));
    const named = options.only.filter((only) => only !== number);
    const unknown = named.find((name) => !parts.some((part) => part === name));
    if (unknown !== undefined) throw new Error(`copies has ${parts.join(', ')}, and no ${unknown}`);
    this.#wanted = new Set(named.length > 0 ? named : parts);
  }

  async all(): Promise<void> {
    if (this.#isWanted('import-zookeeper')) await this.#importZooKeeper();
    if (parts.every((part) => part === 'import-zookeeper' || !this.#isWanted(part))) return;
    this.#bench.progress(`${String(this.#asked)} znodes`);
    const { peer } = await fill(this.#asked, this.#options, this.#bench);
    if (this.#isWanted('backup') || this.#isWanted('restore') || this.#isWanted('join')) {
      await this.#backup(peer);
    }
    if (this.#isWanted('restore') || this.#isWanted('join')) await this.#restore();
    if (this.#isWanted('export') || this.#isWanted('import')) await this.#exportImport(peer);
    if (this.#isWanted('copy')) await this.#copyOver(peer);
  }

  async end(): Promise<void> {
    await this.#stopEnsembles();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #backup(peer: PeerProcess): Promise<void> {
    const args = ['backup', this.#copy, '--url', peer.http];
    this.#add('backup', await measuredCommand(args, { peer }));
    // Its peer has a snapshot by then.
    this.#add('backup once more', await measuredCommand(args, { peer }));
    this.#bench.add({
      what: 'size of the copy',
      value: statSync(this.#copy).size / 1e6,
      unit: 'MB',
      conditions: this.#conditions,
    });
    this.#add('backup verify', await measuredCommand(['backup', 'verify', this.#copy]));
  }

  /** And a new peer that joins what was restored, which has no log that reaches back: it gets the snapshot. */
  async #restore(): Promise<void> {
    const made = await this.#ensemble(2);
    const [first, second] = made.peers;
    if (first === undefined || second === undefined) throw new Error('an ensemble has its peers');
    configureWith(first, [1]);
    const target = ['--data-dir', first.dataDir, '--server-id', '1'];
    this.#add('restore', await measuredCommand(['restore', this.#copy, ...target]));
    await this.#started('start of the restored peer, to ready', first);
    if (this.#isWanted('join')) {
      const joined = await measured(first, async () => {
        await joinEnsemble(made, 2, first);
      });
      this.#add('join of a new peer, until it votes', joined);
    }
    await this.#stopEnsembles();
  }

  async #exportImport(peer: PeerProcess): Promise<void> {
    const file = join(this.#folder, 'all.ndjson');
    const exported = await measuredCommand(['export', '/', '--url', peer.http], {
      peer,
      output: file,
    });
    this.#add('export', exported);
    if (!this.#isWanted('import')) return;
    const target = await this.#emptyPeer();
    const args = ['import', file, '--url', target.http, '--to', '/imported'];
    this.#add('import', await measuredCommand(args, { peer: target }));
    await this.#stopEnsembles();
  }

  async #copyOver(peer: PeerProcess): Promise<void> {
    const target = await this.#emptyPeer();
    const places = [`zookeeper://${peer.zookeeper}/`, `zookeeper://${target.zookeeper}/`];
    this.#add('copy', await measuredCommand(['copy', ...places], { peer: target }));
    const compared = await measuredCommand(['copy', ...places, '--compare'], { peer });
    this.#add('comparison of both (--verify)', compared);
    await this.#stopEnsembles();
  }

  async #importZooKeeper(): Promise<void> {
    const from = join(this.#folder, 'zookeeper');
    this.#bench.progress("a ZooKeeper's snapshot");
    writeZooKeeperData(from, this.#asked, 'x'.repeat(bytes));
    const made = await this.#ensemble(1);
    const peer = made.peer(1);
    const target = ['--data-dir', peer.dataDir, '--server-id', '1'];
    this.#add('import-zookeeper', await measuredCommand(['import-zookeeper', from, ...target]));
    await this.#started('start of the imported peer, to ready', peer);
    await this.#stopEnsembles();
  }

  async #started(what: string, peer: PeerProcess): Promise<void> {
    const startedAt = performance.now();
    peer.start();
    await peer.ready();
    const seconds = (performance.now() - startedAt) / 1_000;
    this.#add(what, { seconds, command: undefined, peer: undefined });
  }

  async #emptyPeer(): Promise<PeerProcess> {
    const made = await this.#ensemble(1);
    const peer = made.peer(1);
    peer.start();
    await peer.ready();
    return peer;
  }

  async #ensemble(peers: number): Promise<TestEnsemble> {
    const { lines } = this.#options;
    const made = await startEnsemble({ peers, start: false, zookeeper: true, lines });
    this.#ensembles.push(made);
    return made;
  }

  async #stopEnsembles(): Promise<void> {
    for (const made of this.#ensembles.splice(0)) await made.stop();
  }

  #isWanted(part: Part): boolean {
    return this.#wanted.has(part);
  }

  get #conditions(): string {
    return (
      `${String(this.#asked)} znodes of ${String(bytes)} bytes, 1 peer each side, nothing else asked of it but ` +
      'GET /livez every 5 ms on a connection of its own'
    );
  }

  #add(what: string, { seconds, command, peer }: Measured): void {
    const add = (of: string, value: number, unit: string): void => {
      this.#bench.add({ what: `${what}${of}`, value, unit, conditions: this.#conditions });
    };
    this.#bench.progress(`${what}: ${seconds.toFixed(1)} s`);
    add('', seconds, 's');
    if (command !== undefined) {
      add(': CPU of the command', command.cpuSeconds, 's');
      add(': memory of the command', command.peakMb, 'MB');
    }
    if (peer === undefined) return;
    add(': longest delay of the event loop', peer.stallMs, 'ms');
    add(': of which by its own work, at most', peer.ownStallMsMax, 'ms');
    add(': longest wait of a probe', peer.longestWaitMs, 'ms');
    add(': memory of the peer', peer.rssMb, 'MB');
  }
}
