// What one client can make the gRPC door keep, and that others are served beside it.

import assert from 'node:assert/strict';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { callsMax } from '../../../src/frontends/grpc/connection/client-connection.ts';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { GrpcClient, refusalOf, watches, znodes } from '../../support/grpc-client.ts';
import { until } from '../../support/until.ts';

const mebibyte = 1_048_576;

/** So many bytes of a message that says it is larger. */
const half = (bytes: number): Buffer => {
  const part = Buffer.alloc(bytes);
  part.writeUInt32BE(2 * mebibyte, 1);
  return part;
};

describe('grpc: what is kept for one client', () => {
  let ensemble: Ensemble;
  let client: GrpcClient;
  const sessions: ClientHttp2Session[] = [];

  const session = (settings = {}): ClientHttp2Session => {
    const opened = connect(`http://${ensemble.peer(1).grpc}`, { settings });
    opened.on('error', () => undefined);
    sessions.push(opened);
    return opened;
  };
  const begin = (on: ClientHttp2Session, path = 'ZnodeService/Get'): ClientHttp2Stream => {
    const stream = on.request({
      ':method': 'POST',
      ':path': `/quoll.v1.${path}`,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    return stream;
  };
  const statusOf = (stream: ClientHttp2Stream): Promise<string> =>
    new Promise((resolve) => {
      const told = (headers: Readonly<Record<string, unknown>>): void => {
        const { 'grpc-status': status } = headers;
        if (typeof status === 'string') resolve(status);
      };
      stream.on('response', told);
      stream.on('trailers', told);
      stream.resume();
    });
  const kept = async (kind: string): Promise<number> => {
    const text = await (await fetch(`${ensemble.peer(1).url}/metrics`)).text();
    return Number(new RegExp(`^quoll_budget_${kind} (\\d+)`, 'm').exec(text)?.[1]);
  };

  before(async () => {
    ensemble = await startEnsemble({
      peers: 1,
      budget: { receivedBytesEach: 3 * mebibyte, owedBytesEach: 2 * mebibyte, heldRequestsEach: 3 },
    });
    client = new GrpcClient(ensemble.peer(1).grpc);
  });

  afterEach(async () => {
    for (const opened of sessions.splice(0)) opened.destroy();
    for (const kind of ['received_bytes', 'owed_bytes', 'held_requests']) {
      await until(`no ${kind} to be kept`, async () => (await kept(kind)) === 0);
    }
    await client.call(znodes.Get, { path: '/' });
  });

  after(async () => {
    client.close();
    await ensemble.stop();
  });

  it('begins so many calls of one connection at once, and has the others asked again', async () => {
    // A client that takes no heed of what its peer allows.
    const own = connect(`http://${ensemble.peer(1).grpc}`, { peerMaxConcurrentStreams: 1_000 });
    own.on('error', () => undefined);
    sessions.push(own);
    const calls = Array.from({ length: callsMax + 60 }, () => begin(own));
    const empty = Buffer.alloc(5);
    const ends = await Promise.all(
      calls.map((call) => {
        call.resume().end(empty);
        return new Promise<number | undefined>((resolve) => {
          call.on('close', () => {
            resolve(call.rstCode);
          });
        });
      }),
    );
    assert.equal(ends.filter((code) => code === constants.NGHTTP2_REFUSED_STREAM).length, 60);
  });

  it('refuses the call with which too much is half received, and no other', async () => {
    const own = session();
    const calls = Array.from({ length: 5 }, () => begin(own));
    const refused = new Set<ClientHttp2Stream>();
    for (const call of calls) {
      void statusOf(call).then((status) => {
        if (status === '8') refused.add(call);
      });
      call.write(half(mebibyte));
    }
    await until('refusals', () => refused.size >= 3);
    assert.equal(refused.size, 3);
    assert.ok((await kept('received_bytes')) <= 3 * mebibyte);
    await client.call(znodes.Get, { path: '/' });
  });

  it('ends a connection that sends a message by the byte', async () => {
    const own = session();
    const call = begin(own);
    call.resume();
    call.write(half(5));
    let isClosed = false;
    own.on('close', () => (isClosed = true));
    const byByte = (): void => {
      if (!isClosed && !call.destroyed) call.write('a', byByte);
    };
    byByte();
    await until('the connection to be closed', () => isClosed);
  });

  it('makes no more of large answers than it may owe, and the rest as they are taken', async () => {
    await client.call(znodes.Create, { path: '/large', data: Buffer.alloc(600_000, 65) });
    const own = session({ initialWindowSize: 0 });
    const request = Buffer.from([0, 0, 0, 0, 8, 0x0a, 6, ...Buffer.from('/large')]);
    const statuses: string[] = [];
    for (let i = 0; i < 10; i++) {
      const call = begin(own);
      void statusOf(call).then((status) => statuses.push(status));
      call.end(request);
    }
    await until('answers to be owed', async () => (await kept('owed_bytes')) >= 1_200_000);
    assert.ok((await kept('owed_bytes')) <= 2 * mebibyte);
    own.settings({ initialWindowSize: mebibyte });
    own.setLocalWindowSize(16 * mebibyte);
    await until('all answers', () => statuses.length === 10);
    assert.deepEqual(new Set(statuses), new Set(['0']));
  });

  it('holds so many streams open, and refuses the next with when to ask again', async () => {
    const streams = Array.from({ length: 3 }, () => client.stream(watches.Watch, { path: '/' }));
    for (const stream of streams) stream.on('error', () => undefined);
    await until('them to be held', async () => (await kept('held_requests')) === 3);
    const refusal = await refusalOf(
      new Promise((_resolve, reject) => {
        client.stream(watches.Watch, { path: '/' }).on('error', reject);
      }),
    );
    assert.deepEqual([refusal.reason, refusal.retryAfterSeconds], ['THROTTLED', 1]);
    for (const stream of streams) stream.cancel();
  });
});
