import type { Identity } from '../../model/acl.ts';
import type { Verb } from '../../model/auth.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import { zxidEquals, type Zxid } from '../../model/zxid.ts';
import type { LeadershipView, PlaceOwnerView, QueueView } from '../../service/locking.ts';
import type { Contender, LockQueue, StateMachine } from '../../state/state-machine.ts';

// How queues stand in the state that this peer has applied.

export type AppliedQueue = Pick<
  LockQueue,
  'contenders' | 'holders' | 'isMixed' | 'placeOf' | 'isHolder' | 'byKey'
>;

export interface Standing {
  readonly queue: AppliedQueue;
  readonly contender: Contender;
}

/**
 * Finds how a contender stands in its queue. Undefined when no such contender is in the queue; `czxid` tells one of the
 * same key from an earlier one.
 */
export function standingOf(
  state: StateMachine,
  { queue: path, key, czxid }: { queue: ZnodePath; key: string; czxid?: Zxid | undefined },
): Standing | undefined {
  const queue = state.lockQueue(path);
  const contender = queue?.byKey(key);
  if (queue === undefined || contender === undefined) return undefined;
  return czxid === undefined || zxidEquals(czxid, contender.czxid)
    ? { queue, contender }
    : undefined;
}

/** Counts the contenders that it waits for. */
export function aheadOf({ queue, contender }: Standing): number {
  const place = queue.placeOf(contender);
  switch (contender.mode) {
    case 'exclusive':
      return place;
    case 'semaphore':
      return Math.max(0, place - (contender.permits ?? 1) + 1);
    case 'read':
      return queue.contenders.slice(0, place).filter(({ mode }) => mode !== 'read').length;
  }
}

export function isHeldWith(state: StateMachine, path: ZnodePath, token: Zxid): boolean {
  const queue = state.lockQueue(path);
  return (
    queue?.contenders.slice(0, queue.holders).some(({ czxid }) => zxidEquals(czxid, token)) === true
  );
}

export function contendersOf(
  state: StateMachine,
  path: ZnodePath,
  identities: readonly Identity[],
): Pick<QueueView, 'dialect' | 'contenders'> {
  const queue = state.lockQueue(path);
  const contenders = (queue?.contenders ?? []).map((contender, place) => ({
    path: contender.path,
    mode: contender.mode,
    holds: place < (queue?.holders ?? 0),
    ...shownToOwner(state, contender, identities),
  }));
  const dialect = queue?.isMixed === true ? 'foreign' : queue?.contenders[0]?.dialect;
  return { dialect, contenders };
}

/**
 * Gives the leader of an election: whoever is first leads; what it proclaims is shown to who may read its contender.
 */
export function leaderOf(
  state: StateMachine,
  path: ZnodePath,
  identities: readonly Identity[],
): LeadershipView['leader'] {
  const first = state.lockQueue(path)?.contenders[0];
  if (first === undefined) return undefined;
  const read = state.read({ read: 'data', path: first.path }, identities);
  const data = ('data' in read ? read.data : null) ?? new Uint8Array(0);
  return { path: first.path, data, ...shownToOwner(state, first, identities) };
}

/** Refuses a look at a queue to who has not been granted that, or may not READ its directory. */
export function unreadable(
  state: StateMachine,
  path: ZnodePath,
  { identities, verb }: { readonly identities: readonly Identity[]; readonly verb: Verb },
): Refusal | undefined {
  const ungranted = state.grants.refusal(verb, path, identities);
  if (ungranted !== undefined) return ungranted;
  if (state.allows(path, 'read', identities)) return undefined;
  const detail = "This needs READ of the queue's directory, which the ACL does not give you.";
  return refused('noAuth', detail, { path });
}

/** What a contender's owner alone is shown, and who may administer it: ADMIN of it tells them from others. */
function shownToOwner(
  state: StateMachine,
  { path, owner, czxid }: Contender,
  identities: readonly Identity[],
): PlaceOwnerView {
  const isOwn = state.grants.may('lock', path, identities);
  return isOwn && state.allows(path, 'admin', identities) ? { session: owner, token: czxid } : {};
}

export function fencedOut(queue: ZnodePath): Refusal {
  return refused(
    'fenced',
    'The lock is not held under this token (any more): stop what depends on it, and acquire it anew.',
    { path: queue },
  );
}

export function lockLost(queue: ZnodePath): Refusal {
  return refused(
    'lockLost',
    'Not in the queue: released, or its session has ended, or the lockId is another. Enter again under a new lockId.',
    { path: queue },
  );
}

export function lockMixed(queue: ZnodePath): Refusal {
  return refused(
    'lockMixed',
    'Contenders of another kind have joined the queue: nobody is granted it until they leave. The place is kept; who was granted it before holds it still.',
    { path: queue },
  );
}
