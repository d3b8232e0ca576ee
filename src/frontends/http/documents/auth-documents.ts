import { z } from 'zod';
import {
  formatPrincipal,
  isComplaint,
  parsePrincipal,
  readGrant,
  readRole,
  readToken,
  type AuthComplaint,
} from '../../../model/auth.ts';
import type {
  AuthDocumentKind,
  AuthDocuments,
  AuthPage,
  AuthStatus,
  Named,
  Opening,
} from '../../../service/auth.ts';
import { checkedBy } from '../exchange/json-body.ts';
import { badRequest } from '../exchange/problem.ts';
import { decodeNameContinuation, encodeNameContinuation } from './continuation.ts';

// Who may do what, as REST and the WebSocket say it.

const initSchema = z.strictObject({
  principals: z.array(z.string()).optional(),
  open: z.boolean().optional(),
});
const roleSchema = z.strictObject({ rules: z.unknown() });
const grantSchema = z.strictObject({ principals: z.unknown(), roles: z.unknown() });
const tokenSchema = z.strictObject({
  sha256: z.unknown(),
  groups: z.unknown().optional(),
  notAfter: z.unknown().optional(),
});

/** Reads each kind of document as a client gives it; throws a `Problem`. */
export const authReaders: {
  readonly [Kind in AuthDocumentKind]: (given: unknown) => AuthDocuments[Kind];
} = {
  roles: (given) => orBadRequest(readRole(checkedBy(roleSchema, given).rules)),
  grants(given) {
    const { principals, roles } = checkedBy(grantSchema, given);
    return orBadRequest(readGrant(principals, roles));
  },
  tokens: (given) => orBadRequest(readToken(checkedBy(tokenSchema, given))),
};

/** Reads how grants are to begin; throws a `Problem`. */
export function initFrom(given: unknown): {
  readonly principals: readonly string[];
  readonly opening: Opening;
} {
  const { principals = [], open = false } = checkedBy(initSchema, given);
  for (const principal of principals) orBadRequest(parsePrincipal(principal));
  return { principals, opening: open ? 'open' : 'closed' };
}

/** Reads which part of a list is asked for; throws a `Problem`. */
export function authPageOf(limit: number | undefined, token: string | undefined): AuthPage {
  return {
    ...(limit !== undefined && { limit }),
    ...(token !== undefined && { after: decodeNameContinuation(token) }),
  };
}

export function authListDocument<Kind extends AuthDocumentKind>(
  kind: Kind,
  {
    documents,
    next,
  }: { readonly documents: readonly Named<AuthDocuments[Kind]>[]; readonly next?: string },
): object {
  const token = next === undefined ? null : encodeNameContinuation(next);
  return { [kind]: documents, continue: token };
}

export function statusDocument({ on, identities, roles, rules, warning }: AuthStatus): object {
  const shown = { on, identities: identities.map(formatPrincipal), roles, rules };
  return warning === undefined ? shown : { ...shown, warning };
}

function orBadRequest<Document extends object>(read: Document | AuthComplaint): Document {
  if (isComplaint(read)) throw badRequest(read.complaint);
  return read;
}
