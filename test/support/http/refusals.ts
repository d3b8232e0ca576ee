import assert from 'node:assert/strict';
import { Problem } from '../../../src/frontends/http/exchange/problem.ts';

/** What the problem says that `run` is refused with, a 400. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.status, 400);
    return error.message;
  }
  return assert.fail('was not refused');
}

/** For `assert.throws`: a problem with this code. */
export const refusedAs = (code: string) => (error: unknown) =>
  error instanceof Problem && error.code === code;
