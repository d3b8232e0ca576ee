import type { Identity } from '../../model/acl.ts';
import { isComplaint, parseToken, type TokenDocument } from '../../model/auth.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { Principal } from '../../model/principal.ts';

interface Token {
  readonly name: string;
  readonly principal: Principal;
  /** Other words for another document: who was let in by what it said before is let in no longer. */
  readonly words: string;
  readonly document: TokenDocument;
}

/**
 * The static tokens that there are, by name and by the hash of their text. As grants: a view of the documents, the same by
 * whatever way they came. Where several have one hash, its text proves the first of them by name.
 */
export class Tokens {
  readonly #byName = new Map<string, Token>();
  /** In the order of their names. */
  readonly #byHash = new Map<string, readonly Token[]>();

  /** Takes in what the document of this name says now; `undefined` once it is gone. */
  changed(name: string, data: Uint8Array | null | undefined): void {
    this.#remove(name);
    const document = data === undefined ? undefined : parseToken(data);
    if (document === undefined || isComplaint(document)) return;
    const { sha256 } = document;
    const token = tokenOf(name, document);
    this.#byName.set(name, token);
    const all = [...(this.#byHash.get(sha256) ?? []), token];
    this.#byHash.set(
      sha256,
      all.sort((left, right) => (left.name < right.name ? -1 : 1)),
    );
  }

  /** Gives whom the token of this hash proves; undefined when there is none. */
  find(sha256: string): Principal | undefined {
    return this.#byHash.get(sha256)?.[0]?.principal;
  }

  /** Gives a token as it is applied. */
  document(name: string): TokenDocument | undefined {
    return this.#byName.get(name)?.document;
  }

  /** Says whether the document that somebody was let in by, by the words that he was given with it, still stands. */
  stands(words: string): boolean {
    const all = this.#byHash.get(words.slice(0, hashDigits));
    return all?.some((token) => token.words === words) === true;
  }

  /** There is a document of this name. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  #remove(name: string): void {
    const before = this.#byName.get(name);
    if (before === undefined) return;
    this.#byName.delete(name);
    const { sha256 } = before.document;
    const left = this.#byHash.get(sha256)?.filter((token) => token !== before) ?? [];
    if (left.length > 0) this.#byHash.set(sha256, left);
    else this.#byHash.delete(sha256);
  }
}

/**
 * Refuses who asks by a token that is not there: the peer that passed the request on may not have applied its end. One that was
 * changed is believed as that peer knew it until it has.
 */
export function refusalOfTokens(
  tokens: Pick<Tokens, 'has'>,
  identities: readonly Identity[],
): Refusal | undefined {
  // Of every request: a closure would cost more than the look.
  let isGone = false;
  for (const { scheme, id } of identities) isGone ||= scheme === 'token' && !tokens.has(id);
  if (!isGone) return undefined;
  return refused('authFailed', 'The token that proved who you are was revoked: use another.');
}

const hashDigits = 64;

function tokenOf(name: string, document: TokenDocument): Token {
  const { sha256, groups, notAfter } = document;
  const words = `${sha256} ${JSON.stringify([name, groups, notAfter])}`;
  const identities: Identity[] = [
    { scheme: 'token', id: name },
    ...groups.map((id) => ({ scheme: 'group', id })),
  ];
  return {
    name,
    words,
    document,
    principal: { identities, validity: { notAfterMs: notAfter ?? Infinity, tokens: [words] } },
  };
}
