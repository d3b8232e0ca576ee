// ZooKeeper's own clients, as Debian and npm ship them, unchanged, with an ensemble of three peers. Their programs are in
// zookeeper/; what is missing is named by scripts/test-peers.mjs before this runs.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { get, problemOf, put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import { kazooWrote } from './zookeeper/kazoo-writes.ts';
import { Agent, passes, Programs } from './zookeeper/programs.ts';

describe("ZooKeeper's own clients", function () {
  this.timeout(180_000);
  let folder: string;
  let ensemble: TestEnsemble;
  let programs: Programs;
  let hosts: string;

  before(async function () {
    this.timeout(300_000);
    ensemble = await startEnsemble({
      peers: 3,
      zookeeper: true,
      lines: ['4lw.commands.whitelist=*', 'znode.container.checkIntervalMs=1000'],
    });
    folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-clients-'));
    hosts = ensemble.peers.map(({ zookeeper }) => zookeeper).join(',');
    programs = new Programs(folder);
    await programs.build();
  });

  after(async () => {
    await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('kazoo: its client', () => passes(programs.kazoo('kazoo_basics', hosts)));
  it('kazoo: its recipes', () => passes(programs.kazoo('kazoo_recipes', hosts)));
  it('Java: Curator and the recipes of ZooKeeper', () => passes(programs.java('JavaCases', hosts)));
  it('Go: go-zookeeper', () => passes(programs.go('cases', hosts)));
  it('Node: node-zookeeper-client', () => passes(programs.node('cases', hosts)));

  describe('beside locks over HTTP, and through fail-overs', () => {
    let agents: Record<'kazoo' | 'curator' | 'go' | 'node', Agent>;

    before(() => {
      agents = {
        kazoo: new Agent('kazoo', programs.kazoo('kazoo_agent', hosts)),
        curator: new Agent('curator', programs.java('JavaAgent', hosts)),
        go: new Agent('go', programs.go('agent', hosts)),
        node: new Agent('node', programs.node('agent', hosts)),
      };
    });

    after(async () => {
      await Promise.all(Object.values(agents).map((agent) => agent.end()));
    });

    const enter = (peer: PeerProcess, lock: string, lockId: string, query: string) =>
      fetch(`${peer.http}/v1/locks/${lock}?${query}`, {
        method: 'POST',
        body: JSON.stringify({ lockId, ttlMs: 60_000 }),
      });
    const isGranted = async (response: Response): Promise<bigint> => {
      assert.equal(response.status, 200, await response.clone().text());
      return BigInt(((await response.json()) as { fencingToken: string }).fencingToken);
    };
    const release = async (peer: PeerProcess, lock: string, lockId: string): Promise<void> => {
      const response = await fetch(`${peer.http}/v1/locks/${lock}/${lockId}`, { method: 'DELETE' });
      assert.equal(response.status, 204, await response.text());
    };
    const contenders = async (peer: PeerProcess, lock: string): Promise<string[]> => {
      const response = await fetch(`${peer.http}/v1/locks/${lock}`);
      const queue = (await response.json()) as { contenders: { path: string }[] };
      return queue.contenders.map(({ path }) => path.slice(`/locks/${lock}/`.length));
    };
    const are = (count: number, lock: string): Promise<true | undefined> =>
      until(`${String(count)} in ${lock}`, async () => {
        const [peer] = ensemble.peers;
        return peer !== undefined && (await contenders(peer, lock)).length === count;
      });

    /**
     * The client holds and HTTP waits; the client waits while HTTP holds. `word` is how the agent is told to enter.
     * `name`: what the client calls its contenders.
     */
    async function excludesBothWays(
      agent: Agent,
      lock: string,
      { name, word = 'lock' }: { readonly name: RegExp; readonly word?: string },
    ): Promise<void> {
      const [here, there] = ensemble.peers;
      assert(here && there);
      const path = `/locks/${lock}`;
      await agent.asks(`${word} ${path}`, new RegExp(`^holding ${path}$`));
      const [held] = await contenders(here, lock);
      assert.match(held ?? '', name);

      const lockId = randomUUID();
      const queued = await enter(there, lock, lockId, 'wait=200ms');
      assert.equal(queued.status, 202, await queued.text());
      const isTried = await enter(there, lock, randomUUID(), 'try');
      assert.equal((await problemOf(isTried)).code, 'LOCKHELD');
      const place = queued.headers.get('location') ?? '';
      const waiting = fetch(`${here.http}${place}?wait=30s`);
      await agent.asks(`unlock ${path}`, new RegExp(`^released ${path}$`));
      const token = await isGranted(await waiting);

      agent.tell(`${word} ${path}`);
      await are(2, lock);
      assert.equal(agent.hasSaid(/^holding /), undefined, 'two holders');
      const check = `${there.http}/v1/locks/${lock}/check?token=${String(token)}`;
      assert.equal((await fetch(check)).status, 204, 'HTTP holds still');
      await release(there, lock, lockId);
      await agent.says(new RegExp(`^holding ${path}$`));

      // Many turns, as they come.
      const other = randomUUID();
      const last = enter(here, lock, other, 'wait=30s');
      await are(2, lock);
      await agent.asks(`unlock ${path}`, new RegExp(`^released ${path}$`));
      assert.ok((await isGranted(await last)) > token, 'tokens grow');
      await release(here, lock, other);
      await are(0, lock);
    }

    it("Curator's mutex and a lock over HTTP exclude each other", async () => {
      const name = /^_c_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-lock-\d{10}$/;
      await excludesBothWays(agents.curator, 'of-curator', { name });
    });

    it("go-zookeeper's lock and a lock over HTTP exclude each other", async () => {
      await excludesBothWays(agents.go, 'of-go', { name: /^_c_[0-9a-f]{32}-lock-\d{10}$/ });
    });

    it("kazoo's lock and a lock over HTTP exclude each other", async () => {
      await excludesBothWays(agents.kazoo, 'of-kazoo', { name: /^[0-9a-f]{32}__lock__\d{10}$/ });
    });

    it("kazoo's lock under Curator's names and a lock over HTTP exclude each other", async () => {
      const name = /^[0-9a-f]{32}-lock-\d{10}$/;
      await excludesBothWays(agents.kazoo, 'as-curator', { name, word: 'lock-as-curator' });
    });

    it('Curator, go-zookeeper and HTTP wait in one queue, in its order', async () => {
      const [here] = ensemble.peers;
      assert(here);
      const { curator, go } = agents;
      const [first, second] = [randomUUID(), randomUUID()];
      await isGranted(await enter(here, 'of-many', first, 'wait=10s'));
      curator.tell('lock /locks/of-many');
      await are(2, 'of-many');
      const queued = enter(here, 'of-many', second, 'wait=60s');
      await are(3, 'of-many');
      go.tell('lock /locks/of-many');
      await are(4, 'of-many');
      await release(here, 'of-many', first);
      await curator.says(/^holding \/locks\/of-many$/);
      assert.equal(go.hasSaid(/^holding /), undefined);
      await curator.asks('unlock /locks/of-many', /^released /);
      await isGranted(await queued);
      assert.equal(go.hasSaid(/^holding /), undefined);
      await release(here, 'of-many', second);
      await go.says(/^holding \/locks\/of-many$/);
      await go.asks('unlock /locks/of-many', /^released /);
    });

    /** Over HTTP, as the agents take turns: a guard that is there already means that another holds the lock too. */
    async function turns(lock: string, dialect: string, count: number): Promise<void> {
      for (let turn = 0; turn < count; turn++) {
        const peer = ensemble.peers[turn % ensemble.peers.length];
        assert(peer);
        const lockId = randomUUID();
        await isGranted(await enter(peer, lock, lockId, `wait=60s&dialect=${dialect}`));
        const guard = await fetch(`${peer.http}/v1/nodes?name=guard-${lock}`, { method: 'POST' });
        assert.equal(guard.status, 201, await guard.text());
        const free = await fetch(`${peer.http}/v1/nodes/guard-${lock}`, { method: 'DELETE' });
        assert.ok(free.ok, await free.text());
        await release(peer, lock, lockId);
      }
    }

    it('never two hold at a time when many take turns', async () => {
      const { curator, go, kazoo } = agents;
      const all: readonly (readonly [string, readonly Agent[]])[] = [
        ['curator', [curator, go]],
        ['kazoo', [kazoo]],
      ];
      for (const [dialect, others] of all) {
        const lock = `turns-of-${dialect}`;
        for (const agent of others) agent.tell(`turns /locks/${lock}`);
        await Promise.all([turns(lock, dialect, 20), turns(lock, dialect, 20)]);
        for (const agent of others) await agent.says(new RegExp(`^turned /locks/${lock}$`));
      }
    });

    it("kazoo waits for Curator's kind with extra_lock_patterns, and HTTP refuses the mixed queue", async () => {
      const [here, there] = ensemble.peers;
      assert(here && there);
      const { kazoo } = agents;
      const lockId = randomUUID();
      await isGranted(await enter(here, 'mixed', lockId, 'wait=10s&dialect=curator'));
      kazoo.tell('lock-beside-curator /locks/mixed');
      await are(2, 'mixed');
      for (const query of ['wait=1s', 'wait=1s&dialect=curator', 'wait=1s&dialect=kazoo']) {
        const refused = await enter(there, 'mixed', randomUUID(), query);
        assert.equal(refused.status, 409);
        assert.equal((await problemOf(refused)).code, 'LOCKMIXED');
      }
      assert.equal(kazoo.hasSaid(/^holding /), undefined, 'two holders');
      await release(there, 'mixed', lockId);
      await kazoo.says(/^holding \/locks\/mixed$/);
      const late = randomUUID();
      const refused = await enter(there, 'mixed', late, 'wait=1s&dialect=curator');
      assert.equal((await problemOf(refused)).code, 'LOCKMIXED');
      const queued = await enter(there, 'mixed', late, 'wait=200ms');
      assert.equal(queued.status, 202, await queued.text());
      const waiting = fetch(`${here.http}${queued.headers.get('location') ?? ''}?wait=30s`);
      await kazoo.asks('unlock /locks/mixed', /^released /);
      await isGranted(await waiting);
      await release(here, 'mixed', late);
    });

    const statOf = async (peer: PeerProcess, path: string): Promise<Record<string, string>> => {
      const { headers } = await get(peer, path);
      const fields = ['x-zk-ephemeral-owner', 'x-zk-czxid'];
      return Object.fromEntries(fields.map((field) => [field, headers.get(field) ?? '']));
    };

    /** Through any peer that runs, until one answers that it is done. */
    const write = (path: string, body: string): Promise<true | undefined> =>
      until(`${path} to be written`, async () => {
        const peer = ensemble.peers.find(({ isRunning }) => isRunning);
        return peer !== undefined && (await put(peer, path, body)).ok;
      });

    /** Kills the peer at once; every client goes on as if nothing had been. */
    async function survives(peer: PeerProcess, round: string): Promise<void> {
      const other = ensemble.peers.find(({ id }) => id !== peer.id);
      assert(other);
      const all = Object.values(agents);
      const [during, later] = [`/survived/during-${round}`, `/survived/later-${round}`];
      for (const path of [during, later]) await write(path, 'before');
      for (const agent of all) {
        for (const path of [during, later]) {
          await agent.asks(`watch ${path}`, new RegExp(`^watching ${path}$`));
        }
      }
      const before = await Promise.all(
        all.map(async (agent) => [
          await agent.session(),
          await statOf(other, `/survived/${agent.name}`),
        ]),
      );

      await peer.end('SIGKILL');
      await write(during, 'while they were away');
      for (const agent of all) await agent.says(new RegExp(`^changed ${during}$`));
      await agents.curator.says(new RegExp(`^cached ${during} while they were away$`));
      agents.curator.takeAll();
      await write(later, 'when they were back');
      for (const agent of all) await agent.says(new RegExp(`^changed ${later}$`));
      await agents.curator.says(new RegExp(`^cached ${later} when they were back$`));
      // Apart from the cache, which sets its own persistent watch again.
      await write(`/survived-tree/${round}`, '');
      await agents.curator.says(new RegExp(`^tree NodeCreated /survived-tree/${round}$`));

      const afterwards = await Promise.all(
        all.map(async (agent) => [
          await agent.session(),
          await statOf(other, `/survived/${agent.name}`),
        ]),
      );
      assert.deepEqual(afterwards, before);
      for (const { name } of all.filter(({ name }) => name !== 'node')) {
        const tried = await enter(other, `survived-${name}`, randomUUID(), 'try');
        assert.equal((await problemOf(tried)).code, 'LOCKHELD', name);
      }
      peer.start();
      await ensemble.ready();
    }

    it('keep sessions, ephemerals, locks and watches when any peer is killed, the leader first', async function () {
      this.timeout(300_000);
      const [here] = ensemble.peers;
      assert(here);
      for (const path of ['/survived', '/survived-tree']) await write(path, '');
      for (const agent of Object.values(agents)) {
        const path = `/survived/${agent.name}`;
        await agent.asks(`ephemeral ${path}`, new RegExp(`^created ${path}$`));
        const owner: string = (await statOf(here, path))['x-zk-ephemeral-owner'] ?? '';
        assert.equal(BigInt(owner).toString(16), await agent.session());
        const lock = `/locks/survived-${agent.name}`;
        if (agent.name !== 'node') await agent.asks(`lock ${lock}`, /^holding /);
      }
      await agents.curator.asks('cache /survived', /^cached all$/);
      await agents.curator.asks('watch-tree /survived-tree', /^watching tree /);
      // Each client was connected to one of the three: in the end all have lost a peer under them, the first two kinds too.
      const leader = await ensemble.leader();
      await survives(leader, 'leader');
      for (const follower of ensemble.peers.filter(({ id }) => id !== leader.id)) {
        await survives(follower, `follower-${String(follower.id)}`);
      }
      for (const name of ['kazoo', 'curator', 'go'] as const) {
        const lockId = randomUUID();
        const waiting = enter(here, `survived-${name}`, lockId, 'wait=30s');
        await are(2, `survived-${name}`);
        await agents[name].asks(`unlock /locks/survived-${name}`, /^released /);
        await isGranted(await waiting);
        await release(here, `survived-${name}`, lockId);
      }
    });

    it('kazoo writes through hand-overs with nothing but a moment of waiting', async () => {
      const path = '/moved';
      await write(path, '');
      const before = await agents.kazoo.session();
      await agents.kazoo.asks(`write ${path}`, /^writing /);
      for (const { id } of ensemble.peers) {
        const leader = await ensemble.leader();
        if (id === leader.id) continue;
        const body = JSON.stringify({ id });
        const headers = { 'content-type': 'application/json' };
        const url = `${leader.http}/v1/cluster/leader`;
        await until('the leader to move', async () => {
          const moved = await fetch(url, { method: 'POST', body, headers });
          return moved.status === 200;
        });
      }
      const { written: count = 0, ...more } = await kazooWrote(agents.kazoo, path, ensemble.peers);
      assert.ok(count > 0);
      assert.deepEqual(more, {}, 'neither refused nor disconnected');
      assert.equal(await agents.kazoo.session(), before);
    });

    it('kazoo keeps its session, its ephemeral and its lock through a rolling restart', async () => {
      const path = '/rolled';
      await write(path, '');
      const [here] = ensemble.peers;
      assert(here);
      const { kazoo } = agents;
      const owned = await statOf(here, '/survived/kazoo');
      const before = await kazoo.session();
      await kazoo.asks('lock /locks/rolled', /^holding /);
      await kazoo.asks(`write ${path}`, /^writing /);
      for (const peer of ensemble.peers) {
        assert.equal(await peer.end('SIGTERM'), 0);
        peer.start();
        await ensemble.ready();
      }
      const {
        written: count = 0,
        CONNECTED = 0,
        SUSPENDED = 0,
        ...more
      } = await kazooWrote(agents.kazoo, path, ensemble.peers);
      assert.ok(count > 0);
      assert.ok(CONNECTED > 0 && SUSPENDED > 0, 'the peer under it was restarted');
      // Whoever restarts under a request answers it no more; nothing else is told, and no session is lost.
      assert.deepEqual(
        Object.keys(more).filter((told) => told !== 'ConnectionLoss'),
        [],
      );
      assert.equal(await kazoo.session(), before);
      assert.deepEqual(await statOf(here, '/survived/kazoo'), owned);
      const tried = await enter(here, 'rolled', randomUUID(), 'try');
      assert.equal((await problemOf(tried)).code, 'LOCKHELD');
      await kazoo.asks('unlock /locks/rolled', /^released /);
    });
  });
});
