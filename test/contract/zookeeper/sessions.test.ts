import assert from 'node:assert/strict';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';
import { connectionLoss, JuteClient } from '../../support/zookeeper/jute-client.ts';
import { flags, openAcl } from '../../support/zookeeper/requests.ts';

const noNode = -101;
const authFailed = -115;
const shortestTimeoutMs = 1_000;
const longestTimeoutMs = 40_000;
const refusal = {
  protocolVersion: 0,
  timeoutMs: 0,
  session: 0n,
  password: Buffer.alloc(16),
};

describe("the door for ZooKeeper's clients: sessions", () => {
  let ensemble: TestEnsemble;
  const opened: JuteClient[] = [];

  before(async () => {
    const lines = [
      `minSessionTimeout=${String(shortestTimeoutMs)}`,
      `maxSessionTimeout=${String(longestTimeoutMs)}`,
    ];
    ensemble = await startEnsemble({ peers: 3, zookeeper: true, lines });
  });

  afterEach(() => {
    for (const client of opened.splice(0)) {
      client.destroy();
      assert.deepEqual(client.wrong, []);
    }
  });

  after(async () => {
    await ensemble.stop();
  });

  function at(peer: number): string {
    return ensemble.peer(peer).zookeeper;
  }

  async function connected(...args: Parameters<typeof JuteClient.connect>): Promise<JuteClient> {
    const client = await JuteClient.connect(...args);
    opened.push(client);
    return client;
  }

  async function open(peer = 1): Promise<JuteClient> {
    const client = await JuteClient.open(at(peer));
    opened.push(client);
    return client;
  }

  async function ephemeral(client: JuteClient, path: string): Promise<void> {
    const { err } = await client.ask({
      op: 'create',
      path,
      data: null,
      acl: openAcl,
      flags: flags.ephemeral,
    });
    assert.equal(err, 0);
  }

  async function gone(path: string, peer: number): Promise<void> {
    const reader = await connected(at(peer));
    await until(`${path} to go at peer ${String(peer)}`, async () => {
      const { err } = await reader.ask({ op: 'exists', path, watch: false });
      return err === noNode;
    });
  }

  it('answer with the readOnly byte whom sends it, and without it whom does not', async () => {
    const younger = await connected(at(1), { readOnly: false });
    const older = await connected(at(1), { readOnly: 'absent' });
    const readOnly = await connected(at(1), { readOnly: true });
    assert.equal(younger.connected.readOnly, false);
    assert.equal(older.connected.readOnly, undefined);
    assert.equal(readOnly.connected.readOnly, false);
    for (const { connected: reply } of [younger, older, readOnly]) {
      assert.equal(reply.protocolVersion, 0);
      assert.equal(reply.timeoutMs, 30_000);
      assert.ok(reply.session > 0n);
      assert.equal(reply.password.length, 16);
    }
    assert.notDeepEqual(younger.connected.password, older.connected.password);
  });

  it('have a timeout within bounds, which the client is told', async () => {
    const asked = [
      [-5, shortestTimeoutMs],
      [0, shortestTimeoutMs],
      [1, shortestTimeoutMs],
      [7_777, 7_777],
      [2_000_000_000, longestTimeoutMs],
    ] as const;
    for (const [timeoutMs, given] of asked) {
      const client = await connected(at(2), { timeoutMs });
      assert.equal(client.connected.timeoutMs, given);
      await client.close();
    }
  });

  it('are come back to with the password, at the same peer, with the same answer', async () => {
    const before = await connected(at(1));
    await ephemeral(before, '/same-peer');
    const { session, password } = before.connected;
    before.destroy();
    const client = await connected(at(1), { session, password, lastZxidSeen: before.lastZxid });
    assert.equal(client.session, session);
    assert.deepEqual(client.connected.password, password);
    const { body } = await client.ask({ op: 'exists', path: '/same-peer', watch: false });
    assert.equal(body.stat?.ephemeralOwner, session);
  });

  it('are not come back to with a wrong password, nor when nobody knows them', async () => {
    const owner = await connected(at(1));
    const { session, password } = owner.connected;
    const wrong = { session, password: Buffer.alloc(16, 7) };
    const unknown = { session: session + 1n, password };
    const impossible = { session: -1n, password };
    for (const options of [wrong, unknown, impossible]) {
      const client = await open(2);
      assert.deepEqual(await client.handshake(options), { ...refusal, readOnly: false });
      await client.closed;
    }
    const older = await open(2);
    const reply = await older.handshake({ ...wrong, readOnly: 'absent' });
    assert.deepEqual(reply, { ...refusal, readOnly: undefined });
    assert.equal((await owner.ask({ op: 'ping' })).err, 0);
  });

  it('move to another peer, and the connection that they had is closed', async () => {
    const before = await connected(at(1));
    await ephemeral(before, '/moved');
    const { session, password } = before.connected;
    const client = await connected(at(2), { session, password, lastZxidSeen: before.lastZxid });
    await before.closed;
    assert.equal((await before.ask({ op: 'ping' })).err, connectionLoss);
    const { body } = await client.ask({ op: 'exists', path: '/moved', watch: false });
    assert.equal(body.stat?.ephemeralOwner, session);
    await client.close();
    await gone('/moved', 1);
  });

  it('are refused without a word to who has seen what no peer has', async () => {
    const client = await open();
    assert.equal(await client.handshake({ lastZxidSeen: 2n ** 62n }), undefined);
    await client.closed;
  });

  it('take with them at every peer what was theirs, when they are closed', async () => {
    const client = await connected(at(1));
    await ephemeral(client, '/closed');
    const { session, password } = client.connected;
    const last = client.askAll([
      { op: 'exists', path: '/closed', watch: false },
      { op: 'closeSession' },
      { op: 'ping' },
    ]);
    const errors = (await Promise.all(last)).map(({ err }) => err);
    assert.deepEqual(errors, [0, 0, connectionLoss]);
    await client.closed;
    for (const peer of [1, 2, 3]) await gone('/closed', peer);
    const late = await open(3);
    assert.deepEqual(await late.handshake({ session, password }), { ...refusal, readOnly: false });
  });

  it('expire when nothing is heard of them, and the connection is closed', async () => {
    const silent = await connected(at(2), { timeoutMs: shortestTimeoutMs });
    const watcher = await connected(at(3));
    await ephemeral(silent, '/expired');
    await watcher.ask({ op: 'sync', path: '/' });
    await watcher.ask({ op: 'exists', path: '/expired', watch: true });
    await silent.closed;
    for (const peer of [1, 2, 3]) await gone('/expired', peer);
    await until('the event', () => watcher.events.length > 0);
    assert.deepEqual(
      watcher.events.map(({ type, path }) => [type, path]),
      [[2, '/expired']],
    );
    const { session, password } = silent.connected;
    const late = await open(2);
    assert.deepEqual(await late.handshake({ session, password }), { ...refusal, readOnly: false });
    await late.closed;
  });

  it('live as long as pings come', async () => {
    const client = await connected(at(3), { timeoutMs: shortestTimeoutMs });
    await ephemeral(client, '/pinged');
    const other = await connected(at(1), { timeoutMs: shortestTimeoutMs });
    // Until one that began later and is silent has expired, twice.
    for (let round = 0; round < 2; round++) {
      const silent = round === 0 ? other : await connected(at(1), { timeoutMs: shortestTimeoutMs });
      await until('a silent session to expire', async () => {
        assert.equal((await client.ask({ op: 'ping' })).err, 0);
        return silent.isClosed;
      });
    }
    assert.equal((await client.ask({ op: 'exists', path: '/pinged', watch: false })).err, 0);
  });

  it('end their connection, not themselves, at a proof that fails', async () => {
    const client = await connected(at(1));
    const { session, password } = client.connected;
    const { err } = await client.ask({ op: 'auth', scheme: 'nothing', auth: 'x' });
    assert.equal(err, authFailed);
    await client.closed;
    const back = await connected(at(1), { session, password });
    assert.equal((await back.ask({ op: 'auth', scheme: 'digest', auth: 'a:b' })).err, 0);
    const { body } = await back.ask({ op: 'whoAmI' });
    assert.deepEqual(body.clientInfo, [
      { scheme: 'ip', user: '127.0.0.1' },
      { scheme: 'digest', user: 'a' },
    ]);
  });
});
