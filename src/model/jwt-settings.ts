/** Algorithms of signatures that may be believed: those of key pairs. `none` and HS* (a shared secret) never are. */
export const jwtAlgorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
] as const;
export type JwtAlgorithm = (typeof jwtAlgorithms)[number];

/** Whose signed tokens are believed, and what of them. */
export interface JwtSettings {
  /** As tokens name it. */
  readonly issuer: string;
  /** Of whom a token must be made for one. */
  readonly audience: readonly string[];
  /** Where its keys are: undefined, with no file either, is where OIDC discovery says. */
  readonly jwksUrl: string | undefined;
  /** Absolute. */
  readonly jwksFile: string | undefined;
  readonly algorithms: readonly JwtAlgorithm[];
  readonly groupsClaim: string;
  /** Of the issuer, in ids: `subject@name`. */
  readonly name: string;
}
