import { refused, type Refusal } from '../../model/error-code.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Limits } from '../../model/limits.ts';
import { compareText } from '../../model/path.ts';
import type { OpResult, RequestContext } from '../../model/request.ts';
import type { Change, IdempotentUse } from '../../model/txn.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { Draft, SeenZnode, SpeculativeView } from './draft.ts';
import type { ReapTime } from '../tree/overdue.ts';
import type { ProposalContent } from './pending-txns.ts';

// What all kinds of requests share on their way to a txn.

export interface Preparation {
  readonly view: SpeculativeView;
  readonly limits: Limits;
  readonly context: RequestContext;
  readonly zxid: Zxid;
  readonly timeMs: number;
  readonly reapTime: ReapTime | undefined;
  readonly forgetUpTo: Zxid | undefined;
  readonly idempotency: IdempotentUse | undefined;
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
  | {
      readonly kind: 'change';
      readonly branch: 'ops' | 'orElse';
      readonly session: SessionId | undefined;
      readonly changes: readonly Change[];
      readonly content: ProposalContent;
      /** What `ops` were refused for, where `orElse` is done in their place. Nobody is told but the audit log. */
      readonly passedOver?: Refusal;
    };

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
