import { openAcl, superIdentities, type Identity } from '../../model/acl.ts';
import {
  adminRole,
  authGrantsPath,
  authRolesPath,
  authRoot,
  complaintOfName,
  encodeAuthDocument,
  formatPrincipal,
  openRole,
  verbs,
  type AuthSwitch,
} from '../../model/auth.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import { childOf, rootPath, type ZnodePath } from '../../model/path.ts';
import { anyVersion, type CheckOp, type RequestContext, type TreeOp } from '../../model/request.ts';
import type {
  Asking,
  AuthDocumentKind,
  AuthDocuments,
  AuthPage,
  AuthService,
  AuthStatus,
  Named,
  Opening,
} from '../../service/auth.ts';
import type { AnswerMeta, Caller } from '../../service/call.ts';
import { validateTimeout } from '../../service/validate.ts';
import { provenOf } from '../../state/access/access.ts';
import type { StateMachine } from '../../state/state-machine.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Admission, Claim, OtherAsked } from './admission.ts';
import { directories, documentOf, pageOfDocuments, wholeGrant } from './auth-documents.ts';
import type { AnswerCallback } from './entrance.ts';
import { withoutIndex } from './lock-requests.ts';
import { mayBegin } from './operators.ts';

/** The grant that `init` makes. */
const firstGrant = 'admins';
/** Whose write it is of who may switch grants on, while they are off. */
const ofSuper: RequestContext = Object.freeze({ identities: superIdentities });

/** Who acts, as the leader is told, and what must still hold when it decides. */
interface Actor {
  readonly context: RequestContext;
  readonly guards: readonly TreeOp[];
}

/** Is `AuthService` on this peer: it makes writes of the documents, and the leader judges them as all others. */
export class LocalAuth implements AuthService {
  readonly #admission: Admission;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  status({ caller, timeoutMs }: Asking): Promise<AuthStatus> {
    return this.#admission.promise(askedBy(caller), whoIs(caller), timeoutMs, (peer, answer) => {
      const identities = this.#admission.recognize(caller.identities);
      answer(this.#status(peer.applier.state, identities));
    });
  }

  init(
    principals: readonly string[],
    asking: Asking,
    opening: Opening = 'closed',
  ): Promise<AuthStatus> {
    return this.#behindBarrier(asking, (peer, identities, answer) => {
      const { state } = peer.applier;
      const actor = beginner(state, identities);
      if (state.grants.isOn) {
        answer(refused('badArguments', 'Grants are on already: an administrator may change them.'));
        return;
      }
      const first = principals.length > 0 ? principals : whoAsks(identities);
      if (isRefusal(actor)) answer(actor);
      else if (isRefusal(first)) answer(first);
      else {
        const ops = beginningOps(state, first, opening);
        this.#write(peer, { actor, ops, asking }, (meta) => {
          answer(isRefusal(meta) ? meta : this.#begun(peer.applier.state, identities));
        });
      }
    });
  }

  off(asking: Asking): Promise<AnswerMeta> {
    return this.#behindBarrier(asking, (peer, identities, answer) => {
      if (!peer.applier.state.grants.isOn) {
        answer(this.#meta());
        return;
      }
      const actor = { context: { identities }, guards: [] };
      this.#write(peer, { actor, ops: [putOp(authRoot, { on: false })], asking }, answer);
    });
  }

  list<Kind extends AuthDocumentKind>(
    kind: Kind,
    page: AuthPage,
    asking: Asking,
  ): Promise<{
    documents: readonly Named<AuthDocuments[Kind]>[];
    next?: string;
    meta: AnswerMeta;
  }> {
    return this.#behindBarrier(asking, ({ applier }, identities, answer) => {
      const actor = this.#actor(applier.state, identities);
      if (isRefusal(actor)) answer(actor);
      else answer({ ...pageOfDocuments(applier.state, kind, page), meta: this.#meta() });
    });
  }

  get<Kind extends AuthDocumentKind>(
    kind: Kind,
    name: string,
    asking: Asking,
  ): Promise<{ document: Named<AuthDocuments[Kind]>; meta: AnswerMeta }> {
    return this.#behindBarrier(asking, ({ applier }, identities, answer) => {
      const actor = this.#actor(applier.state, identities);
      const found = documentOf(applier.state, kind, name);
      if (isRefusal(actor)) answer(actor);
      else if (found === undefined) answer(noSuch(kind, name));
      else answer({ document: found, meta: this.#meta() });
    });
  }

  put<Kind extends AuthDocumentKind>(
    kind: Kind,
    name: string,
    document: AuthDocuments[Kind],
    asking: Asking,
  ): Promise<AnswerMeta> {
    const path = childOf(directories[kind], name);
    return this.#change(asking, name, ({ grants }) => {
      const whole = 'principals' in document ? wholeGrant(document, grants.grant(name)) : document;
      return isRefusal(whole) ? whole : putOp(path, whole);
    });
  }

  delete(kind: AuthDocumentKind, name: string, asking: Asking): Promise<AnswerMeta> {
    const op = deleteOp(childOf(directories[kind], name), false);
    return this.#change(asking, name, () => op);
  }

  #change(
    asking: Asking,
    name: string,
    opBy: (state: StateMachine) => TreeOp | Refusal,
  ): Promise<AnswerMeta> {
    return this.#behindBarrier(asking, (peer, identities, answer) => {
      const complaint = complaintOfName(name);
      const actor = this.#actor(peer.applier.state, identities);
      if (complaint !== undefined) answer(refused('badArguments', `${complaint}.`));
      else if (isRefusal(actor)) answer(actor);
      else {
        const op = opBy(peer.applier.state);
        if (isRefusal(op)) answer(op);
        else this.#write(peer, { actor, ops: [op], asking }, answer);
      }
    });
  }

  /** By whose right the leader is to judge: the caller's own. While grants are off, that is the super user's alone. */
  #actor({ grants }: StateMachine, identities: readonly Identity[]): Actor | Refusal {
    const refusal = grants.refusal('read', authRoot, identities);
    return refusal ?? { context: { identities }, guards: [] };
  }

  #write(
    peer: RunningPeer,
    {
      actor,
      ops,
      asking,
    }: { readonly actor: Actor; readonly ops: readonly TreeOp[]; readonly asking: Asking },
    answer: AnswerCallback<AnswerMeta>,
  ): void {
    const request = { kind: 'multi', single: false, ops: [...actor.guards, ...ops] } as const;
    peer.writes.submit(request, actor.context, asking.timeoutMs, (result) => {
      this.#admission.audit.wrote(asking.caller, request, result);
      if (!isRefusal(result)) answer(this.#meta());
      else if ((result.failedIndex ?? Infinity) < actor.guards.length) {
        answer(switchedMeanwhile());
      } else answer(withoutIndex(result));
    });
  }

  /** By what a quorum has applied: what was granted or taken back a moment ago at another peer counts. */
  #behindBarrier<Value extends object>(
    { caller, timeoutMs }: Asking,
    run: (
      peer: RunningPeer,
      identities: readonly Identity[],
      answer: AnswerCallback<Value>,
    ) => void,
  ): Promise<Value> {
    const who = validateTimeout(timeoutMs) ?? whoIs(caller);
    return this.#admission.promise<Value>(askedBy(caller), who, timeoutMs, (peer, given) => {
      const answer: AnswerCallback<Value> = (value) => {
        this.#admission.audit.answered(caller, 'auth', authRoot, value);
        given(value);
      };
      const identities = this.#admission.recognize(caller.identities);
      this.#admission.barrier(peer, caller, timeoutMs, (refusal) => {
        if (refusal !== undefined) answer(refusal);
        else run(peer, identities, answer);
      });
    });
  }

  #status({ grants }: StateMachine, identities: readonly Identity[]): AuthStatus {
    const { isOn: on } = grants;
    return { on, identities, ...grants.grantedTo(identities), meta: this.#meta() };
  }

  #begun(state: StateMachine, identities: readonly Identity[]): AuthStatus {
    const status = this.#status(state, identities);
    if (state.grants.rightsOf(identities).isAdmin) return status;
    const warning =
      'You are none of the administrators: try at once that one of them can ask, for example "quoll auth role list" as he would. If none can, only the super user (auth.superDigest) may change anything.';
    return { ...status, warning };
  }

  #meta(): AnswerMeta {
    return this.#admission.entrance.meta();
  }
}

function askedBy(asker: Caller): OtherAsked {
  return { request: { kind: 'auth', op: 'auth', path: authRoot }, asker };
}

/** Whatever session it may name besides. */
export function whoIs({ identities, validity }: Caller): Claim {
  return validity === undefined ? { identities } : { identities, validity };
}

/**
 * Switches grants on with these for administrators, in the place of who stands there from before. What a version without
 * grants let be made there goes. All at once: where they begin open, nobody is refused in between.
 */
export function beginningOps(
  { grants }: StateMachine,
  first: readonly string[],
  opening: Opening = 'closed',
): TreeOp[] {
  const grant = { principals: [...new Set(first)], roles: [adminRole] };
  return [
    ...grants.leftBehind().map((path) => deleteOp(path, true)),
    putOp(childOf(authGrantsPath, firstGrant), grant),
    ...(opening === 'open' ? openingOps() : []),
    putOp(authRoot, { on: true }),
  ];
}

function openingOps(): TreeOp[] {
  return [
    putOp(childOf(authRolesPath, openRole), { rules: [{ prefix: rootPath, verbs }] }),
    putOp(childOf(authGrantsPath, openRole), { principals: ['world:anyone'], roles: [openRole] }),
  ];
}

/** Who switches grants on acts as the super user would, as long as they are still off by the time that it is decided. */
function beginner(state: StateMachine, identities: readonly Identity[]): Actor | Refusal {
  if (mayBegin(identities)) return { context: ofSuper, guards: [unchanged(state)] };
  const detail =
    'Grants are off. Whoever has a certificate, asks from the machine of the peer itself, or is the super user may switch them on: quoll auth init.';
  return refused('noAuth', detail, { path: authRoot });
}

/** Who switches grants on is the first administrator, when he has proved who he is. */
function whoAsks(identities: readonly Identity[]): readonly string[] | Refusal {
  const proven = provenOf(identities);
  const first = proven.find(({ scheme }) => scheme === 'x509') ?? proven[0];
  if (first !== undefined) return [formatPrincipal(first)];
  return refused(
    'badArguments',
    'Name who is to be the first administrator (x509:CN=ops, group:ops, digest:user:hash), or prove who you are: else nobody could change anything afterwards.',
  );
}

/** Nobody has switched anything since: what is decided by that holds. */
function unchanged(state: StateMachine): CheckOp {
  const stat = state.stat(authRoot);
  return {
    op: 'check',
    path: authRoot,
    absent: stat === undefined,
    expected: stat === undefined ? anyVersion : { version: stat.version, czxid: stat.czxid },
  };
}

function deleteOp(path: ZnodePath, recursive: boolean): TreeOp {
  return { op: 'delete', path, expected: anyVersion, recursive };
}

function putOp(path: ZnodePath, document: AuthSwitch | AuthDocuments[AuthDocumentKind]): TreeOp {
  return {
    op: 'set',
    path,
    data: encodeAuthDocument(document),
    expected: anyVersion,
    orCreate: { acl: openAcl, parents: true },
  };
}

function noSuch(kind: AuthDocumentKind, name: string): Refusal {
  const detail =
    kind === 'roles' && name === adminRole
      ? `The role "${name}" is built in: it may do all, and has no rules.`
      : `There is no "${name}" among the ${kind}.`;
  return refused('noNode', detail, { path: childOf(directories[kind], name) });
}

function switchedMeanwhile(): Refusal {
  return refused('badVersion', 'Grants were switched on or off meanwhile: look, and ask again.');
}
