import { superIdentities } from '../../model/acl.ts';
import {
  authGrantsPath,
  authLimits,
  authRolesPath,
  authTokensPath,
  isMasked,
  maskPrincipal,
  type GrantDocument,
} from '../../model/auth.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { AuthDocumentKind, AuthDocuments, AuthPage, Named } from '../../service/auth.ts';
import type { StateMachine } from '../../state/state-machine.ts';

/** Where the documents of each kind stand. */
export const directories = {
  roles: authRolesPath,
  grants: authGrantsPath,
  tokens: authTokensPath,
} as const;

/**
 * Gives a page of the documents of a kind as they are shown, by name: bounded in documents and in their bytes, so that no
 * turn takes long. `next` is the name that the page after it begins behind.
 */
export function pageOfDocuments<Kind extends AuthDocumentKind>(
  state: StateMachine,
  kind: Kind,
  { limit = Infinity, after }: AuthPage,
): { readonly documents: readonly Named<AuthDocuments[Kind]>[]; readonly next?: string } {
  const query = {
    read: 'children',
    path: directories[kind],
    limit: Math.min(limit, authLimits.listMax),
    withData: true,
    ...(after !== undefined && { after }),
  } as const;
  // Whoever comes here was asked for his right to all of it.
  const page = state.read(query, superIdentities);
  if (isRefusal(page)) return { documents: [] };
  const documents: Named<AuthDocuments[Kind]>[] = [];
  let bytes = 0;
  let last = after;
  for (const { name, znode } of page.children) {
    bytes += znode?.data?.length ?? 0;
    if (bytes > authLimits.listBytesMax && documents.length > 0 && last !== undefined) {
      return { documents, next: last };
    }
    last = name;
    const document = documentOf(state, kind, name);
    if (document !== undefined) documents.push(document);
  }
  return page.more && last !== undefined ? { documents, next: last } : { documents };
}

/** Gives a document as it is shown, with digests masked; undefined where there is none that counts. */
export function documentOf<Kind extends AuthDocumentKind>(
  { grants }: StateMachine,
  kind: Kind,
  name: string,
): Named<AuthDocuments[Kind]> | undefined {
  const byKind: { readonly [Each in AuthDocumentKind]: () => AuthDocuments[Each] | undefined } = {
    roles: () => grants.role(name),
    grants: () => maskedGrant(grants.grant(name)),
    tokens: () => grants.tokens.document(name),
  };
  const document = byKind[kind]();
  return document === undefined ? undefined : { name, ...document };
}

/**
 * Puts whole principals in the place of those that are shown masked, so that what was shown can be put again: each stands
 * for all of that user that the grant has by now.
 */
export function wholeGrant(
  given: GrantDocument,
  before: GrantDocument | undefined,
): GrantDocument | Refusal {
  const principals = new Set<string>();
  for (const principal of given.principals) {
    if (!isMasked(principal)) {
      principals.add(principal);
      continue;
    }
    const meant = before?.principals.filter((each) => maskPrincipal(each) === principal) ?? [];
    if (meant.length === 0) {
      const detail = `"${principal}" is a masked digest, and the grant has none of that user: name the whole one, as "quoll whoami" shows it to him.`;
      return refused('badArguments', detail);
    }
    for (const each of meant) principals.add(each);
  }
  return { ...given, principals: [...principals] };
}

function maskedGrant(grant: GrantDocument | undefined): GrantDocument | undefined {
  if (grant === undefined) return undefined;
  return { ...grant, principals: [...new Set(grant.principals.map(maskPrincipal))] };
}
