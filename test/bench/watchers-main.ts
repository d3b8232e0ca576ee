// Many watchers of one znode, on clients as light as Node allows: raw sockets and HTTP/2 without a library on top, messages
// searched for the round's marker and not decoded.
//   node dist/test/bench/watchers-main.js '{"protocol":"grpc","watchers":1000, ...}'   with an IPC channel; see watchers.ts

import { openWatches } from './watch-clients.ts';
import type { Round, WatchersMessage, WatchersSpec } from './watchers.ts';

const spec = JSON.parse(process.argv[2] ?? '') as WatchersSpec;
/** The last round that each of them heard of. */
const heard = new Uint32Array(spec.watchers);
let marker: Buffer = Buffer.alloc(0);
let round = 0;
let left = 0;

setTimeout(() => {
  fail(`not done after ${String(spec.secondsMax)} s`);
}, spec.secondsMax * 1_000);
process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  const next = message as Round;
  if (left > 0) fail(`${String(left)} watchers still wait`);
  marker = Buffer.from(next.marker);
  left = spec.watchers;
  round++;
  tell({ kind: 'armed' });
});

await openWatches(spec, { message: take, failed: fail });
tell({ kind: 'watching' });

function take(watcher: number, message: Uint8Array | undefined): void {
  if (round === 0 || (message !== undefined && !isNews(message))) return;
  if (heard[watcher] === round) fail(`watcher ${String(watcher)} was told twice`);
  heard[watcher] = round;
  if (--left === 0) tell({ kind: 'arrived', arrivedAt: String(process.hrtime.bigint()) });
}

function isNews(message: Uint8Array): boolean {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength).includes(marker);
}

function fail(why: string): void {
  const message: WatchersMessage = { kind: 'failed', why };
  process.send?.(message, undefined, {}, () => process.exit(1));
}

function tell(message: WatchersMessage): void {
  process.send?.(message);
}
