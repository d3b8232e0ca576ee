import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { program } from '../program.ts';
import type { QuollOutcome } from './quoll.ts';

/** A `quoll copy --follow`, which runs until it is stopped, and then compares. */
export class Following {
  readonly #child: ChildProcess;
  #output = '';
  #errors = '';

  constructor(...args: readonly string[]) {
    this.#child = spawn(process.execPath, [program, 'copy', ...args, '--follow', '--verify'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
  }

  /** How many changes it has followed. */
  followed(): number {
    return Number(this.#told(/: (\d+) changes followed/g) ?? 0);
  }

  /** Whether it says that nothing waits, by now. */
  isInStep(): boolean {
    return this.#told(/^(in step|\d+ changes wait)/gm) === 'in step';
  }

  async stop(): Promise<QuollOutcome> {
    this.#child.kill('SIGINT');
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return { code: this.#child.exitCode ?? -1, output: this.#output, errors: this.#errors };
  }

  #told(words: RegExp): string | undefined {
    assert.equal(this.#child.exitCode, null, this.#output + this.#errors);
    return [...this.#output.matchAll(words)].at(-1)?.[1];
  }
}
