import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { program } from '../program.ts';

export interface QuollOutcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs one command of `quoll` to its end. */
export function quoll(...args: readonly string[]): Promise<QuollOutcome> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 256 * 1_048_576 };
    execFile(process.execPath, [program, ...args], options, (error, output, errors) => {
      if (error === null) resolve({ code: 0, output, errors });
      else if (typeof error.code === 'number') resolve({ code: error.code, output, errors });
      else reject(new Error('it came to no exit code', { cause: error }));
    });
  });
}

/** Of one that is to succeed. */
export async function quollSays(...args: readonly string[]): Promise<string> {
  const { code, output, errors } = await quoll(...args);
  assert.equal(code, 0, `${args.join(' ')}\n${output}${errors}`);
  return output;
}

/** Of one that is to fail. */
export async function quollRefuses(...args: readonly string[]): Promise<string> {
  const { code, output, errors } = await quoll(...args);
  assert.notEqual(code, 0, `${args.join(' ')}\n${output}`);
  return errors;
}
