import type {
  AuthStatus as AuthStatusMessage,
  DeleteGrantRequest__Output,
  DeleteGrantResponse,
  DeleteRoleRequest__Output,
  DeleteRoleResponse,
  DeleteTokenRequest__Output,
  DeleteTokenResponse,
  GetAuthResponse,
  InitAuthRequest__Output,
  InitAuthResponse,
  ListGrantsRequest__Output,
  ListGrantsResponse,
  ListRolesRequest__Output,
  ListRolesResponse,
  ListTokensRequest__Output,
  ListTokensResponse,
  PutGrantRequest__Output,
  PutGrantResponse,
  PutRoleRequest__Output,
  PutRoleResponse,
  PutTokenRequest__Output,
  PutTokenResponse,
  Rule,
  SwitchAuthOffResponse,
} from '../../../generated/quoll/v1/auth.ts';
import {
  formatPrincipal,
  isComplaint,
  parsePrincipal,
  readGrant,
  readRole,
  readToken,
  type AuthComplaint,
  type RoleRule,
  type Verb,
} from '../../../model/auth.ts';
import type { Asking, AuthDocumentKind, AuthService, AuthStatus } from '../../../service/auth.ts';
import { encodeMeta } from '../messages/encode.ts';
import { badField } from '../messages/numbers.ts';
import type { OtherOperation } from './operation.ts';

export const getAuth: OtherOperation<unknown, GetAuthResponse> = {
  async ask({ service }, _request, asking) {
    return encodeStatus(await service.auth.status(asking));
  },
};

export const initAuth: OtherOperation<InitAuthRequest__Output, InitAuthResponse> = {
  async ask({ service }, { principals, open }, asking) {
    for (const principal of principals) orBadField('principals', parsePrincipal(principal));
    return encodeStatus(await service.auth.init(principals, asking, open ? 'open' : 'closed'));
  },
};

export const switchAuthOff: OtherOperation<unknown, SwitchAuthOffResponse> = {
  async ask({ service }, _request, asking) {
    return { meta: encodeMeta(await service.auth.off(asking)) };
  },
};

export const listRoles: OtherOperation<ListRolesRequest__Output, ListRolesResponse> = {
  async ask({ service }, request, asking) {
    const { documents, ...page } = await listed(service.auth, 'roles', request, asking);
    const roles = documents.map(({ name, rules }) => ({ name, rules: rules.map(encodeRule) }));
    return { roles, ...page };
  },
};

export const putRole: OtherOperation<PutRoleRequest__Output, PutRoleResponse> = {
  async ask({ service }, { role }, asking) {
    if (role === null) throw badField('role', 'is needed');
    const rules = role.rules.map(({ prefix, verbs }) => ({
      prefix,
      verbs: verbs.map((verb) => verb.replace('VERB_', '').toLowerCase()),
    }));
    const document = orBadField('role', readRole(rules));
    const { name } = role;
    return { meta: encodeMeta(await service.auth.put('roles', name, document, asking)) };
  },
};

export const deleteRole: OtherOperation<DeleteRoleRequest__Output, DeleteRoleResponse> = {
  async ask({ service }, { name }, asking) {
    return { meta: encodeMeta(await service.auth.delete('roles', name, asking)) };
  },
};

export const listGrants: OtherOperation<ListGrantsRequest__Output, ListGrantsResponse> = {
  async ask({ service }, request, asking) {
    const { documents, ...page } = await listed(service.auth, 'grants', request, asking);
    const grants = documents.map(({ name, principals, roles }) => ({
      name,
      principals: [...principals],
      roles: [...roles],
    }));
    return { grants, ...page };
  },
};

export const putGrant: OtherOperation<PutGrantRequest__Output, PutGrantResponse> = {
  async ask({ service }, { grant }, asking) {
    if (grant === null) throw badField('grant', 'is needed');
    const { name, principals, roles } = grant;
    const document = orBadField('grant', readGrant(principals, roles));
    return { meta: encodeMeta(await service.auth.put('grants', name, document, asking)) };
  },
};

export const deleteGrant: OtherOperation<DeleteGrantRequest__Output, DeleteGrantResponse> = {
  async ask({ service }, { name }, asking) {
    return { meta: encodeMeta(await service.auth.delete('grants', name, asking)) };
  },
};

export const listTokens: OtherOperation<ListTokensRequest__Output, ListTokensResponse> = {
  async ask({ service }, request, asking) {
    const { documents, ...page } = await listed(service.auth, 'tokens', request, asking);
    const tokens = documents.map(({ name, sha256, groups, notAfter }) => ({
      name,
      sha256,
      groups: [...groups],
      // The first moment of 1970 would mean that it has no end; the one before is as much over.
      notAfterMs: notAfter === 0 ? -1 : (notAfter ?? 0),
    }));
    return { tokens, ...page };
  },
};

export const putToken: OtherOperation<PutTokenRequest__Output, PutTokenResponse> = {
  async ask({ service }, { token }, asking) {
    if (token === null) throw badField('token', 'is needed');
    const { name, sha256, groups, notAfterMs } = token;
    const notAfter = notAfterMs.isZero() ? null : notAfterMs.toNumber();
    const document = orBadField('token', readToken({ sha256, groups, notAfter }));
    return { meta: encodeMeta(await service.auth.put('tokens', name, document, asking)) };
  },
};

export const deleteToken: OtherOperation<DeleteTokenRequest__Output, DeleteTokenResponse> = {
  async ask({ service }, { name }, asking) {
    return { meta: encodeMeta(await service.auth.delete('tokens', name, asking)) };
  },
};

/** Gives a page of a list, with what every answer says of one. */
async function listed<Kind extends AuthDocumentKind>(
  auth: AuthService,
  kind: Kind,
  { limit, after }: { readonly limit: number; readonly after: string },
  asking: Asking,
) {
  const page = { ...(limit !== 0 && { limit }), ...(after !== '' && { after }) };
  const { documents, next = '', meta } = await auth.list(kind, page, asking);
  return { documents, next, meta: encodeMeta(meta) };
}

function encodeStatus({ on, identities, roles, rules, warning = '', meta }: AuthStatus): {
  readonly status: AuthStatusMessage;
  readonly meta: ReturnType<typeof encodeMeta>;
} {
  return {
    status: {
      on,
      identities: identities.map(formatPrincipal),
      roles: [...roles],
      rules: rules.map(encodeRule),
      warning,
    },
    meta: encodeMeta(meta),
  };
}

function encodeRule({ prefix, verbs }: RoleRule): Rule {
  return { prefix, verbs: verbs.map((verb) => verbNames[verb]) };
}

const verbNames = {
  read: 'VERB_READ',
  write: 'VERB_WRITE',
  create: 'VERB_CREATE',
  delete: 'VERB_DELETE',
  admin: 'VERB_ADMIN',
  lock: 'VERB_LOCK',
  watch: 'VERB_WATCH',
} as const satisfies Record<Verb, string>;

function orBadField<Document extends object>(
  field: string,
  read: Document | AuthComplaint,
): Document {
  if (isComplaint(read)) throw badField(field, read.complaint);
  return read;
}
