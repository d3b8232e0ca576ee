// Connections that keep so many requests of ZooKeeper's protocol under way, whatever server answers them.
//   node dist/test/bench/zookeeper-load-main.js '{"kind":"get","connections":64, ...}'   prints a `LoadResult`

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { loadResult, type ZooKeeperLoadSpec } from './load.ts';
import { frame, int32, text } from '../support/zookeeper/jute-frames.ts';

const spec = JSON.parse(process.argv[2] ?? '') as ZooKeeperLoadSpec;
const op = { create: 1, delete: 2, getData: 4, setData: 5 } as const;
const nodeExists = -110;
const headerBytes = 4;
const xidAt = headerBytes;
const replyErrorAt = headerBytes + 12;
const latenciesMs: number[] = [];
let isMeasuring = false;
let isOver = false;
let failures = 0;
let firstFailure = '';

process.on('disconnect', () => process.exit(1));
const loads = await Promise.all(
  Array.from({ length: spec.connections }, (_, index) => begin(index)),
);
for (const start of loads) start();
await delay(spec.warmUpSeconds * 1_000);
isMeasuring = true;
process.send?.('measuring');
const startedAt = performance.now();
await delay(spec.seconds * 1_000);
isMeasuring = false;
isOver = true;
const seconds = (performance.now() - startedAt) / 1_000;
const result = loadResult(seconds, latenciesMs, { failures, firstFailure });
process.stdout.write(JSON.stringify(result), () => process.exit());

/** Resolves, with what starts the load, once the session is there and its znode too. */
async function begin(index: number): Promise<() => void> {
  const [host = '', port = ''] = (spec.addresses[index % spec.addresses.length] ?? '').split(':');
  const socket = connect(Number(port), host).setNoDelay(true);
  await once(socket, 'connect');
  const frames = framesOf(socket);
  const password = Buffer.concat([int32(16), Buffer.alloc(16)]);
  socket.write(frame(int32(0), Buffer.alloc(8), int32(30_000), Buffer.alloc(8), password));
  await frames.next();
  const path = text(`/bench-${spec.kind}-${String(index)}`);
  const data = Buffer.alloc(spec.bytes, 'x');
  const acl = Buffer.concat([int32(1), int32(31), text('world'), text('anyone')]);
  const dataField = Buffer.concat([int32(data.length), data]);
  const create = (at: Buffer, flags: number): Buffer =>
    frame(int32(1), int32(op.create), at, dataField, acl, int32(flags));
  socket.write(create(path, 0));
  const made = (await frames.next()).value;
  const error = made?.readInt32BE(replyErrorAt);
  if (error !== 0 && error !== nodeExists) fail(`create: ${String(error)}`);
  const requests = {
    get: frame(int32(0), int32(op.getData), path, Buffer.from([0])),
    set: frame(int32(0), int32(op.setData), path, dataField, int32(-1)),
    create: create(text(`/bench-${spec.kind}-${String(index)}/e-`), 3),
  } as const;
  return () => {
    void load(socket, frames, requests[spec.kind]);
  };
}

async function load(
  socket: Socket,
  frames: AsyncIterator<Buffer, undefined>,
  request: Buffer,
): Promise<void> {
  const sentAtMs: number[] = [];
  let xid = 1;
  const send = (count: number): void => {
    const bytes = Buffer.alloc(request.length * count);
    for (let index = 0; index < count; index++) {
      request.copy(bytes, index * request.length);
      bytes.writeInt32BE(++xid, index * request.length + xidAt);
      sentAtMs.push(performance.now());
    }
    socket.write(bytes);
  };
  let owed = 0;
  send(spec.depth);
  while (!isOver) {
    const { value } = await frames.next();
    if (value === undefined) break;
    const error = value.readInt32BE(replyErrorAt);
    if (error !== 0) fail(`${spec.kind}: ${String(error)}`);
    const sentMs = sentAtMs.shift() ?? 0;
    if (isMeasuring) latenciesMs.push(performance.now() - sentMs);
    owed++;
    // As many as came together are sent together.
    if (owed === spec.depth || sentAtMs.length === 0) {
      send(owed);
      owed = 0;
    }
  }
}

/** Each with its length in front. */
async function* framesOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    while (rest.length - at >= headerBytes) {
      const end = at + headerBytes + rest.readInt32BE(at);
      if (end > rest.length) break;
      yield rest.subarray(at, end);
      at = end;
    }
    rest = rest.subarray(at);
  }
  return undefined;
}

function fail(what: string): void {
  failures++;
  if (firstFailure === '') firstFailure = what;
}
