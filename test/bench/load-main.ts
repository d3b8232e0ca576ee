// The load generator: a process of its own, as light as Node allows (raw sockets, ready-made requests, answers looked at
// only for status and length), so that what is measured is the peer. One request in flight per connection.
//   node dist/test/bench/load-main.js '{"kind":"put","targets":["http://127.0.0.1:2180"], ...}'   prints a `LoadResult`

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { loadResult, type LoadSpec } from './load.ts';

const spec = JSON.parse(process.argv[2] ?? '') as LoadSpec;
const ca = spec.caFile === undefined ? undefined : readFileSync(spec.caFile);
const latenciesMs: number[] = [];
let failures = 0;
let firstFailure = '';
let isMeasuring = false;
let isOver = false;

class Connection {
  readonly #requests: Buffer[];
  readonly #socket;
  #next: number;
  #sentAt = 0;
  #pending: Buffer | undefined;

  constructor(target: URL, index: number) {
    this.#requests = requestsFor(target);
    this.#next = (index * 97) % this.#requests.length;
    const at = { host: target.hostname, port: Number(target.port), noDelay: true };
    const isSecure = target.protocol === 'https:';
    this.#socket = isSecure ? connectTls({ ...at, ca }) : connect(at);
    this.#socket.on(isSecure ? 'secureConnect' : 'connect', () => {
      this.#send();
    });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    this.#socket.on('error', (error: Error) => {
      fail(error.message);
    });
    this.#socket.on('close', () => {
      if (!isOver) fail('the peer closed the connection');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(): void {
    const request = this.#requests[this.#next];
    this.#next = (this.#next + 1) % this.#requests.length;
    this.#sentAt = performance.now();
    if (request !== undefined) this.#socket.write(request);
  }

  #take(chunk: Buffer): void {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    const length = answerLength(bytes);
    if (length === undefined || bytes.length < length) {
      this.#pending = bytes;
      return;
    }
    this.#pending = undefined;
    // The first digit of the status: `HTTP/1.1 2`.
    if (bytes[9] !== 0x32) fail(bytes.toString('latin1'));
    else if (isMeasuring) latenciesMs.push(performance.now() - this.#sentAt);
    if (!isOver) this.#send();
  }
}

function answerLength(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const at = bytes.indexOf('Content-Length: ');
  if (at < 0 || at > headEnd) return headEnd + 4;
  let length = 0;
  for (let index = at + 16; ; index++) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
  }
  return headEnd + 4 + length;
}

function requestsFor(target: URL): Buffer[] {
  const body = 'x'.repeat(spec.bytes);
  return Array.from({ length: spec.keys }, (_, key) => {
    const line = `/v1/nodes${spec.parent}/k${String(key)}${spec.query}`;
    return Buffer.from(
      spec.kind === 'put'
        ? `PUT ${line} HTTP/1.1\r\nHost: ${target.host}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`
        : `GET ${line} HTTP/1.1\r\nHost: ${target.host}\r\n\r\n`,
      'latin1',
    );
  });
}

function fail(what: string): void {
  failures++;
  if (firstFailure === '') firstFailure = what;
}

const targets = spec.targets.map((target) => new URL(target));
const connections = Array.from({ length: spec.connections }, (_, index) => {
  const target = targets[index % targets.length];
  if (target === undefined) throw new Error('no target');
  return new Connection(target, index);
});

setTimeout(() => {
  isMeasuring = true;
  process.send?.('measuring');
  const startedAt = performance.now();
  setTimeout(() => {
    isMeasuring = false;
    isOver = true;
    const seconds = (performance.now() - startedAt) / 1_000;
    for (const connection of connections) connection.close();
    const result = loadResult(seconds, latenciesMs, { failures, firstFailure });
    process.stdout.write(JSON.stringify(result));
    process.disconnect();
  }, spec.seconds * 1_000);
}, spec.warmUpSeconds * 1_000);
