import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { runCoreSeed } from './core-ring.ts';
import { runPeerSeed } from './peer-simulator.ts';
import { Figures, failureReport, type RingResult } from './report.ts';

/** Fresh seeds run for this long in each ring; QUOLL_SIM_SECONDS makes it longer for a night's run. */
const freshSeconds = Number(process.env['QUOLL_SIM_SECONDS'] ?? '5');

function savedSeeds(ring: 'core' | 'peer'): { seed: number; why: string }[] {
  return readFileSync('test/sim/seeds.txt', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => /^(core|peer) (\d+) (.+)$/.exec(line) ?? assert.fail(`no seed: ${line}`))
    .filter(([, name]) => name === ring)
    .map(([, , seed, why]) => ({ seed: Number(seed), why: why ?? '' }));
}

function holds<Result extends RingResult>(result: Result): Result {
  assert.ok(result.failure === undefined, failureReport(result));
  return result;
}

/** Fresh seeds for a while; which they were is printed, so that a failure elsewhere can be followed up. */
async function runFresh(
  run: (seed: number) => RingResult | Promise<RingResult>,
  seconds: number,
): Promise<void> {
  const figures = new Figures();
  const first = Math.floor(Math.random() * 2 ** 31);
  const startedAtMs = Date.now();
  const cpuBefore = process.cpuUsage();
  let seed = first;
  do figures.add(holds(await run(seed++)).figures);
  while (Date.now() - startedAtMs < seconds * 1_000);
  const cpuSeconds = process.cpuUsage(cpuBefore).user / 1_000_000;
  process.stdout.write(
    `      seeds ${String(first)}..${String(seed - 1)}: ${figures.describe(cpuSeconds)}\n`,
  );
}

describe('the protocol in simulation', () => {
  for (const { seed, why } of savedSeeds('core')) {
    it(`holds with seed ${String(seed)}: ${why}`, function () {
      this.timeout(60_000);
      holds(runCoreSeed(seed));
    });
  }

  it('holds with fresh seeds, for a while', async function () {
    this.timeout((freshSeconds + 60) * 1_000);
    await runFresh((seed) => runCoreSeed(seed), freshSeconds);
  });

  it('repeats itself: one seed, one history', function () {
    this.timeout(60_000);
    for (const seed of [7, 8, 9]) {
      const first = runCoreSeed(seed);
      const second = runCoreSeed(seed);
      assert.equal(second.hash, first.hash);
      assert.deepEqual(second.figures, first.figures);
    }
    assert.notEqual(runCoreSeed(7).hash, runCoreSeed(8).hash);
  });
});

describe('whole peers in simulation', () => {
  const sums = {
    sessionsExpired: 0,
    sessionsClosed: 0,
    sessionsOutlivingTimeout: 0,
    lockSuccessions: 0,
    locksGranted: 0,
    guardedWrites: 0,
    crowds: 0,
    crowdTold: 0,
    turnsAboveSlice: 0,
  };

  for (const { seed, why } of savedSeeds('peer')) {
    it(`hold with seed ${String(seed)}: ${why}`, async function () {
      this.timeout(60_000);
      const { figures } = holds(await runPeerSeed(seed));
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += figures[name];
    });
  }

  it('saw with these what the rules are about: sessions of every fate, locks that pass on, long turns', function () {
    for (const [what, count] of Object.entries(sums)) assert.ok(count > 0, `none: ${what}`);
  });

  it('hold with fresh seeds, for a while', async function () {
    this.timeout((freshSeconds + 60) * 1_000);
    await runFresh((seed) => runPeerSeed(seed), freshSeconds);
  });

  it('repeat themselves: one seed, one history', async function () {
    this.timeout(60_000);
    const first = await runPeerSeed(3);
    const second = await runPeerSeed(3);
    assert.equal(second.hash, first.hash);
    assert.deepEqual(second.figures, first.figures);
  });
});
