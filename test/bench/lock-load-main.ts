// Contenders for one lock, all in this process, which so sees whether two ever hold it at a time.
//   node dist/test/bench/lock-load-main.js '{"protocol":"http","contenders":16, ...}'   prints a `LoadResult`

import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { loadResult, type LockLoadResult, type LockLoadSpec } from './load.ts';
import { contenderAt, type Contender } from './lock-clients.ts';

const spec = JSON.parse(process.argv[2] ?? '') as LockLoadSpec;
/** For those who are in the queue when the time is over to come to its head and leave. */
const drainSecondsMax = 60;
const latenciesMs: number[] = [];
let isMeasuring = false;
let isOver = false;
let holders = 0;
let failures = 0;
let firstFailure = '';

const contenders = await Promise.all(
  Array.from({ length: spec.contenders }, (_, index) =>
    contenderAt(spec.addresses[index % spec.addresses.length] ?? '', spec),
  ),
);
process.on('disconnect', () => process.exit(1));
const cycles = contenders.map((contender) =>
  contend(contender).catch((error: unknown) => {
    fail(String(error));
  }),
);
await delay(spec.warmUpSeconds * 1_000);
isMeasuring = true;
process.send?.('measuring');
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
await delay(spec.seconds * 1_000);
isMeasuring = false;
isOver = true;
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
process.send?.('measured');
const drained = Promise.all(cycles).then(() => true);
if (!(await Promise.race([drained, delay(drainSecondsMax * 1_000, false)]))) {
  fail(`the queue is not empty ${String(drainSecondsMax)} s after the last one entered`);
}
const result: LockLoadResult = {
  ...loadResult(seconds, latenciesMs, { failures, firstFailure }),
  cpuSeconds: (user + system) / 1e6,
};
// Whatever is still open ends with the process.
process.stdout.write(JSON.stringify(result), () => process.exit());

async function contend(contender: Contender): Promise<void> {
  while (!isOver) {
    const begunAt = performance.now();
    await contender.acquire();
    if (++holders > 1) fail(`${String(holders)} hold the lock at a time`);
    // Held for a moment: released at once, it could never be seen to have two holders.
    await turn();
    holders--;
    await contender.release();
    if (isMeasuring) latenciesMs.push(performance.now() - begunAt);
  }
}

function fail(what: string): void {
  failures++;
  if (firstFailure === '') firstFailure = what;
}
