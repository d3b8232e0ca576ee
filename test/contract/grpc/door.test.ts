// What a client may do to the gRPC door, good and bad, and what others see of it: nothing.

import { status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { protoPath } from 'grpc-health-check';
import {
  borrowEnsemble,
  startEnsemble,
  type PeerProcess,
  type TestEnsemble,
} from '../../support/ensemble.ts';
import { GrpcClient, refusalOf, richErrorFrom, znodes } from '../../support/grpc-client.ts';
import { until } from '../../support/until.ts';

interface HealthStatus {
  readonly status: string;
}
const health = loadSync(protoPath, { enums: String })[
  'grpc.health.v1.Health'
] as unknown as Readonly<
  Record<
    'Check' | 'Watch',
    {
      readonly path: string;
      requestSerialize(request: { readonly service: string }): Buffer;
      responseDeserialize(bytes: Buffer): HealthStatus;
    }
  >
>;

interface RawAnswer {
  readonly http: number;
  readonly grpc: number | undefined;
  readonly trailers: Readonly<Record<string, unknown>>;
}

const frame = (message: Uint8Array, length = message.length): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
};

/** One call by hand: whatever headers, whatever bytes. */
function raw(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: Uint8Array,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/quoll.v1.ZnodeService/Get',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let answer: RawAnswer | undefined;
    const take = (given: Readonly<Record<string, unknown>>): void => {
      answer = {
        http: Number(given[':status'] ?? answer?.http),
        grpc: given['grpc-status'] === undefined ? undefined : Number(given['grpc-status']),
        trailers: given,
      };
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('error', reject);
    stream.on('close', () => {
      if (answer === undefined) reject(new Error('no answer'));
      else resolve(answer);
    });
    stream.resume();
    stream.end(body);
  });
}

/** The ErrorInfo's reason of what came by hand. */
function reasonOf({ trailers }: RawAnswer): string {
  const details = trailers['grpc-status-details-bin'];
  assert.equal(typeof details, 'string');
  return richErrorFrom(Buffer.from(String(details), 'base64')).reason;
}

describe('grpc: the door', () => {
  let ensemble: TestEnsemble;
  let peer: PeerProcess;
  let client: GrpcClient;
  let session: ClientHttp2Session;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, grpc: true });
    peer = ensemble.peer(1);
    client = new GrpcClient(peer.grpc);
    session = connect(`http://${peer.grpc}`);
  });

  after(async () => {
    session.destroy();
    client.close();
    await ensemble.stop();
  });

  /** Others are unharmed: this very connection, and one that was there before. */
  afterEach(async () => {
    await client.call(znodes.Get, { path: '/' });
    assert.equal(peer.isRunning, true);
  });

  const root = Buffer.concat([Buffer.from([0x0a, 1]), Buffer.from('/')]);

  it('answers a call that is made by hand', async () => {
    const answer = await raw(session, {}, frame(root));
    assert.deepEqual([answer.http, answer.grpc], [200, status.OK]);
  });

  it('answers a call past the library as the library does', async () => {
    // Microseconds are left to the library.
    const byLibrary = { 'grpc-timeout': '9999999u' };
    const two = Buffer.concat([frame(root), frame(root)]);
    const none = Buffer.alloc(0);
    const missing = frame(znodes.Get.requestSerialize({ path: '/missing' }));
    const bodies = { one: frame(root), none, two, cut: frame(root, 200), missing };
    const seen = async (headers: OutgoingHttpHeaders, body: Uint8Array): Promise<object> => {
      const { http, grpc, trailers } = await raw(session, headers, body);
      const names = Object.keys(trailers).filter((name) => name !== 'date');
      return { http, grpc, names: names.sort(), says: trailers['grpc-message'] };
    };
    for (const [what, body] of Object.entries(bodies)) {
      assert.deepEqual(await seen({}, body), await seen(byLibrary, body), what);
    }
    const large = frame(root, 50_000_000);
    assert.deepEqual(await seen({}, large), await seen(byLibrary, large));
  });

  it('puts a message together that comes in pieces', async () => {
    const body = frame(root);
    for (const cuts of [[1], [4], [5], [6], [2, 7], [1, 2, 3, 4, 5, 6, 7]]) {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/quoll.v1.ZnodeService/Get',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const trailers = once(stream, 'trailers');
      stream.resume();
      let from = 0;
      for (const to of [...cuts, body.length]) {
        await new Promise((resolve) => stream.write(body.subarray(from, to), resolve));
        from = to;
      }
      stream.end();
      const [given] = (await trailers) as [Readonly<Record<string, unknown>>];
      assert.equal(Number(given['grpc-status']), status.OK, String(cuts));
    }
  });

  it('refuses bytes that are no message', async () => {
    for (const bytes of [
      [0x0a],
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
      [0x12, 5, 0x08],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ]) {
      const answer = await raw(session, {}, frame(Buffer.from(bytes)));
      assert.equal(answer.grpc, status.INVALID_ARGUMENT, String(bytes));
      assert.equal(reasonOf(answer), 'BADARGUMENTS');
    }
  });

  it('takes an empty message and fields that it does not know for what they are', async () => {
    const empty = await raw(session, {}, frame(Buffer.alloc(0)));
    assert.equal(empty.grpc, status.INVALID_ARGUMENT);
    const unknown = Buffer.concat([root, Buffer.from([0xf8, 0x3f, 1])]);
    assert.equal((await raw(session, {}, frame(unknown))).grpc, status.OK);
  });

  it('refuses a call without a message, and one that is cut off', async () => {
    for (const body of [Buffer.alloc(0), frame(root).subarray(0, 6), frame(root, 200)]) {
      const answer = await raw(session, {}, body);
      assert.notEqual(answer.grpc, status.OK);
      assert.notEqual(answer.grpc, undefined);
    }
  });

  it('refuses a message that says it is larger than any may be, before it comes', async () => {
    const answer = await raw(session, {}, frame(root, 2 ** 31));
    assert.equal(answer.grpc, status.RESOURCE_EXHAUSTED);
    const data = Buffer.alloc(5_000_000);
    const sent = client.call(znodes.Create, { path: '/huge', data });
    await assert.rejects(sent, { code: status.RESOURCE_EXHAUSTED });
  });

  it('refuses a small message that unpacks to a large one', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = frame(gzipSync(Buffer.alloc(64 * 1_048_576)));
    bomb.writeUInt8(1, 0);
    const answer = await raw(session, { 'grpc-encoding': 'gzip' }, bomb);
    assert.equal(answer.grpc, status.RESOURCE_EXHAUSTED);
    const unknown = frame(root);
    unknown.writeUInt8(1, 0);
    const other = await raw(session, { 'grpc-encoding': 'snappy' }, unknown);
    assert.equal(other.grpc, status.UNIMPLEMENTED);
  });

  it('knows nothing of other methods, and speaks no other content', async () => {
    for (const path of ['/quoll.v1.ZnodeService/Nothing', '/nothing', '/__proto__/constructor']) {
      const answer = await raw(session, { ':path': path }, frame(root));
      assert.equal(answer.grpc, status.UNIMPLEMENTED, path);
    }
    for (const type of ['application/json', 'text/plain']) {
      const answer = await raw(session, { 'content-type': type }, frame(root));
      assert.equal(answer.http, 415);
    }
  });

  it('answers to its own names alone, in every service', async () => {
    const { port } = new URL(`http://${peer.grpc}`);
    for (const authority of [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`]) {
      const answer = await raw(session, { ':authority': authority }, frame(root));
      assert.equal(answer.grpc, status.OK, authority);
    }
    const paths = [
      '/quoll.v1.ZnodeService/Get',
      '/quoll.v1.ZnodeService/StreamChildren',
      '/quoll.v1.SessionService/Session',
      '/grpc.health.v1.Health/Check',
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    ];
    for (const path of paths) {
      for (const authority of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example']) {
        const answer = await raw(session, { ':path': path, ':authority': authority }, frame(root));
        assert.equal(answer.grpc, status.PERMISSION_DENIED, `${path} ${authority}`);
        assert.equal(reasonOf(answer), 'FOREIGNHOST');
      }
    }
  });

  it('closes connections that do not speak HTTP/2', async () => {
    for (const bytes of ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', '\0'.repeat(64)]) {
      const { hostname, port } = new URL(`http://${peer.grpc}`);
      const socket = connectTcp(Number(port), hostname);
      const closed = once(socket, 'close');
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(bytes);
      await closed;
    }
  });

  it('gives up at the deadline of the client', async () => {
    // A zxid that nobody will reach: the answer waits for it.
    const far = { path: '/', read: { minZxid: '9223372036854775807' } };
    const behind = await refusalOf(client.call(znodes.Get, far, { deadlineMs: 1_000 }));
    assert.deepEqual([behind.code, behind.reason], [status.UNAVAILABLE, 'BEHIND']);
    const bytes = frame(znodes.Get.requestSerialize(far));
    const answer = await raw(session, { 'grpc-timeout': '100m' }, bytes);
    const ended: readonly unknown[] = [status.DEADLINE_EXCEEDED, status.UNAVAILABLE];
    assert.ok(ended.includes(answer.grpc), String(answer.grpc));
    const wrong = await raw(session, { 'grpc-timeout': 'soon' }, bytes);
    assert.equal(wrong.grpc, status.INTERNAL);
  });

  it('stops in order: streams are told, health says so, the process ends', async () => {
    const own = await startEnsemble({ peers: 1, grpc: true });
    const other = new GrpcClient(own.peer(1).grpc);
    try {
      const told: string[] = [];
      const watched = other.stream(health.Watch, { service: '' });
      watched.on('data', (answer: HealthStatus) => told.push(answer.status));
      const ended = new Promise<unknown>((resolve) => watched.on('error', resolve));
      await until('the health to be told', () => told.length === 1);
      assert.deepEqual(told, ['SERVING']);
      assert.equal(await own.peer(1).end('SIGTERM'), 0);
      const error = await ended;
      assert.equal((error as { code: number }).code, status.UNAVAILABLE);
      assert.deepEqual(told, ['SERVING', 'NOT_SERVING']);
    } finally {
      other.close();
      await own.stop();
    }
  });
});

describe('grpc: health', () => {
  it('follows the readiness of the peer', async () => {
    const ensemble = await borrowEnsemble();
    const [first, ...others] = ensemble.peers;
    assert.ok(first !== undefined);
    const client = new GrpcClient(first.grpc);
    try {
      const told: string[] = [];
      const watched = client.stream(health.Watch, { service: 'quoll.v1.ZnodeService' });
      watched.on('data', (answer: HealthStatus) => told.push(answer.status));
      watched.on('error', () => undefined);
      const now = async (): Promise<string> =>
        (await client.call(health.Check, { service: '' })).status;
      assert.equal(await now(), 'SERVING');
      await Promise.all(others.map((peer) => peer.end('SIGKILL')));
      await until('NOT_SERVING', async () => (await now()) === 'NOT_SERVING');
      assert.equal((await fetch(`${first.http}/readyz`)).status, 503);
      await until('the watcher to hear it', () => told.at(-1) === 'NOT_SERVING');
      const refused = await refusalOf(client.call(znodes.Get, { path: '/' }));
      assert.equal(refused.code, status.UNAVAILABLE);
      assert.equal(refused.reason, 'NOQUORUM');
      assert.equal(refused.facts['applied'], 'no');
      assert.equal(refused.retryAfterSeconds, 1);
      const stale = { path: '/', read: { consistency: 'CONSISTENCY_LOCAL' } } as const;
      const local = await client.call(znodes.Get, stale);
      assert.equal(local.meta?.role, 'PEER_ROLE_LOOKING');
      for (const peer of others) peer.start();
      await until('SERVING', async () => (await now()) === 'SERVING');
      await until('the watcher to hear it', () => told.at(-1) === 'SERVING');
      const unknown = client.call(health.Check, { service: 'nothing' });
      await assert.rejects(unknown, { code: status.NOT_FOUND });
      watched.cancel();
    } finally {
      client.close();
      await ensemble.stop();
    }
  });
});
