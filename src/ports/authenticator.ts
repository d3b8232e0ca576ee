import type { Principal } from '../model/principal.ts';

/** Why a proof is none, for whoever showed it: it repeats nothing of it. */
export interface ProofFailed {
  readonly failed: string;
  /** Nothing is wrong with the proof, as far as anybody knows: it could not be looked at. Is no guess. */
  readonly isOurs?: boolean;
}

/** Judges proofs of who somebody is for which more than the state of this peer is needed. */
export interface Authenticator {
  /** Says whether tokens of an issuer are believed here at all. */
  readonly takesSignedTokens: boolean;
  /** Judges a token that an issuer has signed (a JWT). `done` is called once, at once for one that is known already. */
  signedToken(token: string, done: (outcome: Principal | ProofFailed) => void): void;
}
