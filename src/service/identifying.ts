import type { Refusal } from '../model/error-code.ts';
import type { Principal } from '../model/principal.ts';
import type { SaslAnswer } from '../model/sasl.ts';
import type { Asker, Caller } from './call.ts';

/** What every static token begins with: so it is told from others' tokens, and found where it should not be. */
export const tokenPrefix = 'quoll_';

/** A part of the service: who somebody is, by what a door was shown. */
export interface IdentityService {
  /** Says whether a token is one that is looked at here: a static one, or an issuer's where one is believed. */
  knows(bearer: string): boolean;
  /**
   * Judges a bearer token. `done` is called once: at once for one that this peer knows; later when an issuer has to be asked, or
   * with `throttled`: too many wrong ones came from that address.
   */
  bearer(bearer: string, asker: Asker, done: (proof: Principal | Refusal) => void): void;
  /** Says whether ZooKeeper's clients may sign in by SASL, as users of this peer's own. */
  readonly takesSasl: boolean;
  /**
   * Judges an answer to a challenge by DIGEST-MD5: gives who it is, and the proof that we know his password, too. `read`
   * gives the answer, if it is one: nobody who has had his guesses is read.
   */
  sasl(
    read: () => SaslAnswer | undefined,
    asker: Asker,
    done: (outcome: { readonly principal: Principal; readonly proof: string } | Refusal) => void,
  ): void;
  /** Takes notice of a proof that can't even be read: for the audit log. It is no guess. */
  unreadable(asker: Asker): void;
  /** Says whether all that a caller has proved still stands. */
  stands(caller: Caller): boolean;
  /**
   * Has `run` called once, with why, when what a caller has proved ends; never for who proved nothing that ends. What it gives
   * takes that back.
   */
  whenOver(caller: Caller, run: (refusal: Refusal) => void): () => void;
}
