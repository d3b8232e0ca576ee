// A server that knows nothing and answers everything with the same ready-made success, in whichever protocol it is spoken
// to: what a load reaches against it is the most that the load generator can do.
//   node dist/test/bench/steady/steady-echo-main.js 100   with an IPC channel: tells its port; answers carry so many bytes

import { createServer, type AddressInfo, type Socket } from 'node:net';
import {
  flag,
  frameHeadBytes,
  frameType,
  http2Frame,
  streamOf,
  writeStream,
} from './http2-frames.ts';
import { JuteTaker } from './jute-taker.ts';

const data = Buffer.alloc(Number(process.argv[2] ?? '100'), 'x');

/** Gives how many of the bytes were used, and puts what is to be answered into `answers`. */
type Taker = (bytes: Buffer, answers: Buffer[]) => number;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  let taker: Taker | undefined;
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    taker ??= takerFor(bytes, socket);
    const answers: Buffer[] = [];
    rest = bytes.subarray(taker(bytes, answers));
    const [only] = answers;
    if (only !== undefined) socket.write(answers.length === 1 ? only : Buffer.concat(answers));
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());

function takerFor(bytes: Buffer, socket: Socket): Taker {
  const beginning = bytes.toString('latin1', 0, 4);
  if (beginning === 'PRI ') return http2Taker();
  if (/^[A-Z]{3}/.test(beginning)) return takeHttp;
  const jute = new JuteTaker(socket, data);
  return (more, answers) => jute.take(more, { answers, writes: [] });
}

const headEnd = Buffer.from('\r\n\r\n');
const httpAnswer = Buffer.concat([
  Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${String(data.length)}\r\n\r\n`),
  data,
]);

function takeHttp(bytes: Buffer, answers: Buffer[]): number {
  let at = 0;
  for (;;) {
    const bodyAt = bytes.indexOf(headEnd, at);
    if (bodyAt < 0) return at;
    const length = /Content-Length: (\d+)/.exec(bytes.toString('latin1', at, bodyAt))?.[1] ?? '0';
    const end = bodyAt + headEnd.length + Number(length);
    if (end > bytes.length) return at;
    answers.push(httpAnswer);
    at = end;
  }
}

function http2Taker(): Taker {
  const prefaceBytes = 24;
  const answer = http2Answer();
  let isOpen = false;
  return (bytes, answers) => {
    let at = 0;
    if (!isOpen) {
      if (bytes.length < prefaceBytes) return 0;
      isOpen = true;
      at = prefaceBytes;
      answers.push(http2Frame({ type: frameType.settings, flags: 0, stream: 0 }, Buffer.alloc(0)));
    }
    while (bytes.length - at >= frameHeadBytes) {
      const end = at + frameHeadBytes + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      const frame = bytes.subarray(at, end);
      if (frame[3] === frameType.data) {
        answers.push(answer(streamOf(frame)));
        answers.push(credit(frame.length - frameHeadBytes));
      }
      at = end;
    }
    return at;
  };
}

/** Headers, a message, trailers: `:status: 200`, then `grpc-status: 0`. */
function http2Answer(): (stream: number) => Buffer {
  const message = Buffer.alloc(5 + data.length);
  message.writeUInt32BE(data.length, 1);
  const trailers = Buffer.from('\x00\x0bgrpc-status\x010', 'latin1');
  const frames = [
    http2Frame({ type: frameType.headers, flags: flag.endHeaders, stream: 1 }, Buffer.from([0x88])),
    http2Frame({ type: frameType.data, flags: 0, stream: 1 }, message),
    http2Frame(
      { type: frameType.headers, flags: flag.endHeaders | flag.endStream, stream: 1 },
      trailers,
    ),
  ];
  const template = Buffer.concat(frames);
  const places = [0, frames[0]?.length ?? 0, template.length - (frames[2]?.length ?? 0)];
  return (stream) => {
    const bytes = Buffer.from(template);
    for (const place of places) writeStream(bytes, place, stream);
    return bytes;
  };
}

function credit(bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return http2Frame({ type: frameType.windowUpdate, flags: 0, stream: 0 }, payload);
}
