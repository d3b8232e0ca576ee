import type { Identity } from '../model/acl.ts';
import type { GrantDocument, RoleDocument, RoleRule, TokenDocument } from '../model/auth.ts';
import type { AnswerMeta, Caller } from './call.ts';

/** What there is of grants by name. */
export interface AuthDocuments {
  readonly roles: RoleDocument;
  readonly grants: GrantDocument;
  readonly tokens: TokenDocument;
}

export type AuthDocumentKind = keyof AuthDocuments;

export type Named<Document> = Document & { readonly name: string };

/** A part of a list: so many at most, and only names behind that one. */
export interface AuthPage {
  readonly limit?: number;
  readonly after?: string;
}

/** Who asks, and how long to wait. */
export interface Asking {
  readonly caller: Caller;
  readonly timeoutMs: number;
}

/**
 * What is granted as grants begin: `closed`, nothing but the administrators' role; `open`, to everybody all that rules can
 * give, by one role, so that an ensemble in use is narrowed step by step.
 */
export type Opening = 'closed' | 'open';

/** Says whether grants are asked for, who asks, and what they were granted. */
export interface AuthStatus {
  readonly on: boolean;
  readonly identities: readonly Identity[];
  readonly roles: readonly string[];
  /** Of these roles, but for `admin`, which has no rules: it may do all. */
  readonly rules: readonly RoleRule[];
  /** Of `init`: what whoever switched grants on should know at once. */
  readonly warning?: string;
  readonly meta: AnswerMeta;
}

/**
 * Roles and grants: who may do what below which prefix, beside the ACLs. They are documents of the tree
 * (`src/model/auth.ts`), and what this does can be done by plain reads and writes there; the verdict is the same: they are
 * the administrators', and while grants are off the super user's, so that nobody lays a trap for the day they are on.
 */
export interface AuthService {
  /** As this peer has applied it. For anybody. */
  status(asking: Asking): Promise<AuthStatus>;
  /**
   * Switches grants on, with these for administrators; without any, who asks. For the super user, who asks from the machine
   * of the peer itself, and who has a certificate. Refused when they are on already.
   */
  init(principals: readonly string[], asking: Asking, opening?: Opening): Promise<AuthStatus>;
  /** Switches grants off: only ACLs are asked then, as before. Roles and grants stay. */
  off(asking: Asking): Promise<AnswerMeta>;
  /**
   * A page of a kind, by name; linearizable. The next begins behind `next`, where there is more. Digests are masked, here
   * and in `get`: the znodes have them whole.
   */
  list<Kind extends AuthDocumentKind>(
    kind: Kind,
    page: AuthPage,
    asking: Asking,
  ): Promise<{
    readonly documents: readonly Named<AuthDocuments[Kind]>[];
    readonly next?: string;
    readonly meta: AnswerMeta;
  }>;
  /** One of them; `noNode` when there is none. */
  get<Kind extends AuthDocumentKind>(
    kind: Kind,
    name: string,
    asking: Asking,
  ): Promise<{ readonly document: Named<AuthDocuments[Kind]>; readonly meta: AnswerMeta }>;
  /** Makes it or puts it in the place of the one of that name. A masked digest stands for what the grant has of that user. */
  put<Kind extends AuthDocumentKind>(
    kind: Kind,
    name: string,
    document: AuthDocuments[Kind],
    asking: Asking,
  ): Promise<AnswerMeta>;
  delete(kind: AuthDocumentKind, name: string, asking: Asking): Promise<AnswerMeta>;
}
