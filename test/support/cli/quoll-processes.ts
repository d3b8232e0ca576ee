import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./stand-in-main.js', import.meta.url));

/** Processes of `quoll` that work in a folder of their own. */
export class QuollProcesses {
  readonly folder = mkdtempSync(join(tmpdir(), 'quoll-cli-'));
  readonly #runs: Run[] = [];

  start(...args: string[]): Run {
    const run = new Run(args, this.folder);
    this.#runs.push(run);
    return run;
  }

  /** Ends those that still run, and removes the folder. */
  async end(): Promise<void> {
    for (const run of this.#runs) {
      if (run.child.exitCode === null && run.child.signalCode === null) run.child.kill('SIGTERM');
      await run.ends();
    }
    rmSync(this.folder, { recursive: true });
  }
}

/** A `quoll` process whose output can be waited for. */
class Run {
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  output = '';

  constructor(args: readonly string[], cwd: string) {
    this.child = spawn(process.execPath, [program, ...args], { cwd, stdio: 'pipe' });
    this.#closed = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.child.emit('said');
      });
    }
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
      if (ended && !pattern.test(this.output)) {
        assert.fail(`never said ${String(pattern)}:\n${this.output}`);
      }
    }
  }

  async ends(): Promise<unknown> {
    const [code] = await this.#closed;
    return code;
  }
}

/**
 * True for a process that runs, not for one that has ended and that nobody has asked about yet: an orphan's new parent may
 * take its time.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch (error) {
    // Without /proc the signal's word must do.
    return existsSync('/proc') ? false : (error as { code?: string }).code === 'ENOENT';
  }
}
