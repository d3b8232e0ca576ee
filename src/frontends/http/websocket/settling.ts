import { Problem, errorOfOurs, problemOf } from '../exchange/problem.ts';
import type { Answered, Done } from './operation.ts';

/** Answers a request with what the promise comes to. */
export function settling<Value>(
  done: Done,
  promise: Promise<Value>,
  answer: (value: Value) => Answered,
): void {
  promise.then(answer).then(done, (error: unknown) => {
    done(problemOf(error) ?? new UnknownCause(error));
  });
}

/** An error of ours: told to the log and not to the client. */
export class UnknownCause extends Problem {
  constructor(cause: unknown) {
    super('internal', errorOfOurs);
    this.cause = cause;
  }
}
