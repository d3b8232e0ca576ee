// Makes connections one after the other, in a process of its own: each asks one small question and ends.
//   node dist/test/bench/handshake-load-main.js '{"target":"https://127.0.0.1:2180", ...}'   prints a `LoadResult`

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { loadResult, type HandshakeLoadSpec } from './load.ts';

const spec = JSON.parse(process.argv[2] ?? '') as HandshakeLoadSpec;
const target = new URL(spec.target);
const isSecure = target.protocol === 'https:';
const secureContext = createSecureContext(
  spec.caFile === undefined ? {} : { ca: readFileSync(spec.caFile) },
);
const request = `GET /livez HTTP/1.1\r\nHost: ${target.host}\r\nConnection: close\r\n\r\n`;
const latenciesMs: number[] = [];
let failures = 0;
let firstFailure = '';
let isMeasuring = false;
let isOver = false;

/** One connection after the other. */
async function loop(): Promise<void> {
  let session: Buffer | undefined;
  while (!isOver) {
    const startedAt = performance.now();
    try {
      await once(session, (kept) => {
        if (spec.resumes) session = kept;
      });
      if (isMeasuring) latenciesMs.push(performance.now() - startedAt);
    } catch (error) {
      failures++;
      if (firstFailure === '') firstFailure = String(error);
    }
  }
}

/** Resolves when the answer is there and the peer has closed the connection. */
function once(session: Buffer | undefined, keep: (session: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = opened(session, keep);
    let answer = '';
    socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
    socket.on('error', reject);
    socket.on('close', () => {
      if (answer.startsWith('HTTP/1.1 200 ')) resolve();
      else reject(new Error(answer === '' ? 'no answer' : answer));
    });
  });
}

function opened(session: Buffer | undefined, keep: (session: Buffer) => void): Socket {
  const at = { host: target.hostname, port: Number(target.port), noDelay: true };
  if (!isSecure) {
    const socket = connect(at);
    socket.on('connect', () => socket.write(request));
    return socket;
  }
  const socket = connectTls({ ...at, secureContext, ...(session !== undefined && { session }) });
  socket.on('session', keep);
  socket.on('secureConnect', () => socket.write(request));
  return socket;
}

const loops = Promise.all(Array.from({ length: spec.loops }, loop));
setTimeout(() => {
  isMeasuring = true;
  process.send?.('measuring');
  const startedAt = performance.now();
  setTimeout(() => {
    isMeasuring = false;
    isOver = true;
    const seconds = (performance.now() - startedAt) / 1_000;
    void loops.then(() => {
      process.stdout.write(
        JSON.stringify(loadResult(seconds, latenciesMs, { failures, firstFailure })),
      );
      process.disconnect();
    });
  }, spec.seconds * 1_000);
}, spec.warmUpSeconds * 1_000);
