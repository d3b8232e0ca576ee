// npm's node-zookeeper-client, whose connect request has no readOnly byte.
// usage: node-client.mjs cases|agent HOST:PORT[,HOST:PORT...]

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import zookeeper from 'node-zookeeper-client';

const { CreateMode, Event, Exception, ACL, Permission, Id } = zookeeper;
const [kind, hosts] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);

/** The client, and its operations as promises. */
async function connect(at = hosts) {
  const client = zookeeper.createClient(at, { sessionTimeout: 20_000 });
  client.connect();
  await once(client, 'connected');
  const call =
    (name) =>
    (...values) =>
      promisify(client[name].bind(client))(...values);
  const names = ['create', 'setData', 'remove', 'removeRecursive', 'mkdirp', 'getACL', 'setACL'];
  const calls = Object.fromEntries(names.map((name) => [name, call(name)]));
  /** Of operations that may watch: their last value is the stat, or there is only one. */
  const read =
    (name) =>
    (path, watcher = undefined) =>
      new Promise((resolve, reject) => {
        const parameters = watcher === undefined ? [path] : [path, watcher];
        client[name](...parameters, (error, ...values) => {
          if (error) reject(error);
          else resolve(values);
        });
      });
  const reads = Object.fromEntries(
    ['getData', 'exists', 'getChildren'].map((name) => [name, read(name)]),
  );
  return { client, ...calls, ...reads };
}

const refusedWith = (code) => (error) => {
  assert.equal(error.getCode?.(), Exception[code], String(error));
  return true;
};

/** A watcher, and the promise of its event. */
function watching() {
  let heard;
  const event = new Promise((resolve) => {
    heard = resolve;
  });
  return { watcher: (value) => heard([value.getName(), value.getPath()]), event };
}

const cases = {
  async 'create, get, set, delete'({ create, getData, setData, remove, exists }) {
    assert.equal(await create('/node', Buffer.from('1')), '/node');
    const [data, stat] = await getData('/node');
    assert.equal(data.toString(), '1');
    assert.deepEqual([stat.version, stat.dataLength, stat.numChildren], [0, 1, 0]);
    assert.equal((await setData('/node', Buffer.from('22'), 0)).version, 1);
    await assert.rejects(setData('/node', Buffer.from('3'), 0), refusedWith('BAD_VERSION'));
    await assert.rejects(create('/node'), refusedWith('NODE_EXISTS'));
    await assert.rejects(getData('/node/none'), refusedWith('NO_NODE'));
    assert.deepEqual(await exists('/node/none'), [null]);
    await create('/node/child');
    await assert.rejects(remove('/node', -1), refusedWith('NOT_EMPTY'));
    await remove('/node/child', 0);
    // Null and empty data are told apart.
    await create('/node/null', null);
    assert.equal((await getData('/node/null'))[0], undefined);
  },

  // One level of children: its removeRecursive looks no deeper, with any server.
  async 'parents and trees'({ mkdirp, getChildren, removeRecursive, exists }) {
    assert.equal(await mkdirp('/node/a/b'), '/node/a/b');
    const [children, stat] = await getChildren('/node/a');
    assert.deepEqual([children, stat.numChildren], [['b'], 1]);
    await removeRecursive('/node/a', -1);
    assert.deepEqual(await exists('/node/a'), [null]);
  },

  async 'ephemerals and sequences'({ client, create, getData, exists }) {
    const { EPHEMERAL_SEQUENTIAL, PERSISTENT_SEQUENTIAL, EPHEMERAL } = CreateMode;
    await create('/node/kinds');
    assert.equal(await create('/node/kinds/s-', PERSISTENT_SEQUENTIAL), '/node/kinds/s-0000000000');
    const path = await create('/node/kinds/e-', EPHEMERAL_SEQUENTIAL);
    assert.equal(path, '/node/kinds/e-0000000001');
    const [, stat] = await getData(path);
    assert.deepEqual(stat.ephemeralOwner, client.getSessionId());
    const other = await connect();
    await other.create('/node/kinds/theirs', EPHEMERAL);
    // At another peer it may come later, and a watch set before that would tell of its coming.
    await until(async () => (await exists('/node/kinds/theirs'))[0] !== null);
    const { watcher, event } = watching();
    await exists('/node/kinds/theirs', watcher);
    other.client.close();
    assert.deepEqual(await event, ['NODE_DELETED', '/node/kinds/theirs']);
  },

  async watches({ create, setData, remove, exists, getData, getChildren }) {
    await create('/node/watched');
    const [created, children, changed, deleted] = [0, 1, 2, 3].map(watching);
    await exists('/node/watched/x', created.watcher);
    await getChildren('/node/watched', children.watcher);
    await create('/node/watched/x');
    assert.deepEqual(await created.event, ['NODE_CREATED', '/node/watched/x']);
    assert.deepEqual(await children.event, ['NODE_CHILDREN_CHANGED', '/node/watched']);
    await getData('/node/watched/x', changed.watcher);
    await setData('/node/watched/x', Buffer.from('1'), -1);
    assert.deepEqual(await changed.event, ['NODE_DATA_CHANGED', '/node/watched/x']);
    await exists('/node/watched/x', deleted.watcher);
    await remove('/node/watched/x', -1);
    assert.deepEqual(await deleted.event, ['NODE_DELETED', '/node/watched/x']);
  },

  async transaction({ client, exists }) {
    const commit = (transaction) => promisify(transaction.commit.bind(transaction))();
    const made = await commit(
      client
        .transaction()
        .create('/node/multi', Buffer.from('1'))
        .setData('/node/multi', Buffer.from('2'), 0)
        .check('/node/multi', 1)
        .create('/node/multi/s-', CreateMode.PERSISTENT_SEQUENTIAL),
    );
    assert.equal(made.length, 4);
    assert.equal(made[3].path, '/node/multi/s-0000000000');
    const refused = client
      .transaction()
      .remove('/node/multi/s-0000000000', -1)
      .check('/node/multi', 9);
    await assert.rejects(commit(refused), refusedWith('BAD_VERSION'));
    assert.notEqual((await exists('/node/multi/s-0000000000'))[0], null);
  },

  async 'authentication and ACLs'({ create, exists, getACL, setACL, getData }) {
    const alice = await connect();
    alice.client.addAuthInfo('digest', Buffer.from('alice:secret'));
    await alice.create('/node/guarded', Buffer.from('x'), ACL.CREATOR_ALL_ACL);
    await until(async () => (await exists('/node/guarded'))[0] !== null);
    await assert.rejects(getData('/node/guarded'), refusedWith('NO_AUTH'));
    assert.equal((await alice.getData('/node/guarded'))[0].toString(), 'x');
    const readable = [new ACL(Permission.READ, new Id('world', 'anyone'))];
    await alice.setACL('/node/guarded', readable, 0);
    await until(() =>
      getData('/node/guarded').then(
        () => true,
        () => false,
      ),
    );
    await assert.rejects(setACL('/node/guarded', readable, 1), refusedWith('NO_AUTH'));
    const acl = await getACL('/node/guarded');
    assert.deepEqual([acl.length, acl[0].permission], [1, Permission.READ]);
    await assert.rejects(create('/node/nobody', ACL.CREATOR_ALL_ACL), refusedWith('INVALID_ACL'));
    alice.client.close();
  },
};

/** Waits until the check gives true; a bound for a case that is stuck is the test's own. */
async function until(check) {
  while (!(await check())) await delay(10);
}

async function runCases() {
  const session = await connect();
  let failed = 0;
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run(session);
      say(`ok ${name}`);
    } catch (error) {
      failed += 1;
      say(`FAILED ${name}\n${error.stack}`);
    }
  }
  session.client.close();
  if (failed === 0) say(`all ${Object.keys(cases).length} passed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/**
 * Does what it is told on stdin, a word and a path a line, and says on stdout what came of it; so do the agents of the
 * other clients. This one has no lock recipe.
 */
async function runAgent() {
  const { client, create, getData } = await connect();
  for await (const line of createInterface({ input: process.stdin })) {
    const [word, path] = line.split(' ');
    switch (word) {
      case 'session':
        say(`session ${client.getSessionId().toString('hex').replace(/^0+/, '')}`);
        break;
      case 'ephemeral':
        await create(path, Buffer.from('node'), CreateMode.EPHEMERAL);
        say(`created ${path}`);
        break;
      case 'watch':
        await getData(path, (event) => {
          if (event.getType() === Event.NODE_DATA_CHANGED) say(`changed ${path}`);
        });
        say(`watching ${path}`);
        break;
      default:
        throw new Error(`unknown: ${word}`);
    }
  }
  client.close();
}

await (kind === 'agent' ? runAgent() : runCases());
