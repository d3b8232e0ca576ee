import { permission, type Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { parentOf, rootPath, type ZnodePath } from '../../model/path.ts';
import type { CheckLockOp, CheckSessionOp } from '../../model/request.ts';
import { isAllowed, noAuth } from '../access/access.ts';
import type { Draft } from './draft.ts';

// Guards of a multi that change nothing: a token or a session id is all they look at.

interface GuardContext {
  readonly draft: Draft;
  readonly identities: readonly Identity[];
  readonly answers: number;
}

/**
 * A look at a lock: it asks for READ of the queue's directory, except of who may administer the contender that holds under
 * this token, as its owner may. So nobody finds out by guessing who holds what he may not see.
 */
export function checkLock(context: GuardContext, op: CheckLockOp): Refusal | undefined {
  const { draft, identities, answers } = context;
  const { path, token } = op;
  if (!mayRead(context, path)) {
    const holder = draft.queue(path).holderWith(token);
    const contender = holder === undefined ? undefined : draft.find(holder.path);
    const isOwn = contender !== undefined && isAllowed(contender.acl, permission.admin, identities);
    if (!isOwn) return noAuth(path, 'READ');
  } else if (!draft.queue(path).isHeldWith(token)) return fenced(path);
  draft.check(path, answers);
  return undefined;
}

/** By the ACL of the directory; while there is none, by that of the nearest znode above it. */
function mayRead({ draft, identities }: GuardContext, path: ZnodePath): boolean {
  let at = path;
  let found = draft.find(at);
  while (found === undefined && at !== rootPath) found = draft.find((at = parentOf(at)));
  return found === undefined || isAllowed(found.acl, permission.read, identities);
}

export function checkSession(
  { draft, answers }: GuardContext,
  { path, session }: CheckSessionOp,
): Refusal | undefined {
  if (draft.findSession(session) === undefined) {
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
