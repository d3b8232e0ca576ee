import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quollRefuses, quollSays } from '../support/cli/quoll.ts';
import { localChildren, put, synced } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { parent, writersAt, type DoorWriter } from '../support/load/door-writers.ts';
import { lastRelease } from '../support/last-release.ts';
import { assertFairAndExclusive, LockClients } from '../support/load/lock-clients.ts';
import { SocketWanderer } from '../support/load/wanderers.ts';
import { program } from '../support/program.ts';
import { until } from '../support/until.ts';

/** `npm run test:upgrade` rolls more often there and back, and kills peers where this stops them. */
const rounds = Number(process.env['QUOLL_UPGRADE_ROUNDS'] ?? 1);

/**
 * What a write may be told while a peer of the last release leads and stops, which hands over to nobody: that there is no
 * leader now, or that its connection to it was lost and nobody knows. Both are documented, and sent again.
 */
const interrupted = /"code":"(NOQUORUM|CONNECTIONLOSS)"|^(14|4) /;

/** Counts a znode up, one by one, at whichever peer answers. */
class Counter {
  value = 0;
  readonly #peers: readonly PeerProcess[];
  readonly #done: Promise<void>;
  #isOver = false;

  constructor(peers: readonly PeerProcess[]) {
    this.#peers = peers;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#isOver; turn++) {
      const peer = this.#peers[turn % this.#peers.length];
      if (peer?.isRunning === true) await this.#step(peer).catch(() => undefined);
      await new Promise(setImmediate);
    }
  }

  async #step(peer: PeerProcess): Promise<void> {
    const read = await fetch(`${peer.http}/v1/nodes/counted`);
    if (read.status !== 200) return;
    const value = Number(await read.text());
    this.value = Math.max(this.value, value);
    const written = await put(peer, '/counted', String(value + 1), `version=${String(value)}`);
    await written.arrayBuffer();
    if (written.status === 200) this.value = Math.max(this.value, value + 1);
  }
}

/** Clients of every kind, as long as the peers below them are exchanged. */
class Clients {
  readonly counter: Counter;
  readonly writers: readonly DoorWriter[];
  readonly #watcher = new SocketWanderer();
  readonly #locks: LockClients;

  constructor(peers: readonly PeerProcess[]) {
    this.counter = new Counter(peers);
    this.writers = writersAt(peers);
    this.#watcher.start(peers);
    this.#locks = new LockClients(peers, 3, 'contended');
  }

  async moreDone(): Promise<void> {
    const written = this.#written;
    const grants = this.#locks.grants.length;
    await until('every kind of client to go on', () => {
      return this.#written > written + 50 && this.#locks.grants.length > grants;
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.writers.map((writer) => writer.stop()));
    await this.counter.stop();
    await this.#locks.stop();
    const { value } = this.counter;
    await until('the watch to have seen all', () => this.#watcher.seen.length >= value);
    await this.#watcher.stop();
    const counted = Array.from({ length: value }, (_, index) => String(index + 1));
    assert.deepEqual(this.#watcher.seen, counted, 'each change once, in order');
    assertFairAndExclusive(this.#locks);
  }

  /** Of what was acknowledged, nothing is missing at any peer. */
  async assertKept(peers: readonly PeerProcess[]): Promise<void> {
    const acknowledged = this.writers.flatMap((writer) => writer.acknowledged);
    for (const peer of peers) {
      await synced(peer);
      const found = await localChildren(peer, parent);
      const lost = acknowledged.filter((name) => !found.has(name));
      assert.deepEqual(lost, [], `lost at peer ${String(peer.id)}`);
    }
    const writes = acknowledged.length;
    process.stdout.write(
      `      ${String(writes)} writes, ${String(this.#locks.grants.length)} grants, ${String(this.counter.value)} events, ` +
        `${String(this.#refused.length)} writes interrupted\n`,
    );
  }

  assertRefusedByTheRule(): void {
    const others = this.#refused.filter(
      (words) => !interrupted.test(words.replace(/^[^:]*: /, '')),
    );
    assert.deepEqual(others, []);
  }

  get #refused(): readonly string[] {
    return this.writers.flatMap(({ refused }) => refused);
  }

  get #written(): number {
    return this.writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }
}

describe('an upgrade from the last release, under load', function () {
  this.timeout(120_000 + rounds * 120_000);
  let former: string | undefined;
  let ensemble: TestEnsemble | undefined;

  before(async function () {
    former = lastRelease();
    if (former === undefined) this.skip();
    ensemble = await startEnsemble({ peers: 3, grpc: true, zookeeper: true, program: former });
    const leader = await ensemble.leader();
    for (const [path, data] of [
      [parent, ''],
      ['/counted', '0'],
    ] as const) {
      assert.equal((await put(leader, path, data)).status, 201);
    }
  });

  after(async () => {
    await ensemble?.stop();
  });

  /** One peer after the other, the leader among them. */
  async function roll(
    clients: Clients,
    build: string,
    peers = ensemble?.peers ?? [],
  ): Promise<void> {
    for (const peer of peers) {
      const ended = await peer.end(rounds > 1 && peer.id === 2 ? 'SIGKILL' : 'SIGTERM');
      assert.ok(ended === 0 || ended === 'SIGKILL', peer.log.slice(-2_000));
      peer.becomes(build);
      peer.start();
      await peer.ready();
      await clients.moreDone();
    }
  }

  async function levels(peer: PeerProcess): Promise<readonly unknown[]> {
    const { level, newestLevel } = (await peer.cluster()) as { level?: number } & {
      newestLevel?: number;
    };
    return [level, newestLevel];
  }

  it('rolls there, back, and there again, is finished, and loses nothing', async () => {
    assert.ok(ensemble !== undefined && former !== undefined);
    const { peers } = ensemble;
    const clients = new Clients(peers);
    await clients.moreDone();
    for (let round = 0; round < rounds; round++) {
      await roll(clients, program);
      await roll(clients, former);
    }
    const [first, ...others] = peers;
    assert.ok(first !== undefined);
    await roll(clients, program, [first]);
    const tooEarly = await quollRefuses('upgrade', 'finish', '--url', first.http);
    assert.match(tooEarly, /of an earlier version/);
    await roll(clients, program, others);
    assert.deepEqual(await levels(first), [1, 2]);
    assert.match((await first.ask('/readyz')).body, /level 1.*quoll upgrade finish/);
    assert.match(await quollSays('status', '--url', first.http), /level 1 of 2/);
    await assertMembersRefused(first);
    assert.match(await quollSays('upgrade', '--url', first.http), /All servers are there/);
    assert.match(await quollSays('upgrade', 'finish', '--url', first.http), /is at level 2/);
    await quollSays('upgrade', '--url', first.http);
    await clients.moreDone();
    for (const peer of peers) {
      await synced(peer);
      assert.deepEqual(await levels(peer), [2, 2]);
    }
    await quollSays('member', 'promote', '1', '--url', first.http);
    for (const peer of others) await peer.ready();
    await clients.stop();
    clients.assertRefusedByTheRule();
    await clients.assertKept(peers);
  });

  it('can not be gone back from once it is finished: nothing is changed', async () => {
    assert.ok(ensemble !== undefined && former !== undefined);
    const [peer] = ensemble.peers;
    assert.ok(peer !== undefined);
    await peer.end('SIGTERM');
    const file = join(peer.dataDir, 'node.db');
    const digest = (): string => createHash('sha256').update(readFileSync(file)).digest('hex');
    const held = digest();
    peer.becomes(former);
    peer.start();
    assert.notEqual(await peer.ended(), 0);
    assert.match(
      peer.log,
      /has format 2; this version reads up to 1.*Start the newer version again/,
    );
    assert.equal(digest(), held);
    peer.becomes(program);
    peer.start();
    await peer.ready();
  });
});

/** What the new version brings waits until it is finished. */
async function assertMembersRefused(peer: PeerProcess): Promise<void> {
  const refused = await quollRefuses('member', 'promote', '1', '--url', peer.http);
  assert.match(refused, /quoll upgrade finish/);
}
