import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { whenChunkComes } from '../../../src/sockets/chunks.ts';
import { until } from '../../support/until.ts';

/** Two ends of a connection, the second one as a server of Node's gives it. */
interface Pair {
  readonly client: Socket;
  readonly served: Socket;
}

describe('chunks of sockets', () => {
  let server: Server;
  const open: Socket[] = [];

  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });

  after(() => {
    server.close();
  });

  const pair = async (): Promise<Pair> => {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
    const [served] = await accepted;
    open.push(client, served);
    return { client, served };
  };

  it('are copies: what comes later, of any socket, leaves them as they were', async () => {
    const pairs = [await pair(), await pair()];
    const taken: Buffer[][] = pairs.map(() => []);
    for (const [index, { served }] of pairs.entries()) {
      whenChunkComes(served, (chunk) => taken[index]?.push(chunk));
    }
    const sent = pairs.map((): string[] => []);
    for (let round = 0; round < 50; round++) {
      for (const [index, { client }] of pairs.entries()) {
        const text = `${String(index)}:${String(round)};`;
        sent[index]?.push(text);
        client.write(text);
        const whole = sent[index]?.join('');
        await until('it to come', () => Buffer.concat(taken[index] ?? []).toString() === whole);
      }
    }
    // In memory that small buffers share: Node has made none for what was read.
    const chunks = taken.flat();
    assert.ok(new Set(chunks.map(({ buffer }) => buffer)).size <= chunks.length / 10);
  });

  it('are all that is sent, in order, however much it is', async () => {
    const { client, served } = await pair();
    const bytes = Buffer.alloc(3_000_000);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32BE(at, at);
    const taken: Buffer[] = [];
    whenChunkComes(served, (chunk) => taken.push(chunk));
    client.end(bytes);
    await once(served, 'end');
    assert.ok(Buffer.concat(taken).equals(bytes));
  });

  it('wait while the socket is paused, with no more than the system holds', async () => {
    const { client, served } = await pair();
    let taken = 0;
    whenChunkComes(served, (chunk) => {
      taken += chunk.length;
      served.pause();
    });
    const bytes = 1_000_000;
    client.write(Buffer.alloc(bytes));
    await until('something to come', () => taken > 0);
    const once = taken;
    // A whole turn of another connection, there and back.
    const beside = await pair();
    beside.client.write('x');
    await new Promise<void>((resolve) => {
      whenChunkComes(beside.served, () => {
        resolve();
      });
    });
    assert.equal(taken, once);
    assert.equal(served.readableLength, 0);
    while (taken < bytes) {
      const before = taken;
      served.resume();
      await until('more to come', () => taken > before);
    }
    assert.equal(taken, bytes);
  });

  it('of a stream that holds some already come behind these', async () => {
    const { client, served } = await pair();
    served.unshift(Buffer.from('first '));
    client.write('then');
    const taken: Buffer[] = [];
    whenChunkComes(served, (chunk) => taken.push(chunk));
    await until('both', () => Buffer.concat(taken).toString() === 'first then');
  });

  it('leave the end and a reset to be heard', async () => {
    const ended = await pair();
    whenChunkComes(ended.served, () => undefined);
    ended.client.end('last');
    await Promise.all([once(ended.served, 'end'), once(ended.served, 'close')]);
    const reset = await pair();
    whenChunkComes(reset.served, () => undefined);
    const heard = once(reset.served, 'error');
    reset.client.resetAndDestroy();
    const [error] = (await heard) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
  });
});
