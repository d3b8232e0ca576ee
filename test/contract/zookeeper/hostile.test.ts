import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { defaultLimits } from '../../../src/model/limits.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import {
  Bystander,
  bytes,
  connectRequest,
  frame,
  int32,
  int64,
  JuteSocket,
  records,
  request,
  text,
  texts,
  worldAcl,
} from '../../support/zookeeper/jute-frames.ts';
import { until } from '../../support/until.ts';
import { opCodes as op } from '../../support/zookeeper/requests.ts';

const ok = 0;
const marshallingError = -5;
const unimplemented = -6;
const badArguments = -8;
const noNode = -101;
const authFailed = -115;
const mebibyte = 1_048_576;
const { requestBytesMax } = defaultLimits;
const shortestTimeoutMs = 1_000;
/** `npm run test:zookeeper-connections` asks for 10,000. */
const connections = Number(process.env['QUOLL_CONNECTIONS'] ?? 500);

/** One whole record of each operation that has any. */
const wholeRecords: readonly (readonly [code: number, record: Buffer])[] = [
  [1, records.create('/never', Buffer.from('x'))],
  [15, records.create('/never', Buffer.from('x'))],
  [19, records.create('/never', Buffer.from('x'), 4)],
  [21, Buffer.concat([records.create('/never', Buffer.from('x'), 5), int64(60_000n)])],
  [2, records.versioned('/kept')],
  [13, records.versioned('/kept')],
  [3, records.read('/kept')],
  [4, records.read('/kept')],
  [8, records.read('/kept')],
  [12, records.read('/kept')],
  [5, records.set('/kept', Buffer.from('changed'))],
  [6, text('/kept')],
  [7, Buffer.concat([text('/kept'), worldAcl, int32(-1)])],
  [9, text('/kept')],
  [103, text('/')],
  [104, text('/kept')],
  [106, records.watch('/kept', 1)],
  [17, records.watch('/kept', 1)],
  [18, records.watch('/kept', 1)],
  [101, Buffer.concat([int64(0n), texts(['/a']), texts(['/b']), texts(['/c'])])],
  [105, Buffer.concat([int64(0n), ...['/a', '/b', '/c', '/d', '/e'].map((path) => texts([path]))])],
  [100, records.auth('digest', 'user:password')],
  [14, multi([1, records.create('/never', Buffer.from('x'))], [2, records.versioned('/kept')])],
  [22, multi([4, records.read('/kept')], [8, records.read('/kept')])],
];

function multi(...ops: readonly (readonly [code: number, record: Buffer])[]): Buffer {
  return Buffer.concat([
    ...ops.map(([code, record]) =>
      Buffer.concat([int32(code), Buffer.from([0]), int32(-1), record]),
    ),
    ...[int32(-1), Buffer.from([1]), int32(-1)],
  ]);
}

describe("the door for ZooKeeper's clients: hostile input", () => {
  let ensemble: TestEnsemble;
  let peer: PeerProcess;
  let address: string;
  let bystander: Bystander;
  const opened: JuteSocket[] = [];

  before(async () => {
    ensemble = await startEnsemble({
      peers: 1,
      zookeeper: true,
      lines: [
        '4lw.commands.whitelist=*',
        `minSessionTimeout=${String(shortestTimeoutMs)}`,
        'maxSessionTimeout=60000',
      ],
    });
    peer = ensemble.peer(1);
    address = peer.zookeeper;
    bystander = await Bystander.begin(address, '/bystander');
    const one = await session();
    assert.equal(
      (await one.ask(1, op.create, records.create('/kept', Buffer.from('k')))).error,
      ok,
    );
    one.destroy();
  });

  afterEach(async () => {
    // Whatever was done to the peer, others were served, and are.
    await bystander.isServed();
    for (const each of opened.splice(0)) each.destroy();
  });

  after(async () => {
    await bystander.stop();
    assert.match(peer.log, /"level":"info"/);
    assert.doesNotMatch(peer.log, /"level":"?(error|fatal|50|60)/);
    await ensemble.stop();
  });

  async function plain(): Promise<JuteSocket> {
    const socket = await JuteSocket.open(address);
    opened.push(socket);
    return socket;
  }

  async function session(timeoutMs = 30_000): Promise<JuteSocket> {
    const socket = await JuteSocket.connected(address, { timeoutMs });
    opened.push(socket);
    return socket;
  }

  async function figure(name: string): Promise<number> {
    const socket = connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
    const chunks: Buffer[] = [];
    for await (const chunk of socket.setNoDelay().end('mntr')) chunks.push(chunk as Buffer);
    const line = new RegExp(`^zk_${name}\t(.*)$`, 'm').exec(Buffer.concat(chunks).toString());
    return Number(line?.[1]);
  }

  async function memory(): Promise<number> {
    const text = await (await fetch(`${peer.http}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  }

  /** It answers in order still: nothing came for what went before. */
  async function isKept(socket: JuteSocket): Promise<void> {
    assert.deepEqual((await socket.ask(-2, op.ping)).xid, -2);
    const read = await socket.ask(77, op.getData, records.read('/kept'));
    assert.deepEqual([read.xid, read.error, read.body.toString('utf8', 4, 5)], [77, ok, 'k']);
  }

  it('ends a connection at a length that is impossible, without a word', async () => {
    const dropped = await figure('connection_drop_count');
    const lengths = [-1, -2_147_483_648, 64 * mebibyte + 1, 2_147_483_647];
    for (const length of lengths) {
      const socket = (await session()).write(int32(length));
      await socket.closed();
      assert.deepEqual(socket.frames, []);
      // In place of a ConnectRequest too; and what comes before it is answered.
      const fresh = (await plain()).write(int32(length));
      await fresh.closed();
      assert.deepEqual(fresh.frames, []);
      const later = (await session()).write(
        request(5, op.ping),
        int32(length),
        request(6, op.ping),
      );
      await later.closed();
      assert.ok(later.frames.length <= 1);
    }
    assert.equal(await figure('connection_drop_count'), dropped + 3 * lengths.length);
  });

  it('ends a connection at a frame that is shorter than a header', async () => {
    for (let size = 0; size < 8; size++) {
      const socket = (await session()).write(frame(Buffer.alloc(size)));
      await socket.closed();
      assert.deepEqual(socket.frames, []);
    }
  });

  it('ends a connection that begins with no ConnectRequest', async () => {
    const whole = connectRequest().subarray(4);
    // The flag at its end is missing from older clients, the password is not.
    for (const record of [
      ...Array.from({ length: whole.length - 2 }, (_, size) => whole.subarray(0, size)),
      Buffer.concat([whole.subarray(0, 24), int32(-2)]),
      Buffer.concat([whole.subarray(0, 24), int32(2_147_483_647), Buffer.alloc(16)]),
      Buffer.alloc(requestBytesMax + 1),
    ]) {
      const socket = (await plain()).write(frame(record));
      await socket.closed();
      assert.deepEqual(socket.frames, []);
      assert.equal(opened.pop(), socket);
    }
  });

  it('answers a record that ends too early MARSHALLINGERROR, and changes nothing', async () => {
    const socket = await session();
    for (const [code, record] of wholeRecords) {
      for (let size = 0; size < record.length; size++) {
        socket.write(request(code * 1_000 + size, code, record.subarray(0, size)));
      }
      for (let size = 0; size < record.length; size++) {
        const { xid, error } = await socket.reply();
        const what = `operation ${String(code)}, ${String(size)} of ${String(record.length)} bytes`;
        assert.deepEqual([what, xid, error], [what, code * 1_000 + size, marshallingError]);
      }
    }
    assert.equal((await socket.ask(1, op.exists, records.read('/never'))).error, noNode);
    await isKept(socket);
  });

  it('answers lengths and counts that cannot be MARSHALLINGERROR', async () => {
    const socket = await session();
    for (const count of [-2, -2_147_483_648, 2_147_483_647, 1_000_000]) {
      const vector = int32(count);
      for (const [code, record] of [
        [op.create, Buffer.concat([vector, Buffer.from('/never')])],
        [op.create, Buffer.concat([text('/never'), vector])],
        [op.create, Buffer.concat([text('/never'), bytes(null), vector, worldAcl])],
        [op.setData, Buffer.concat([text('/kept'), vector, int32(-1)])],
        [101, Buffer.concat([int64(0n), vector, texts(['/a'])])],
        [op.auth, Buffer.concat([int32(0), text('digest'), vector])],
        [op.multi, Buffer.concat([int32(count), Buffer.from([0]), int32(-1)])],
      ] as const) {
        const { xid, error } = await socket.ask(count, code, record);
        assert.deepEqual([xid, error], [count, marshallingError]);
      }
    }
    // More operations than one transaction may have.
    const checks = Array.from({ length: 1_001 }, () => [13, records.versioned('/kept')] as const);
    assert.equal((await socket.ask(1, op.multi, multi(...checks))).error, marshallingError);
    assert.equal((await socket.ask(2, op.multi, multi(...checks.slice(1)))).error, ok);
    await isKept(socket);
  });

  it('answers an operation that it does not know UNIMPLEMENTED, and ends the connection', async () => {
    const codes = [0, -1, -2, -10, -12, 10, 23, 99, 108, 888, 2_147_483_647, -2_147_483_648];
    for (const code of codes) {
      for (const record of [Buffer.alloc(0), Buffer.alloc(100, 0xff)]) {
        const socket = await session();
        const after = request(8, op.delete, records.versioned('/kept'));
        // In its turn: what was asked before is answered, and what comes after it is not done.
        socket.write(
          request(7, op.setData, records.set('/kept', Buffer.from('kept'))),
          Buffer.concat([request(code, code, record), after]),
        );
        assert.deepEqual([(await socket.reply()).error, socket.isClosed], [ok, false]);
        const { xid, error } = await socket.reply();
        assert.deepEqual([xid, error], [code, unimplemented]);
        await socket.closed();
        assert.equal(socket.frames.length, 0);
      }
    }
    await isKept(await session());
  });

  it('leaves the removal of containers to the leader, and goes on', async () => {
    const socket = await session();
    const deleteContainer = 20;
    const { error } = await socket.ask(1, deleteContainer, Buffer.from('/kept'));
    assert.equal(error, unimplemented);
    await isKept(socket);
  });

  it('answers a request with too much data BADARGUMENTS, and hangs up on one that is too large', async () => {
    const socket = await session();
    const largest = Buffer.alloc(requestBytesMax - 8 - 4 - 5 - 4 - 4);
    const { error } = await socket.ask(14, op.setData, records.set('/kept', largest));
    assert.equal(error, badArguments);
    await isKept(socket);
    for (const size of [requestBytesMax + 1, 2 * mebibyte, 2_000_000_000]) {
      const other = await session();
      const begin = Buffer.alloc(12);
      begin.writeInt32BE(size);
      // What came before it is answered; it is the announcement that ends it, as in ZooKeeper.
      other.write(request(11, op.getData, records.read('/kept')), begin);
      assert.equal((await other.reply()).xid, 11);
      await other.closed();
    }
  });

  it('refuses a session to whom does not know its password, and leaves it alone', async () => {
    const owner = await plain();
    const { session: id, password } = await owner.connect();
    const wrong = Buffer.from(password);
    wrong[15] = (wrong[15] ?? 0) ^ 1;
    for (const as of [
      { session: id, password: wrong },
      { session: id, password: Buffer.alloc(0) },
      { session: id, password: Buffer.alloc(16) },
      { session: id, password: Buffer.concat([password, Buffer.alloc(1)]) },
      { session: id, password: Buffer.alloc(1_000_000) },
      { session: id + 1n, password },
      { session: -id, password },
      { session: -1n, password },
    ]) {
      const socket = await plain();
      const { timeoutMs, session: given, password: none } = await socket.connect(as);
      assert.deepEqual([timeoutMs, given, none], [0, 0n, Buffer.alloc(16)]);
      await socket.closed();
    }
    await isKept(owner);
    const again = await plain();
    assert.equal((await again.connect({ session: id, password })).session, id);
    await isKept(again);
    await owner.closed();
  });

  it('proves as many identities as every write can carry, and no more', async () => {
    const socket = await session();
    const proof = (index: number): Buffer =>
      records.auth('digest', `${'u'.repeat(1_000)}${String(index)}:p`);
    let count = 0;
    while ((await socket.ask(-4, op.auth, proof(count))).error === ok) count++;
    assert.ok(count >= 10 && count < 20, String(count));
    await socket.closed();
    const other = await session();
    for (let index = 0; index < 100; index++) {
      // The same one again is no other one.
      assert.equal((await other.ask(-4, op.auth, proof(0))).error, ok);
    }
    assert.equal((await other.ask(1, op.whoAmI)).body.readInt32BE(0), 2);
    const { error } = await other.ask(-4, op.auth, records.auth('digest', 'u'.repeat(100_000)));
    assert.equal(error, authFailed);
    await other.closed();
  });

  it('takes half a frame for no sign of life', async () => {
    const socket = await session(shortestTimeoutMs);
    socket.write(int32(1_000_000));
    const dripping = setInterval(() => socket.write(Buffer.alloc(1)), 50);
    await socket.closed();
    clearInterval(dripping);
  });

  it('bears many connections with half a frame each', async () => {
    const before = await memory();
    const many = await Promise.all(Array.from({ length: 200 }, () => session()));
    for (const socket of many) socket.write(int32(requestBytesMax));
    for (let round = 0; round < 100; round++) {
      for (const socket of many) socket.write(Buffer.alloc(1 + (round % 50)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await bystander.isServed();
    const grown = (await memory()) - before;
    assert.ok(grown < 100 * mebibyte, `${String(Math.round(grown / mebibyte))} MiB more`);
  });

  it('gives whom reads slowly all that was asked for', async () => {
    const socket = await session();
    const data = Buffer.alloc(900_000, 'd');
    assert.equal((await socket.ask(1, op.create, records.create('/large', data))).error, ok);
    // More in one chunk than may wait for a client that never reads.
    const count = 60;
    const reads = Array.from({ length: count }, (_, xid) =>
      request(xid, op.getData, records.read('/large')),
    );
    socket.write(Buffer.concat(reads));
    for (let xid = 0; xid < count; xid++) {
      const reply = await socket.reply();
      assert.deepEqual([reply.xid, reply.error], [xid, ok]);
      assert.equal(reply.body.readInt32BE(0), data.length);
    }
    // And all that was written, above what is in flight at a time.
    const large = records.set('/large', data);
    for (let xid = 0; xid < 30; xid++) socket.write(request(xid, op.setData, large));
    for (let xid = 0; xid < 30; xid++) {
      const { xid: answered, error } = await socket.reply();
      assert.deepEqual([answered, error], [xid, ok]);
    }
  });

  it('answers of one multiRead as much as can be sent, and refuses the rest', async () => {
    const socket = await session();
    const count = 1_000;
    const reads = Array.from(
      { length: count },
      () => [op.getData, records.read('/large')] as const,
    );
    const { error, body } = await socket.ask(1, 22, multi(...reads));
    assert.equal(error, ok);
    const errors: number[] = [];
    for (let at = 0; body[at + 4] === 0;) {
      const found = body.readInt32BE(at + 5);
      errors.push(found);
      at += 9 + (found === ok ? 4 + 900_000 + 68 : 4);
    }
    assert.equal(errors.length, count);
    const answered = errors.findIndex((each) => each !== ok);
    assert.ok(answered > 10 && answered < 25, String(answered));
    assert.ok(errors.slice(answered).every((each) => each === badArguments));
    await isKept(socket);
  });

  it('lets others have their turn while requests that cost much are answered', async () => {
    const socket = await session();
    const create = (path: string): readonly [number, Buffer] => [
      op.create,
      records.create(path, Buffer.alloc(0)),
    ];
    assert.equal((await socket.ask(1, op.multi, multi(create('/many')))).error, ok);
    for (let batch = 0; batch < 5; batch++) {
      const creates = Array.from({ length: 1_000 }, (_, index) =>
        create(`/many/${String(batch * 1_000 + index)}`),
      );
      assert.equal((await socket.ask(2, op.multi, multi(...creates))).error, ok);
    }
    const { framesSeen } = socket;
    const count = 500;
    const listing = request(3, op.getChildren, records.read('/many'));
    socket.write(Buffer.concat(Array.from({ length: count }, () => listing)));
    await bystander.isServed();
    assert.ok(socket.framesSeen < framesSeen + count, 'the bystander came last');
    await until('all answers', () => socket.framesSeen === framesSeen + count);
    assert.ok(socket.frames.every((reply) => reply.readInt32BE(16) === 5_000));
  });

  it('does not read from whom never reads, until the session is over', async () => {
    const before = await memory();
    const sessions = await figure('global_sessions');
    const socket = await session(shortestTimeoutMs);
    socket.socket.pause();
    const read = request(1, op.getData, records.read('/large'));
    // 9 GB, should anyone answer all of it.
    const reads = Buffer.concat(Array.from({ length: 10_000 }, () => read));
    socket.write(reads);
    await bystander.isServed();
    const grown = (await memory()) - before;
    assert.ok(grown < 200 * mebibyte, `${String(Math.round(grown / mebibyte))} MiB more`);
    await until('its session to expire', async () => (await figure('global_sessions')) <= sessions);
    await socket.closed();
    assert.ok(socket.receivedBytes < 33 * mebibyte);
  });

  it('drops who never reads what it watches, at the limit', async () => {
    const dropped = await figure('connection_drop_count');
    const writer = await session();
    assert.equal(
      (await writer.ask(1, op.create, records.create('/watched', bytes(null)))).error,
      ok,
    );
    const path = `/watched/${'x'.repeat(1_000)}`;
    assert.equal((await writer.ask(2, op.create, records.create(path, bytes(null)))).error, ok);
    const watcher = await session(60_000);
    assert.equal((await watcher.ask(1, op.addWatch, records.watch('/watched', 1))).error, ok);
    watcher.socket.pause();
    const set = [op.setData, records.set(path, Buffer.alloc(0))] as const;
    const many = multi(...Array.from({ length: 1_000 }, () => set));
    await until('the watcher to be dropped', async () => {
      assert.equal((await writer.ask(3, op.multi, many)).error, ok);
      return (await figure('connection_drop_count')) > dropped;
    });
    await watcher.closed();
    await isKept(writer);
  }).timeout(60_000);

  it('answers a hundred thousand requests in order, sent before any answer is read', async () => {
    const socket = await session();
    const count = 100_000;
    socket.socket.pause();
    const requests = Array.from({ length: count }, (_, xid) =>
      xid % 2 === 0 ? request(xid, op.ping) : request(xid, op.exists, records.read(bystander.path)),
    );
    socket.write(Buffer.concat(requests));
    await bystander.isServed();
    socket.socket.resume();
    await until('all answers', () => socket.framesSeen > count);
    const xids = socket.frames.map((reply) => reply.readInt32BE(0));
    assert.equal(xids.length, count);
    assert.ok(xids.every((xid, index) => xid === index));
  });

  it(`serves ${String(connections)} connections, and nothing is left of them`, async function () {
    const openFiles = openFilesMax();
    assert.ok(
      openFiles >= connections + 500,
      `Raise the limit of open files, here and for the peer: ulimit -n ${String(connections + 500)}`,
    );
    const left = await figure('num_alive_connections');
    const sessions = await figure('global_sessions');
    const before = await memory();
    const many: JuteSocket[] = [];
    while (many.length < connections) {
      const batch = Math.min(250, connections - many.length);
      many.push(...(await Promise.all(Array.from({ length: batch }, () => session(60_000)))));
      await bystander.isServed();
    }
    for (const socket of many) socket.keepAlive(10_000);
    assert.ok((await figure('num_alive_connections')) >= connections);
    assert.ok((await figure('global_sessions')) >= connections);
    const each = Math.round(((await memory()) - before) / connections);
    // Of few it says little: the peer's memory grows and shrinks by more.
    if (this.test !== undefined && connections > 5_000) {
      this.test.title += `, of ${String(each)} bytes each`;
    }
    assert.ok(each < 100_000, `${String(each)} bytes for each`);
    for (let round = 0; round < 3; round++) {
      const replies = await Promise.all(
        many.map((socket, xid) => socket.ask(xid, op.getData, records.read('/kept'))),
      );
      assert.ok(replies.every(({ xid, error }, index) => xid === index && error === ok));
    }
    // Some take their leave, others just go.
    for (const [index, socket] of many.entries()) {
      if (index % 100 === 0) socket.destroy();
      else socket.write(request(1, op.closeSession));
    }
    await Promise.all(many.map((socket) => socket.closed()));
    await until('nothing to be left', async () => (await figure('num_alive_connections')) <= left);
    // Those that just went have sessions until their time is over.
    const gone = Math.ceil(connections / 100);
    await until(
      'closed sessions to be gone',
      async () => (await figure('global_sessions')) <= sessions + gone,
    );
  }).timeout(20_000 + connections * 20);
});

/** Of this process; a peer that it starts has the same. */
function openFilesMax(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
}
