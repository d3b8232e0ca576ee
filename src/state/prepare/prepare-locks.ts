import { openAcl, permission } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { SessionId } from '../../model/ids.ts';
import {
  contenderPrefix,
  isQueuePath,
  semaphorePermitsMax,
  type LockDialect,
} from '../../model/lock.ts';
import { childOf, parentOf, type ZnodePath } from '../../model/path.ts';
import type { AcquireLockRequest, CreateOp, ReleaseLockRequest } from '../../model/request.ts';
import type { Change } from '../../model/txn.ts';
import { zxidEquals } from '../../model/zxid.ts';
import { isAllowed, noAuth } from '../access/access.ts';
import { contenderAcl } from '../access/contender-acl.ts';
import {
  decided,
  deleteEphemerals,
  sessionRefusal,
  txnOf,
  type Decision,
  type Preparation,
} from './decision.ts';
import type { Draft } from './draft.ts';
import { traitOf, type Contender } from '../replicated/lock-queues.ts';
import { tooManySessions } from './prepare-growth.ts';
import { sessionBytes } from '../replicated/sessions.ts';
import { prepareOp, type OpContext } from './prepare-ops.ts';
import type { SpeculativeQueue } from './speculative-queue.ts';

// Locks and elections, decided on the leader against the applied state with the proposals in flight laid over it. What
// comes of it are ordinary changes of znodes and sessions: nothing of a lock is known that the tree does not say.

export function decideAcquireLock(preparation: Preparation, request: AcquireLockRequest): Decision {
  const { view, context, limits, draft } = preparation;
  const invalid = invalidRequest(request);
  if (invalid !== undefined) return invalid;
  const ungranted = view.state.grants.refusal('lock', request.queue, context.identities);
  if (ungranted !== undefined) return ungranted;
  preparation.beginBranch();
  const queue = draft.queue(request.queue);
  const known = queue.byKey(request.contender);
  // In the queue, but the key that it came under is forgotten: still the same contender.
  if (known !== undefined) return knownAgain(preparation, request, known);
  // Before anything is said of who holds and who waits.
  const unwelcome =
    mayNotEnter(draft, preparation, request) ?? unwelcomeSession(preparation, request);
  if (unwelcome !== undefined) return unwelcome;
  const dialect = dialectFor(request, queue);
  if (typeof dialect !== 'string') return dialect;
  const crowded = tooLong(request.queue, queue, limits.lockContendersMax);
  if (crowded !== undefined) return crowded;
  if (request.tryOnly && !queue.hasRoomFor(request)) {
    const detail =
      'The lock is held, or others wait for it: try again later, or wait in its queue.';
    return refused('lockHeld', detail, { path: request.queue });
  }
  const own = request.ownSession;
  const tooMany = own && tooManySessions(view, limits);
  if (tooMany !== undefined) return tooMany;
  const session = own?.session ?? context.session;
  const hindered = enter(draft, preparation, request, { session, dialect });
  if (hindered !== undefined) return hindered;
  if (own === undefined) {
    const txn = txnOf(preparation, 'ops', session, draft.changes);
    return decided(preparation, txn, draft);
  }
  // Before the contender, which must not belong to a session that is not there.
  const opened: Change = { change: 'createSession', ...own };
  const txn = txnOf(preparation, 'ops', session, [opened, ...draft.changes]);
  return decided(preparation, txn, draft, {
    session: { id: own.session, after: { ...own, owner: '' } },
    bytes: sessionBytes,
    sessions: 1,
  });
}

export function decideReleaseLock(
  preparation: Preparation,
  { queue, contender: key, ownSession, token }: ReleaseLockRequest,
): Decision {
  const { view, context, draft } = preparation;
  const ungranted = view.state.grants.refusal('lock', queue, context.identities);
  if (ungranted !== undefined) return ungranted;
  preparation.beginBranch();
  const contender = draft.queue(queue).byKey(key);
  const znode = contender === undefined ? undefined : draft.find(contender.path);
  if (contender === undefined || znode === undefined) return lost(queue);
  if (token !== undefined && !zxidEquals(token, contender.czxid)) {
    return refused('fenced', 'The token is not that of this contender: nothing is released.', {
      path: contender.path,
    });
  }
  draft.delete(contender.path, znode, 0);
  if (contender.owner !== ownSession) {
    const txn = txnOf(preparation, 'ops', undefined, draft.changes);
    return decided(preparation, txn, draft);
  }
  deleteEphemerals(view, draft, ownSession);
  const closed: Change = { change: 'closeSession', session: ownSession, reason: 'closed' };
  const txn = txnOf(preparation, 'ops', ownSession, [...draft.changes, closed]);
  return decided(preparation, txn, draft, {
    session: { id: ownSession, after: undefined },
    bytes: -sessionBytes,
    sessions: -1,
  });
}

function lost(queue: ZnodePath): Refusal {
  return refused(
    'lockLost',
    'Not in the queue any more: released, or its session has ended. Enter again under a new lockId.',
    { path: queue },
  );
}

function knownAgain(
  { view, context }: Preparation,
  { queue, mode, permits, ownSession, dialect }: AcquireLockRequest,
  known: Contender,
): Decision {
  const isSame =
    known.mode === mode &&
    (mode !== 'semaphore' || known.permits === (permits ?? 1)) &&
    (dialect === undefined || known.dialect === dialect) &&
    known.owner === (ownSession?.session ?? context.session);
  if (isSame) return { kind: 'replay', basis: view.basis };
  const detail = 'This lockId is in the queue with other parameters: choose a new one at random.';
  return refused('keyReused', detail, { path: queue });
}

function mayNotEnter(
  draft: Draft,
  { context }: Preparation,
  { queue }: AcquireLockRequest,
): Refusal | undefined {
  const directory = draft.find(queue);
  if (directory === undefined) return undefined;
  if (isAllowed(directory.acl, permission.create, context.identities)) return undefined;
  return noAuth(queue, `CREATE on "${queue}"`);
}

function invalidRequest({
  queue,
  permits,
  mode,
  dialect,
}: AcquireLockRequest): Refusal | undefined {
  if (!isQueuePath(queue)) {
    const detail =
      'A lock is a directory right below /locks, an election one right below /elections.';
    return refused('badArguments', detail, { path: queue });
  }
  if (permits !== undefined && !(permits >= 1 && permits <= semaphorePermitsMax)) {
    const detail = `A semaphore lets in 1 to ${String(semaphorePermitsMax)} at a time.`;
    return refused('badArguments', detail, { limit: semaphorePermitsMax, actual: permits });
  }
  if (mode === 'semaphore' && dialect === 'kazoo') {
    return refused(
      'badArguments',
      'Semaphores do not mix with those of kazoo: leave dialect away.',
    );
  }
  return undefined;
}

function unwelcomeSession(
  { view, context }: Preparation,
  { queue, ownSession }: AcquireLockRequest,
): Refusal | undefined {
  if (ownSession === undefined) {
    const { session, owner } = context;
    if (session !== undefined) return sessionRefusal(view, session, owner);
    return refused('badArguments', 'A place in a queue needs a session to belong to.');
  }
  // The session that was opened for this lockId, or one being closed: its place is gone, and was left to others.
  const { session } = ownSession;
  return view.session(session) !== undefined || view.isClosing(session) ? lost(queue) : undefined;
}

/** What the directory speaks; a refusal when this contender could not wait for the others, nor they for it. */
function dialectFor(
  request: AcquireLockRequest,
  queue: SpeculativeQueue,
): Exclude<LockDialect, 'foreign'> | Refusal {
  const traits = queue.traits();
  const spoken = traits.has('kazoo') && request.mode !== 'semaphore' ? 'kazoo' : 'curator';
  const dialect = request.dialect ?? spoken;
  const { mode, permits } = request;
  const wanted = traitOf({ dialect, mode, permits });
  const other = [...traits].find((trait) => trait !== wanted || trait === 'foreign');
  if (other === undefined) return dialect;
  const detail = `The queue is used in another way (${other}, not ${wanted}): use another name, or come as the others do.`;
  return refused('lockMixed', detail, { path: request.queue });
}

function tooLong(path: ZnodePath, queue: SpeculativeQueue, limit: number): Refusal | undefined {
  const actual = queue.length;
  if (actual < limit) return undefined;
  const detail = 'Too many wait in this queue: try again later.';
  return refused('throttled', detail, { path, limit, actual });
}

/** The directories where they are missing, and the contender. */
function enter(
  draft: Draft,
  { limits, context }: Preparation,
  { queue, contender, mode, permits, data }: AcquireLockRequest,
  as: { readonly session: SessionId | undefined; readonly dialect: 'curator' | 'kazoo' },
): Refusal | undefined {
  const { identities } = context;
  const { session, dialect } = as;
  // The verb "lock" was asked for; what it takes to stand in the queue goes with it.
  const contextFor = (answers: number): OpContext => ({
    draft,
    limits,
    identities,
    session,
    isEnsembles: false,
    grants: undefined,
    answers,
  });
  const directories = [
    { path: parentOf(queue), kind: 'persistent' },
    { path: queue, kind: 'container' },
  ] as const;
  for (const { path, kind } of directories) {
    if (draft.find(path) !== undefined) continue;
    const directory: CreateOp = {
      op: 'create',
      acl: openAcl,
      path,
      kind,
      data: new Uint8Array(0),
      parents: false,
      sequential: false,
    };
    const refusal = prepareOp(contextFor(-1), directory);
    if (refusal !== undefined) return refusal;
  }
  const prefix = contenderPrefix(contender, {
    mode,
    dialect,
    ...(permits === undefined ? {} : { permits }),
  });
  const path = childOf(queue, prefix);
  const acl = contenderAcl(draft.find(queue)?.acl ?? openAcl, identities);
  const op: CreateOp = {
    op: 'create',
    acl,
    path,
    kind: 'ephemeral',
    data,
    parents: false,
    sequential: true,
  };
  return prepareOp(contextFor(0), op);
}
