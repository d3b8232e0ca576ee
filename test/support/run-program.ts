import { execFile } from 'node:child_process';
import { program } from './program.ts';

/** What a command of the program that users have came to. */
export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs it to its end. */
export function runProgram(args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1_048_576 };
    execFile(process.execPath, [program, ...args], options, (error, output, errors) => {
      if (error === null) resolve({ code: 0, output, errors });
      else if (typeof error.code === 'number') resolve({ code: error.code, output, errors });
      else reject(new Error('it came to no exit code', { cause: error }));
    });
  });
}
