import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { runCoreSeed } from './core-ring.ts';
import { Figures, failureReport } from './report.ts';

/** Fresh seeds run for this long; QUOLL_SIM_SECONDS makes it longer for a night's run. */
const freshSeconds = Number(process.env['QUOLL_SIM_SECONDS'] ?? '20');

const saved = readFileSync('test/sim/seeds.txt', 'utf8')
  .split('\n')
  .map((line) => /^core (\d+) (.*)$/.exec(line))
  .filter((match) => match !== null)
  .map(([, seed, why]) => ({ seed: Number(seed), why: why ?? '' }));

function mustHold(seed: number): ReturnType<typeof runCoreSeed> {
  const result = runCoreSeed(seed);
  assert.ok(result.failure === undefined, failureReport(result));
  return result;
}

describe('the protocol in simulation', () => {
  for (const { seed, why } of saved) {
    it(`holds with seed ${String(seed)}: ${why}`, function () {
      this.timeout(60_000);
      mustHold(seed);
    });
  }

  it('holds with fresh seeds, for a while', function () {
    this.timeout((freshSeconds + 60) * 1_000);
    const figures = new Figures();
    const first = Math.floor(Math.random() * 2 ** 31);
    const startedAtMs = Date.now();
    const cpuBefore = process.cpuUsage();
    let seed = first;
    do figures.add(mustHold(seed++).figures);
    while (Date.now() - startedAtMs < freshSeconds * 1_000);
    const cpuSeconds = process.cpuUsage(cpuBefore).user / 1_000_000;
    process.stdout.write(
      `      seeds ${String(first)}..${String(seed - 1)}: ${figures.describe(cpuSeconds)}\n`,
    );
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
