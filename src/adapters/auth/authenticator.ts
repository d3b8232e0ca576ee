import type { Principal } from '../../model/principal.ts';
import type { SaslAnswer } from '../../model/sasl.ts';
import type { Authenticator, ProofFailed } from '../../ports/authenticator.ts';
import type { JwtAuthenticator } from './jwt-authenticator.ts';
import type { SaslUsers } from './sasl-users.ts';

/** Judges by what a peer is configured with. */
export class ConfiguredAuthenticator implements Authenticator {
  readonly #jwt: JwtAuthenticator | undefined;
  readonly #sasl: SaslUsers | undefined;

  constructor(by: {
    readonly jwt?: JwtAuthenticator | undefined;
    readonly sasl?: SaslUsers | undefined;
  }) {
    this.#jwt = by.jwt;
    this.#sasl = by.sasl;
  }

  get takesSignedTokens(): boolean {
    return this.#jwt !== undefined;
  }

  get takesSasl(): boolean {
    return this.#sasl !== undefined;
  }

  signedToken(
    token: string,
    address: string,
    done: (outcome: Principal | ProofFailed) => void,
  ): void {
    if (this.#jwt === undefined) done({ failed: 'no issuer is believed here' });
    else this.#jwt.signedToken(token, address, done);
  }

  sasl(
    answer: SaslAnswer,
  ): { readonly principal: Principal; readonly proof: string } | ProofFailed {
    return this.#sasl?.judge(answer) ?? { failed: 'there are no users for SASL here' };
  }

  /** The data directory is there, and things may be kept in it. */
  mayKeep(): void {
    this.#jwt?.mayKeep();
  }

  stop(): void {
    this.#jwt?.stop();
    this.#sasl?.stop();
  }
}
