import type { Identity } from '../../model/acl.ts';
import { isComplaint, parseToken, type TokenDocument } from '../../model/auth.ts';
import type { Principal } from '../../model/principal.ts';

interface Token {
  readonly principal: Principal;
  /** Other words for another document: who was let in by what it said before is let in no longer. */
  readonly words: string;
  readonly document: TokenDocument;
}

/** The static tokens that there are, by the hash of their text. As grants: a view of the documents. */
export class Tokens {
  readonly #byHash = new Map<string, Token>();
  readonly #hashes = new Map<string, string>();

  /** Takes in what the document of this name says now; `undefined` once it is gone. */
  changed(name: string, data: Uint8Array | null | undefined): void {
    const before = this.#hashes.get(name);
    if (before !== undefined) {
      this.#hashes.delete(name);
      this.#byHash.delete(before);
    }
    const document = data === undefined ? undefined : parseToken(data);
    if (document === undefined || isComplaint(document)) return;
    this.#hashes.set(name, document.sha256);
    this.#byHash.set(document.sha256, tokenOf(name, document));
  }

  /** Gives whom the token of this hash proves; undefined when there is none. */
  find(sha256: string): Principal | undefined {
    return this.#byHash.get(sha256)?.principal;
  }

  /** Gives all of them by name, in no order. */
  *all(): IterableIterator<readonly [string, TokenDocument]> {
    for (const [name, hash] of this.#hashes) {
      const document = this.#byHash.get(hash)?.document;
      if (document !== undefined) yield [name, document];
    }
  }

  /** Says whether the document that somebody was let in by, by the words that he was given with it, still stands. */
  stands(words: string): boolean {
    return this.#byHash.get(words.slice(0, hashDigits))?.words === words;
  }
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
    words,
    document,
    principal: { identities, validity: { notAfterMs: notAfter ?? Infinity, tokens: [words] } },
  };
}
