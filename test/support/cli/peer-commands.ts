import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ensemble } from '../../../src/index.ts';
import { program } from '../program.ts';
import { until } from '../until.ts';

/** One `quoll` process, or a shell that runs some. */
export class CommandRun {
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  output = '';
  errors = '';

  constructor(
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    more: { readonly input: string | undefined; readonly runs?: string },
  ) {
    const { input, runs = process.execPath } = more;
    this.child = spawn(runs, args, {
      stdio: 'pipe',
      env: { ...process.env, NODE: process.execPath, QUOLL: program, ...environment },
    });
    this.#closed = once(this.child, 'close');
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.child.stdin?.end(input);
  }

  async says(pattern: RegExp): Promise<void> {
    await until(`${String(pattern)} of ${this.child.spawnargs.join(' ')}`, () => {
      if (pattern.test(this.output)) return true;
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output}${this.errors}`);
      return false;
    });
  }

  async ends(): Promise<unknown> {
    const [code, signal] = await this.#closed;
    return code ?? signal;
  }
}

/** `quoll`, run at the peers of an ensemble: the first of them, unless it is said. */
export class PeerCommands {
  readonly folder = mkdtempSync(join(tmpdir(), 'quoll-cli-'));
  readonly #ensemble: Ensemble;
  readonly #runs: CommandRun[] = [];

  constructor(ensemble: Ensemble) {
    this.#ensemble = ensemble;
  }

  start(
    args: readonly string[],
    more: {
      input?: string | undefined;
      url?: string;
      session?: string;
      shell?: string;
      environment?: NodeJS.ProcessEnv;
    } = {},
  ): CommandRun {
    const { input, url = this.#ensemble.urls[0], session, shell } = more;
    const environment = { QUOLL_URL: url, QUOLL_SESSION: session, ...more.environment };
    const run =
      shell === undefined
        ? new CommandRun([program, ...args], environment, { input })
        : new CommandRun(['-c', shell], environment, { input, runs: 'sh' });
    this.#runs.push(run);
    return run;
  }

  /** What it printed; it must have ended with this code. */
  async ran(code: number, ...args: readonly string[]): Promise<string> {
    const run = this.start(args);
    assert.equal(await run.ends(), code, run.output + run.errors);
    return run.output;
  }

  /** Ends those that still run, and removes the folder; peers that were killed come back. */
  async end(): Promise<void> {
    for (const { child } of this.#runs) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
    await Promise.all(this.#runs.map((run) => run.ends()));
    rmSync(this.folder, { recursive: true });
    const killed = this.#ensemble.peers.filter(({ isRunning }) => !isRunning);
    await Promise.all(killed.map((peer) => peer.start()));
    await this.#ensemble.ready();
  }
}

/** A command that runs until `file` is there no more; it says what it was given, and ends with 7. */
export function holderOf(file: string): string[] {
  writeFileSync(file, '');
  const script = `
    const { existsSync } = require('node:fs');
    console.log('token ' + process.env.QUOLL_FENCING_TOKEN);
    const timer = setInterval(() => { if (!existsSync(${JSON.stringify(file)})) { clearInterval(timer); process.exitCode = 7; } }, 10);
  `;
  return ['--', process.execPath, '-e', script];
}
