import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import { holderOf, PeerCommands, type CommandRun } from '../support/cli/peer-commands.ts';
import { isRunning } from '../support/cli/quoll-processes.ts';
import { until } from '../support/until.ts';

/** Says whether a process waits to end this group of processes. */
function isGuarded(group: number): boolean {
  return readdirSync('/proc').some((entry) => {
    try {
      const words = readFileSync(join('/proc', entry, 'cmdline'), 'utf8').split('\0');
      return words.includes('quoll-guard') && words.includes(String(-group));
    } catch {
      // Not a process, or one that has ended.
      return false;
    }
  });
}

describe('quoll at real peers', function () {
  this.timeout(120_000);
  let ensemble: Ensemble;
  let folder: string;
  let commands: PeerCommands;

  before(async () => {
    ensemble = await startEnsemble({
      grpc: { port: 'off' },
      limits: { recursiveDeleteMax: 50, changesPerTxnMax: 100 },
    });
  });
  after(async () => {
    await ensemble.stop();
  });
  beforeEach(() => {
    commands = new PeerCommands(ensemble);
    ({ folder } = commands);
  });
  afterEach(async () => {
    await commands.end();
  });

  const start: PeerCommands['start'] = (...args) => commands.start(...args);
  const quoll = (code: number, ...args: readonly string[]): Promise<string> =>
    commands.ran(code, ...args);
  const untilQueued = async (name: string, count: number): Promise<void> => {
    await until(`${String(count)} in the queue of ${name}`, async () => {
      const queue = await fetch(`${ensemble.urls[1] ?? ''}/v1/nodes/locks/${name}?children`);
      return ((await queue.json()) as { children: string[] }).children.length === count;
    });
  };
  const tokenOf = (run: CommandRun): bigint => BigInt(/token (\d+)/.exec(run.output)?.[1] ?? '0');

  it('a znode stays as it is when its data are forgotten', async () => {
    await quoll(0, 'create', '/kept', 'here');
    // What a cron job, ssh -n or a container has for its input.
    const shell = start([], {
      shell: `"$NODE" "$QUOLL" set /kept </dev/null; echo "$?"; printf '' | "$NODE" "$QUOLL" set /kept; echo "$?"`,
    });
    await shell.ends();
    assert.equal(shell.output, '2\n2\n', shell.errors);
    assert.equal(await quoll(0, 'get', '/kept'), 'here');
  });

  it('delete walks a tree that is too large for one request, and goes on with what is left', async () => {
    const create = async (...paths: readonly string[]): Promise<void> => {
      const ops = paths.map((path) => ({ op: 'create', path, data: '' }));
      const body = JSON.stringify({ ops });
      const answer = await fetch(`${ensemble.urls[0] ?? ''}/v1/txn`, { method: 'POST', body });
      assert.equal(answer.status, 200);
    };
    const below = (path: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${path}/${String(index)}`);
    await create('/large', ...below('/large', 60));
    await create(...below('/large/7', 70));
    await create(...below('/large/7/9', 20));
    await quoll(4, 'delete', '/large', '--recursive', '--version', '3');
    assert.equal(await quoll(0, 'delete', '/large', '--recursive'), 'deleted 151\n');
    await quoll(3, 'delete', '/large', '--recursive');
  });

  it('status --watch gives a pipe a line for each change, and no more', async () => {
    const text = start(['status', '--watch'], { url: ensemble.urls.join(',') });
    const json = start(['status', '-w', '-o', 'json'], { url: ensemble.urls.join(',') });
    await text.says(/ensemble: led by peer \d/);
    await json.says(/"leaderId":\d/);
    const [, before] = /led by peer (\d)/.exec(text.output) ?? [];
    await quoll(0, 'leader', 'move');
    await text.says(/led by peer \d[^]*led by peer \d/);
    const [, after] = /led by peer \d[^]*led by peer (\d)/.exec(text.output) ?? [];
    assert.notEqual(after, before);
    const other = new RegExp(`"leaderId":${after ?? ''}`);
    await json.says(other);
    for (const run of [text, json]) {
      assert.equal(run.child.exitCode, null);
      run.child.kill('SIGTERM');
      await run.ends();
    }
    const lines = text.output.trimEnd().split('\n');
    assert.ok(lines.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z (ensemble|peer \d): /.test(line)));
    assert.equal(new Set(lines.map((line) => line.replace(/^\S+ /, ''))).size > 3, true);
    assert.ok(lines.every((line, at) => line.slice(25) !== lines[at - 1]?.slice(25)));
    for (const line of json.output.trimEnd().split('\n')) JSON.parse(line);
  });

  it('check measures this machine and the clocks of peers, and ends by its verdict', async () => {
    const there = ['check', '--data-dir', join(folder, 'data'), '-o', 'json'];
    const found = JSON.parse(await quoll(0, ...there, '--url', ensemble.urls.join(','))) as {
      readonly checks: readonly { readonly what: string; readonly verdict: string }[];
    };
    const verdicts = new Map(found.checks.map(({ what, verdict }) => [what, verdict]));
    for (const what of ['Node', ...ensemble.urls.map((url) => `clock of ${url}`)]) {
      assert.equal(verdicts.get(what), 'ok', what);
    }
    assert.ok(verdicts.has('fsync'));
    // A peer does not start by it, so it is bad.
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'serverId: many\n');
    const said = await quoll(1, 'check', '--config', file);
    assert.match(said, /bad +configuration, .*wrong\.yaml:1[^]*To do:/);
  });

  it('what lock started ends with it, be it killed', async () => {
    const shell = `trap '' TERM; echo "pids $$ $(sleep 600 >/dev/null & echo $!)"; sleep 600`;
    const run = start(['lock', 'killed', '--kill-after', '1s', '--', 'sh', '-c', shell]);
    await run.says(/pids \d+ \d+/);
    const [, ...pids] = /pids (\d+) (\d+)/.exec(run.output) ?? [];
    assert.ok(pids.every((pid) => isRunning(Number(pid))));
    // The command was started first, and may speak before its guard runs.
    await until('it is guarded', () => isGuarded(Number(pids[0])));
    run.child.kill('SIGKILL');
    await until('all have ended', () => !pids.some((pid) => isRunning(Number(pid))));
  });

  it('what lock started is told of signals, and what that started too', async () => {
    // A signal between fork and exec would meet the shell's own trap in the child, and be lost.
    const shell = `
      trap 'echo hung up; exit 5' HUP
      sleep 600 & until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done
      echo "pid $!"; wait`;
    const run = start(['lock', 'told', '--', 'sh', '-c', shell]);
    await run.says(/pid \d+/);
    const [, pid] = /pid (\d+)/.exec(run.output) ?? [];
    run.child.kill('SIGHUP');
    assert.equal(await run.ends(), 5, run.errors);
    assert.match(run.output, /hung up/);
    await until('its own child has ended', () => !isRunning(Number(pid)));
  });

  it('status ends with 5 without a quorum, and says who looks for a leader', async () => {
    await Promise.all([ensemble.peer(1).kill(), ensemble.peer(2).kill()]);
    await until('no leader', async () => {
      const answer = await fetch(`${ensemble.urls[2] ?? ''}/v1/cluster`);
      return ((await answer.json()) as { leaderId: unknown }).leaderId === null;
    });
    // The first two of the list do not answer.
    const run = start(['status'], { url: ensemble.urls.join(',') });
    assert.equal(await run.ends(), 5);
    assert.match(run.output, /led by nobody now, asked peer 3 \(looking\)[^]*\n3 +looking +up /);
    assert.match(run.errors, /There is no quorum[^]*do not answer: 1, 2\./);
  });

  it('tree, txn and session do what their help says', async () => {
    const transaction = {
      ops: [
        { op: 'create', path: '/app', data: '' },
        { op: 'create', path: '/app/a', data: '1' },
        { op: 'create', path: '/app/a/b', data: '2' },
      ],
    };
    const file = join(folder, 'txn.json');
    writeFileSync(file, JSON.stringify(transaction));
    assert.match(await quoll(0, 'txn', file), /^ops ran, zxid \d+\n {2}create \/app\n/);
    await quoll(1, 'txn', file);
    assert.equal(await quoll(0, 'tree', '/app'), '/app\n└── a\n    └── b\n');
    const opened = start(['session', 'open', '--timeout', '30s']);
    assert.equal(await opened.ends(), 0);
    const session = opened.output.trim();
    const create = start(['create', '/app/w', '--kind', 'ephemeral'], { session });
    assert.equal(await create.ends(), 0, create.errors);
    const touch = start(['session', 'touch'], { session });
    assert.equal(await touch.ends(), 0, touch.errors);
    assert.match(touch.output, /ends in \d+ ms/);
    assert.equal(await quoll(0, 'ls', '/app'), 'a\nw\n');
    const close = start(['session', 'close'], { session });
    assert.equal(await close.ends(), 0, close.errors);
    assert.equal(await quoll(0, 'ls', '/app'), 'a\n');
  });

  it('watch goes on at another peer when its own is killed, and misses nothing', async () => {
    await quoll(0, 'create', '/watched', '0');
    const watch = start(['watch', '/watched', '--values', '--initial', '--count', '21']);
    await watch.says(/created \/watched "0"/);
    for (let turn = 1; turn <= 20; turn++) {
      if (turn === 10) await ensemble.peer(1).kill();
      await until('a write that is taken', async () => {
        const target = `${ensemble.urls[1] ?? ''}/v1/nodes/watched?version=${String(turn - 1)}`;
        const { status } = await fetch(target, { method: 'PUT', body: String(turn) });
        // 412: an answer was lost, and this had been written.
        return status === 200 || status === 412;
      });
    }
    assert.equal(await watch.ends(), 0, watch.errors);
    const values = watch.output
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1));
    assert.deepEqual(
      values,
      Array.from({ length: 21 }, (_, turn) => `"${String(turn)}"`),
    );
  });

  it('lock lets one command run at a time, with tokens that grow, through the death of a peer', async () => {
    const [one, two] = ['one', 'two'].map((name) => join(folder, name));
    const first = start(['lock', 'job', ...holderOf(one ?? '')]);
    await first.says(/token \d+/);
    await quoll(6, 'lock', 'job', '--wait', '0s', '--', process.execPath, '-e', '');
    const second = start(['lock', 'job', ...holderOf(two ?? '')]);
    await untilQueued('job', 2);
    await ensemble.peer(1).kill();
    await ensemble.leader();
    assert.equal(second.output, '');
    rmSync(one ?? '');
    assert.equal(await first.ends(), 7, first.errors);
    await second.says(/token \d+/);
    assert.ok(tokenOf(second) > tokenOf(first));
    rmSync(two ?? '');
    assert.equal(await second.ends(), 7, second.errors);
  });

  it('lock gives back on a signal, waiting or holding', async () => {
    const file = join(folder, 'held');
    const first = start(['lock', 'signals', ...holderOf(file)]);
    await first.says(/token \d+/);
    const second = start(['lock', 'signals', '--', process.execPath, '-e', '']);
    const third = start(['lock', 'signals']);
    await untilQueued('signals', 3);
    second.child.kill('SIGTERM');
    assert.equal(await second.ends(), 143, second.errors);
    first.child.kill('SIGTERM');
    assert.equal(await first.ends(), 143, first.errors);
    await third.says(/the lock signals is held, fencing token \d+; Ctrl-C gives it back/);
    third.child.kill('SIGINT');
    assert.equal(await third.ends(), 130, third.errors);
    assert.equal(
      (
        await quoll(
          0,
          'lock',
          'signals',
          '--wait',
          '0s',
          '--',
          process.execPath,
          '-e',
          'console.log(1)',
        )
      ).trim(),
      '1',
    );
  });

  it('elect runs the command of one at a time', async () => {
    const [one, two] = ['one', 'two'].map((name) => join(folder, name));
    const first = start(['elect', 'boss', '--data', 'a', ...holderOf(one ?? '')]);
    await first.says(/token \d+/);
    const second = start(['elect', 'boss', '--data', 'b', ...holderOf(two ?? '')]);
    rmSync(one ?? '');
    assert.equal(await first.ends(), 7, first.errors);
    await second.says(/token \d+/);
    assert.ok(tokenOf(second) > tokenOf(first));
    rmSync(two ?? '');
    assert.equal(await second.ends(), 7, second.errors);
  });
});
