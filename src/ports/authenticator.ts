import type { Principal } from '../model/principal.ts';
import type { SaslAnswer } from '../model/sasl.ts';

/** Why a proof is none, for whoever showed it: it repeats nothing of it. */
export interface ProofFailed {
  readonly failed: string;
  /** Nothing is wrong with the proof, as far as anybody knows: it could not be looked at. Is no guess. */
  readonly isOurs?: boolean;
  /** It was not looked at, since too many are at this moment. Is no guess either. */
  readonly isBusy?: boolean;
}

/** Judges proofs of who somebody is for which more than the state of this peer is needed. */
export interface Authenticator {
  /** Says whether tokens of an issuer are believed here at all. */
  readonly takesSignedTokens: boolean;
  /** Says whether there are users who sign in by SASL. */
  readonly takesSasl: boolean;
  /** Judges a token that an issuer has signed (a JWT). `done` is called once, at once for one that is known already. */
  signedToken(
    token: string,
    address: string,
    done: (outcome: Principal | ProofFailed) => void,
  ): void;
  /** Judges an answer to a challenge by DIGEST-MD5: gives who it is, and by what he knows us. */
  sasl(answer: SaslAnswer): { readonly principal: Principal; readonly proof: string } | ProofFailed;
}
