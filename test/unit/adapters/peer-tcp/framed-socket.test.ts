import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import {
  FramedSocket,
  socketBytesPerTurnMax,
} from '../../../../src/adapters/peer-tcp/framed-socket.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';

const mebibyte = 1_048_576;
/** Node reads so much at a time, and hears of a pause only after it. */
const chunkBytes = 65_536;

describe('framed socket', () => {
  let sockets: Socket[];

  async function pair(): Promise<readonly [near: Socket, far: Socket]> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [far] = (await once(server, 'connection')) as [Socket];
    server.close();
    sockets = [near, far];
    return [near, far];
  }

  function framed(socket: Socket): FramedSocket {
    return new FramedSocket(socket, {
      clock: systemClock,
      frameBytesMax: 2 * mebibyte,
      queuedBytesMax: 64 * mebibyte,
      metrics: undefined,
    });
  }

  /** Looks once in every turn, until all came, at how far a count went on. */
  async function mostPerTurn(count: () => number, isOver: () => boolean): Promise<number> {
    let most = 0;
    for (let before = count(); !isOver();) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, count() - before);
      before = count();
    }
    return most;
  }

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
  });

  it('writes and takes megabytes in pieces, a turn each, and keeps the order of all frames', async () => {
    const [near, far] = await pair();
    const sender = framed(near);
    const receiver = framed(far);
    const sizes: number[] = [];
    const fills: (number | undefined)[] = [];
    receiver.listener = {
      onFrame: (bytes) => {
        sizes.push(bytes.length);
        fills.push(bytes[0], bytes.at(-1));
      },
      onClosed: () => undefined,
    };
    const meant = [mebibyte, 1, chunkBytes, 3, mebibyte, 2, mebibyte, mebibyte, 1];
    for (const [fill, bytes] of meant.entries()) {
      sender.send((writer) => {
        writer.raw(new Uint8Array(bytes).fill(fill));
      });
    }
    const isOver = (): boolean => sizes.length === meant.length;
    const [written, taken] = await Promise.all([
      mostPerTurn(() => near.bytesWritten, isOver),
      mostPerTurn(() => far.bytesRead, isOver),
    ]);
    assert.deepEqual(sizes, meant);
    assert.deepEqual(
      fills,
      meant.flatMap((_, fill) => [fill, fill]),
    );
    assert.ok(written <= socketBytesPerTurnMax, `${String(written)} bytes written in one turn`);
    assert.ok(
      taken <= socketBytesPerTurnMax + chunkBytes,
      `${String(taken)} bytes taken in one turn`,
    );
    assert.equal(sender.queuedBytes, 0);
  });

  it('writes what was sent when the turn is over, or when it is told to, and once', async () => {
    const [near, far] = await pair();
    const sender = framed(near);
    const receiver = framed(far);
    const frames: number[] = [];
    const both = new Promise<void>((resolve) => {
      receiver.listener = {
        onFrame: (bytes) => {
          frames.push(bytes[0] ?? 0);
          if (frames.length === 2) resolve();
        },
        onClosed: () => undefined,
      };
    });
    const send = (fill: number): void => {
      sender.send((writer) => {
        writer.u8(fill);
      });
    };
    send(1);
    assert.equal(near.bytesWritten, 0);
    sender.flush();
    const frameBytes = 5;
    assert.equal(near.bytesWritten, frameBytes);
    send(2);
    assert.equal(near.bytesWritten, frameBytes);
    await both;
    assert.deepEqual(frames, [1, 2]);
    assert.equal(near.bytesWritten, 2 * frameBytes);
  });

  it('lets all that was sent leave before it ends', async () => {
    const [near, far] = await pair();
    const sender = framed(near);
    const receiver = framed(far);
    let frames = 0;
    const ended = new Promise((resolve) => {
      receiver.listener = { onFrame: () => frames++, onClosed: resolve };
    });
    for (let left = 5; left > 0; left--) {
      sender.send((writer) => {
        writer.raw(new Uint8Array(mebibyte));
      });
    }
    sender.end();
    await ended;
    assert.equal(frames, 5);
  });
});
