import { addressOf, superIdentities, type Identity } from '../../model/acl.ts';
import type { Asker } from '../../service/call.ts';
import type { AuthFailures } from './auth-failures.ts';

type Verdict = 'right' | 'wrong' | 'unheard';

/**
 * Recognizes the super user by ZooKeeper's rule (DigestAuthenticationProvider): whoever has proved the digest that the
 * configuration names, `user:base64(sha1(user:password))`, is `super` as well. Whatever door it was proved at: all of
 * them pass here.
 *
 * Another digest of the same user is a guess, and one may guess so often. Who has had his guesses is not listened to,
 * were it even with the right password: or else what is refused would tell him that it was wrong. A digest is judged
 * once for each identity object: a connection that keeps its own is not asked again.
 */
export class SuperUser {
  readonly #digest: string | undefined;
  /** With the colon. */
  readonly #user: string;
  readonly #failures: AuthFailures;
  readonly #judged = new WeakMap<Identity, Verdict>();

  constructor(superDigest: string | undefined, failures: AuthFailures) {
    this.#digest = superDigest;
    this.#user = superDigest?.slice(0, superDigest.indexOf(':') + 1) ?? '';
    this.#failures = failures;
  }

  /** Says that one of these is not looked at: too many guesses came from there. */
  isUnheard(asker: Partial<Asker>): boolean {
    const { identities } = asker;
    if (this.#digest === undefined || identities === undefined) return false;
    for (const identity of identities) {
      if (this.#isOfUser(identity) && this.#judge(identity, asker) === 'unheard') return true;
    }
    return false;
  }

  /** Gives the identities, and `super` with them for who has proved it. */
  recognize(identities: readonly Identity[]): readonly Identity[] {
    if (this.#digest === undefined) return identities;
    for (const identity of identities) {
      if (this.#isOfUser(identity) && this.#judge(identity, { identities }) === 'right') {
        return [...identities, ...superIdentities];
      }
    }
    return identities;
  }

  /** It was looked at, and is a guess. */
  isWrong(identity: Identity): boolean {
    return this.#judged.get(identity) === 'wrong';
  }

  #isOfUser({ scheme, id }: Identity): boolean {
    return scheme === 'digest' && id.startsWith(this.#user);
  }

  #judge(identity: Identity, asker: Partial<Asker>): Verdict {
    const judged = this.#judged.get(identity);
    if (judged !== undefined) return judged;
    const address = addressOf(asker.identities);
    const { id } = identity;
    const isKnown = this.#failures.isKnown(address, id);
    if (!isKnown && this.#failures.isBeyond(address)) return 'unheard';
    const verdict = id === this.#digest ? 'right' : 'wrong';
    if (verdict === 'wrong' && !isKnown) this.#failures.failed(asker, 'super', id);
    this.#judged.set(identity, verdict);
    return verdict;
  }
}
