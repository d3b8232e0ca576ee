// The store's real file traffic, recorded by strace, against every kind of power failure and disk error (brief D3).
// QUOLL_CRASH_FULL=1 looks at every crash point; otherwise a share of them within a minute.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DiskModel, survivals } from '../support/crash/disk-states.ts';
import { Judge, nothingPromised, promisedAfter, type Promised } from '../support/crash/judge.ts';
import { twoLives } from '../support/crash/script.ts';
import { readTrace, type DiskEvent } from '../support/crash/trace.ts';
import { Prng } from '../sim/prng.ts';

const full = process.env['QUOLL_CRASH_FULL'] === '1';
const shareMs = 45_000;
const script = fileURLToPath(new URL('../support/crash/scripted-peer.js', import.meta.url));
const traced = 'pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,openat';
/** Images live where they are quick to make. */
const fastDirectory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface Run {
  readonly events: DiskEvent[];
  readonly trace: string;
  readonly said: string[];
  readonly status: number | null;
}

function run(directory: string, life: 0 | 1, end: 'kill' | 'close', inject: string[] = []): Run {
  const output = `${directory}.strace`;
  const { stdout, status } = spawnSync(
    'strace',
    ['-f', '-y', '-xx', '-s', '10000000', '-e', `trace=${traced}`, ...inject, '-o', output].concat([
      process.execPath,
      script,
      directory,
      String(life),
      end,
    ]),
    { encoding: 'utf8', maxBuffer: 1e8, timeout: 60_000 },
  );
  const trace = readFileSync(output, 'latin1');
  rmSync(output);
  return { events: readTrace(trace, directory), trace, said: stdout.trim().split('\n'), status };
}

describe('the store on a disk that fails', function () {
  this.timeout(full ? 0 : 10 * 60_000);

  const [firstLife, secondLife] = twoLives();
  let root: string;
  let judge: Judge;

  before(() => {
    assert.equal(
      spawnSync('strace', ['-V']).status,
      0,
      'strace is missing: apt-get install strace',
    );
    root = mkdtempSync(join(tmpdir(), 'quoll-crash-'));
    judge = new Judge([...firstLife, ...secondLife], fastDirectory);
  });

  after(() => {
    judge.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  describe('power failures', () => {
    let lives: readonly (readonly DiskEvent[])[];

    before(() => {
      const directory = join(root, 'recorded');
      const first = run(directory, 0, 'kill');
      const second = run(directory, 1, 'close');
      assert.equal(first.said.at(-1), `ACK ${String(firstLife.length - 1)}`);
      assert.equal(second.said.at(-1), 'CLOSED');
      lives = [first.events, second.events];
    });

    it('takes one fsync for each group of writes', () => {
      const [events = []] = lives;
      // Steps 2 and 3: one entry alone, and five writes at once; the WAL is far from full, so no checkpoint intervenes.
      const syncs = [0, 0];
      let step = 0;
      for (const event of events) {
        if (event.kind === 'said') step = Number(/ACK (\d+)/.exec(event.text)?.[1] ?? -1) + 1;
        if (event.kind !== 'sync' || event.file === 'guard') continue;
        if (step === 2) syncs[0] = (syncs[0] ?? 0) + 1;
        if (step === 3) syncs[1] = (syncs[1] ?? 0) + 1;
      }
      assert.deepEqual(syncs, [1, 1]);
    });

    /** Walks through both lives; `visit` sees the disk after every event. */
    const walk = (
      visit: (model: DiskModel, promised: Promised, event: DiskEvent) => boolean,
    ): void => {
      const model = new DiskModel();
      let promised = nothingPromised;
      for (const [life, events] of lives.entries()) {
        for (const event of events) {
          if (event.kind === 'said') {
            promised = promisedAfter(promised, event.text, life === 0 ? 0 : firstLife.length);
          }
          model.apply(event);
          if (!visit(model, promised, event)) return;
        }
      }
    };

    it('keeps all it promised, at every moment', function () {
      const deadline = performance.now() + shareMs;
      const random = new Prng(20_260_101);
      const judgeAll = (model: DiskModel, promised: Promised): void => {
        for (const survival of survivals) {
          if (survival !== 'none' && !model.hasUnsynced) break;
          judge.judge(
            model.image(survival, () => random.fraction()),
            promised,
          );
        }
      };
      // Every boundary first: the moments around a sync or a change of names.
      walk((model, promised, event) => {
        if (full || (event.kind !== 'write' && event.kind !== 'said')) judgeAll(model, promised);
        return full || performance.now() < deadline;
      });
      // Then moments between, until the time is over.
      while (!full && performance.now() < deadline) {
        walk((model, promised, event) => {
          if (event.kind === 'write' && random.fraction() < 0.02) judgeAll(model, promised);
          return performance.now() < deadline;
        });
      }
      assert.ok(judge.count > 100, 'there were images to judge');
      if (this.test !== undefined) this.test.title += ` (${String(judge.count)} images)`;
    });
  });

  /** Runs the first life with one failing call, then judges what is left. Undefined when SQLite may ignore the failure. */
  const runFailing = (call: string, error: string, when: number): Run | undefined => {
    const directory = join(root, `${call}-${error}-${String(when)}`);
    const failed = run(directory, 0, 'close', [
      '-e',
      `inject=${call}:error=${error}:when=${String(when)}`,
    ]);
    const injected = failed.trace.split('\n').find((line) => line.includes('(INJECTED)'));
    if (injected === undefined) return undefined;
    const where = `${call} number ${String(when)} with ${error}: ${failed.said.slice(-2).join(' | ')}`;
    // SQLite does not mind when a directory can't be synced; the store syncs it once more by itself.
    const isOfDirectory = injected.includes(`<${hex(directory)}>`);
    if (failed.status !== 0 || !isOfDirectory) {
      assert.equal(failed.status, 70, where);
      assert.match(failed.said.at(-1) ?? '', /^FAILED (io|diskFull) /, where);
    }
    assert.equal(failed.said.filter((line) => line.startsWith('FAILED')).length <= 1, true);
    let promised = nothingPromised;
    for (const line of failed.said) promised = promisedAfter(promised, line, 0);
    judge.judgeDirectory(directory, promised);
    // The same with the power gone too, and the pages lost that the failed sync gave up.
    const model = new DiskModel();
    for (const event of failed.events) model.apply(event);
    const random = new Prng(when);
    for (const survival of survivals) {
      judge.judge(
        model.image(survival, () => random.fraction()),
        promised,
      );
    }
    rmSync(directory, { recursive: true });
    return failed;
  };

  for (const [call, error, code] of [
    ['fsync', 'EIO', 'io'],
    ['pwrite64', 'EIO', 'io'],
    ['pwrite64', 'ENOSPC', 'diskFull'],
  ] as const) {
    it(`stops for good when ${call} fails with ${error}`, function () {
      const deadline = performance.now() + shareMs / 3;
      const random = new Prng(call.length + error.length);
      let runs = 0;
      let codes = 0;
      for (let when = 1; full || performance.now() < deadline; runs++) {
        const failed = runFailing(call, error, when);
        if (failed === undefined) {
          if (full || when === 1) break;
          when = 1 + Math.floor(random.fraction() * 10);
          continue;
        }
        if (failed.said.at(-1)?.startsWith(`FAILED ${code} `) === true) codes++;
        when += full ? 1 : 1 + Math.floor(random.fraction() * (call === 'fsync' ? 12 : 120));
      }
      assert.ok(codes > 0, 'some calls failed');
      if (this.test !== undefined) this.test.title += ` (${String(runs)} runs)`;
    });
  }
});

function hex(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
