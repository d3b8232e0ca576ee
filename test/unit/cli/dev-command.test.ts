import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../support/cli/stand-in-main.js', import.meta.url));

/** A `quoll` process whose output can be waited for. */
class Run {
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  output = '';

  constructor(args: readonly string[], cwd: string) {
    this.child = spawn(process.execPath, [program, ...args], { cwd, stdio: 'pipe' });
    this.#closed = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.child.emit('said');
      });
  }

  /** The match, once the output has one; fails when the process ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      const ended = await Promise.race([
        once(this.child, 'said').then(() => false),
        this.#closed.then(() => true),
      ]);
      if (ended && !pattern.test(this.output))
        assert.fail(`never said ${String(pattern)}:\n${this.output}`);
    }
  }

  async ends(): Promise<unknown> {
    const [code] = await this.#closed;
    return code;
  }
}

/** Not one that has ended and that nobody has asked about yet: an orphan's new parent may take its time. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch (error) {
    // Without /proc the signal's word must do.
    return existsSync('/proc') ? false : (error as { code?: string }).code === 'ENOENT';
  }
}

describe('quoll as a process', () => {
  let folder: string;
  let runs: Run[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-cli-'));
    runs = [];
  });
  afterEach(async () => {
    for (const run of runs) {
      if (run.child.exitCode === null && run.child.signalCode === null) run.child.kill('SIGTERM');
      await run.ends();
    }
    rmSync(folder, { recursive: true });
  });

  function quoll(...args: string[]): Run {
    const run = new Run(args, folder);
    runs.push(run);
    return run;
  }

  describe('server', () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      it(`stops in order on ${signal}`, async () => {
        const run = quoll('server', '--http-port', '0', '--data-dir', 'here');
        await run.says(/listening on \d+, data in .*\/here/);
        run.child.kill(signal);
        assert.equal(await run.ends(), 0);
        assert.match(run.output, /stopped in order/);
      });

    it('reads its file, with flags above it', async () => {
      writeFileSync(join(folder, 'q.yaml'), 'log: { level: error }\nhttp: { port: 1 }');
      const run = quoll('server', '--config', 'q.yaml', '--http-port', '0');
      await run.says(/log error/);
    });

    it('ends with 2 and every complaint when the configuration is wrong', async () => {
      const run = quoll('server', '--http-port', 'x', '--server-id', '0');
      assert.equal(await run.ends(), 2);
      assert.match(run.output, /2 mistakes/);
      assert.doesNotMatch(run.output, /listening/);
    });

    it('shows warnings of the configuration and starts', async () => {
      writeFileSync(join(folder, 'zoo.cfg'), 'tickTme=2000');
      const run = quoll('server', '--config', 'zoo.cfg', '--http-port', '0');
      await run.says(/listening/);
      assert.match(run.output, /warn: zoo\.cfg:1: unknown key tickTme.*did you mean tickTime/);
    });
  });

  describe('dev', () => {
    const pids = (output: string): number[] =>
      [...output.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));

    it('starts three peers, prints how to use them, and stops them all', async () => {
      const run = quoll('dev', '--base-port', '0');
      const [banner] = await run.says(/Quoll is ready: 3 peers[^]*Ctrl-C stops them all/);
      const peers = pids(banner);
      assert.equal(new Set(peers).size, 3);
      assert(peers.every(isRunning));
      assert.equal(banner.match(/^ {2}curl /gm)?.length, 3);
      assert.match(banner, /peer 1 .*leads/);
      assert.deepEqual(readdirSync(join(folder, 'data')), [
        'peer-1.yaml',
        'peer-2.yaml',
        'peer-3.yaml',
      ]);
      run.child.kill('SIGINT');
      assert.equal(await run.ends(), 0);
      assert(!peers.some(isRunning));
      assert.equal(run.output.match(/peer \d \| stopped in order/g)?.length, 3);
    });

    it('says when a peer was killed, and how to start it again', async () => {
      const run = quoll('dev', '--base-port', '0', '--peers', '2');
      const [banner] = await run.says(/Quoll is ready[^]*Ctrl-C/);
      const [, second = 0] = pids(banner);
      process.kill(second, 'SIGKILL');
      await run.says(/peer 2 has ended \(SIGKILL\)/);
      const [, command = ''] = await run.says(/node (\S+ server --config data\/peer-2\.yaml)/);
      const again = quoll(...command.split(' ').slice(1));
      await again.says(/listening/);
    });

    it('leaves no peer behind when it is killed itself', async () => {
      const run = quoll('dev', '--base-port', '0', '--peers', '2');
      const [banner] = await run.says(/Quoll is ready[^]*Ctrl-C/);
      run.child.kill('SIGKILL');
      await run.ends();
      for (const pid of pids(banner)) while (isRunning(pid)) await delay(10);
    });

    it('names every port that is taken, and starts nothing', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const run = quoll('dev', '--base-port', String(port), '--peers', '1');
      const code = await run.ends();
      taken.close();
      assert.equal(code, 1);
      assert.match(run.output, new RegExp(`Ports are taken: ${String(port)} \\(http of peer 1\\)`));
      assert.match(run.output, /--base-port 0/);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('does not mix ensembles of two sizes in one directory', async () => {
      mkdirSync(join(folder, 'data'));
      for (const id of [1, 2, 3])
        writeFileSync(join(folder, 'data', `peer-${String(id)}.yaml`), '');
      const run = quoll('dev', '--base-port', '0', '--peers', '5');
      assert.equal(await run.ends(), 2);
      assert.match(run.output, /data holds an ensemble of 3\n.*--peers 3/);
    });

    it('ends when a peer cannot start', async () => {
      mkdirSync(join(folder, 'data', 'peer-1'), { recursive: true });
      writeFileSync(join(folder, 'data', 'peer-1', 'myid'), '9');
      const run = quoll('dev', '--base-port', '0', '--peers', '1');
      assert.equal(await run.ends(), 1);
      assert.match(run.output, /peer 1 \| .*myid says 9/);
      assert.match(run.output, /Peer 1 did not start/);
    });
  });

  it('writes a secret once, for its owner alone', async () => {
    assert.equal(await quoll('secret', 'new', 's').ends(), 0);
    assert.equal(statSync(join(folder, 's')).mode & 0o777, 0o600);
    const again = quoll('secret', 'new', 's');
    assert.equal(await again.ends(), 1);
    assert.match(again.output, /never overwritten/);
  });

  it('inspects, teaches and tells its version', async () => {
    const inspect = quoll('inspect', 'd', '--log');
    await inspect.says(/^d true$/m);
    const help = quoll('--help');
    assert.equal(await help.ends(), 0);
    assert.match(help.output, /quoll dev[^]*curl -X PUT[^]*Exit codes/);
    await quoll('--version').says(/^\d+\.\d+\.\d+/);
  });
});
