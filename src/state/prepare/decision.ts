import type { Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Limits } from '../../model/limits.ts';
import { compareText } from '../../model/path.ts';
import type { OpResult, RequestContext } from '../../model/request.ts';
import type { Change, IdempotentUse, Txn } from '../../model/txn.ts';
import { zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Grants } from '../access/grants.ts';
import { Draft, type SeenZnode, type SpeculativeView } from './draft.ts';
import type { ReapTime } from '../tree/overdue.ts';
import type { ChangedSession, Proposal } from './pending-txns.ts';
import type { OpContext } from './prepare-ops.ts';

// What all kinds of requests share on their way to a txn.

const nobodys: RequestContext = { identities: [] };

/**
 * The request that is being prepared, and of a multi the branch and the op that it has come to. There is one, which the
 * preparer fills anew for each request, so that a request costs no object for it: what is decided must not keep it.
 */
export class Preparation implements OpContext {
  readonly view: SpeculativeView;
  readonly limits: Limits;
  context = nobodys;
  zxid = zeroZxid;
  timeMs = 0;
  reapTime: ReapTime | undefined;
  forgetUpTo: Zxid | undefined;
  idempotency: IdempotentUse | undefined;
  readonly draft: Draft;
  touchesKept = false;
  answers = 0;

  constructor(view: SpeculativeView, limits: Limits) {
    this.view = view;
    this.limits = limits;
    this.draft = new Draft(this);
  }

  get identities(): readonly Identity[] {
    return this.context.identities;
  }

  get session(): SessionId | undefined {
    return this.context.session;
  }

  get isEnsembles(): boolean {
    return this.context.isEnsembles ?? false;
  }

  get grants(): Grants {
    return this.view.state.grants;
  }

  beginBranch(): void {
    this.draft.begin();
    this.touchesKept = false;
    this.answers = 0;
  }
}

/** What a request comes to: a txn with what it changes, or an answer. */
export type Decision =
  | Refusal
  | { readonly kind: 'replay'; readonly basis: Zxid }
  | {
      readonly kind: 'nothing';
      readonly branch: 'ops' | 'orElse';
      readonly results: readonly OpResult[];
      readonly passedOver?: Refusal;
    }
  | DecidedTxn;

/** To be proposed. */
export interface DecidedTxn extends Proposal {
  readonly kind: 'txn';
  /** What `ops` were refused for, where `orElse` is done in their place. Nobody is told but the audit log. */
  readonly passedOver?: Refusal;
}

/** Makes the proposal of a txn out of the draft that its changes are from; `made` says what it makes of a session besides. */
export function decided(
  { zxid }: Preparation,
  txn: Txn,
  draft: Draft,
  made?: { readonly session: ChangedSession; readonly bytes: number; readonly sessions: number },
): DecidedTxn {
  const { znodes, usage } = draft;
  const session = made?.session;
  const bytes = draft.bytes + (made?.bytes ?? 0);
  const sessions = made?.sessions ?? 0;
  return { kind: 'txn', zxid, txn, znodes, session, bytes, sessions, usage };
}

/** Makes the txn of a request's changes. */
export function txnOf(
  { timeMs, idempotency, forgetUpTo }: Preparation,
  branch: 'ops' | 'orElse',
  session: SessionId | undefined,
  changes: readonly Change[],
): Txn {
  // Nearly every txn is of a session and has no key: it is made in one step.
  if (idempotency === undefined && forgetUpTo === undefined && session !== undefined) {
    return { timeMs, changes, branch, session };
  }
  return {
    timeMs,
    changes,
    branch,
    ...(session !== undefined && { session }),
    ...(idempotency !== undefined && { idempotency }),
    ...(forgetUpTo !== undefined && { forgetUpTo }),
  };
}

/** Says why the session may not act; undefined when it may. */
export function sessionRefusal(
  view: SpeculativeView,
  id: SessionId,
  owner: string | undefined,
): Refusal | undefined {
  const session = view.session(id);
  if (session === undefined) return gone(view, id);
  if (owner === undefined || owner === session.owner) return undefined;
  return refused('sessionMoved', 'The session has moved to another connection: use that one.');
}

export function gone(view: SpeculativeView, session: SessionId): Refusal {
  const why = view.isClosing(session) ? 'is being closed' : 'is closed, has expired, or never was';
  return refused('sessionExpired', `The session ${why}: open a new one.`);
}

/** Deletes all that goes with the session, proposals in flight included, but what the draft has deleted already. */
export function deleteEphemerals(view: SpeculativeView, draft: Draft, session: SessionId): void {
  const doomed: SeenZnode[] = [];
  for (const path of [...new Set(view.ephemeralPaths(session))].sort(compareText)) {
    const znode = draft.find(path);
    if (znode?.owned.kind === 'ephemeral' && znode.owned.owner === session) {
      doomed.push({ path, znode });
    }
  }
  draft.deleteAll(doomed, -1);
}
