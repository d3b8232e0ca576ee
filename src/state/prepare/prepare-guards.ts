import { refused, type Refusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { CheckLockOp, CheckSessionOp } from '../../model/request.ts';
import type { Draft } from './draft.ts';

// Guards of a multi that ask for no permission and change nothing: a token or a session id is all they look at.

interface GuardContext {
  readonly draft: Draft;
  readonly answers: number;
}

export function checkLock({ draft, answers }: GuardContext, op: CheckLockOp): Refusal | undefined {
  if (!draft.queue(op.path).isHeldWith(op.token)) return fenced(op.path);
  draft.check(op.path, answers);
  return undefined;
}

export function checkSession(
  { draft, answers }: GuardContext,
  { path, session }: CheckSessionOp,
): Refusal | undefined {
  if (draft.session(session) === undefined) {
    return refused('sessionExpired', 'The session that the request depends on has ended.');
  }
  draft.check(path, answers);
  return undefined;
}

export function fenced(queue: ZnodePath): Refusal {
  return refused(
    'fenced',
    'The lock is not held under this token (any more): stop what depends on it, and acquire it anew.',
    { path: queue },
  );
}
