import { utf8 } from '../../base/bytes.ts';
import { toHex } from '../../base/hex.ts';
import { addressOf } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { Principal } from '../../model/principal.ts';
import type { SaslAnswer } from '../../model/sasl.ts';
import type { Authenticator, ProofFailed } from '../../ports/authenticator.ts';
import type { Hash } from '../../ports/hash.ts';
import type { Asker, Caller } from '../../service/call.ts';
import { tokenPrefix, type IdentityService } from '../../service/identifying.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { AuthFailures } from './auth-failures.ts';
import type { Entrance } from './entrance.ts';
import type { Validities } from './validities.ts';

/** A token of more bytes is refused unseen. */
const bearerBytesMax = 8_192;

interface LocalIdentitiesParts {
  readonly entrance: Entrance;
  readonly hash: Hash;
  readonly audit: AuditTrail;
  readonly failures: AuthFailures;
  readonly validities: Validities;
  readonly authenticator: Authenticator | undefined;
}

/**
 * Is `IdentityService` on this peer. Tokens can't be guessed, so the right one is always listened to: only wrong ones are
 * counted, and beyond what an address may guess answered late.
 */
export class LocalIdentities implements IdentityService {
  readonly #parts: LocalIdentitiesParts;

  constructor(parts: LocalIdentitiesParts) {
    this.#parts = parts;
  }

  knows(bearer: string): boolean {
    return bearer.startsWith(tokenPrefix) || this.#parts.authenticator?.takesSignedTokens === true;
  }

  bearer(bearer: string, asker: Asker, done: (proof: Principal | Refusal) => void): void {
    const { authenticator } = this.#parts;
    const judged = (kind: string) => (outcome: Principal | ProofFailed) => {
      this.#answer(outcome, { kind, asker }, done);
    };
    if (bearer.length > bearerBytesMax) {
      judged('bearer')({ failed: `a token has up to ${String(bearerBytesMax)} bytes` });
    } else if (bearer.startsWith(tokenPrefix)) judged('token')(this.#staticToken(bearer));
    else if (authenticator?.takesSignedTokens !== true) judged('bearer')(unknownKind);
    else authenticator.signedToken(bearer, addressOf(asker.identities), judged('jwt'));
  }

  get takesSasl(): boolean {
    return this.#parts.authenticator?.takesSasl === true;
  }

  /** A password can be guessed: who has had his guesses is not listened to, were it the right one. */
  sasl(
    read: () => SaslAnswer | undefined,
    asker: Asker,
    done: (outcome: { readonly principal: Principal; readonly proof: string } | Refusal) => void,
  ): void {
    const { authenticator, failures } = this.#parts;
    if (failures.isBeyond(addressOf(asker.identities))) {
      failures.throttle(asker, 'sasl', done);
      return;
    }
    const given = read();
    const outcome =
      given === undefined
        ? { failed: 'this is no answer to the challenge' }
        : (authenticator?.sasl(given) ?? { failed: 'there are no users for SASL here' });
    if (!('failed' in outcome)) {
      done(outcome);
      return;
    }
    failures.failed(asker, 'sasl');
    done(refused('authFailed', outcome.failed));
  }

  unreadable(asker: Asker): void {
    this.#parts.audit.failed(asker, 'unreadable', 'authFailed');
  }

  stands({ validity }: Caller): boolean {
    return this.#parts.validities.refusal(validity) === undefined;
  }

  whenOver(caller: Caller, run: (refusal: Refusal) => void): () => void {
    const { audit, validities } = this.#parts;
    return validities.whenOver(caller.validity, (refusal) => {
      audit.ended(caller, refusal);
      run(refusal);
    });
  }

  #staticToken(bearer: string): Principal | ProofFailed {
    const { entrance, hash, validities } = this.#parts;
    const sha256 = toHex(hash.sha256(utf8(bearer)));
    const principal = entrance.peer?.applier.state.grants.tokens.find(sha256);
    if (principal === undefined) {
      return { failed: 'this token is not known here: it was revoked, or is of another ensemble' };
    }
    const over = validities.refusal(principal.validity);
    return over === undefined ? principal : { failed: 'this token has ended' };
  }

  #answer(
    outcome: Principal | ProofFailed,
    { kind, asker }: { readonly kind: string; readonly asker: Asker },
    done: (proof: Principal | Refusal) => void,
  ): void {
    const { failures } = this.#parts;
    if (!('failed' in outcome)) done(outcome);
    else if (outcome.isBusy === true) done(refused('throttled', outcome.failed));
    else if (outcome.isOurs === true) done(refused('authFailed', outcome.failed));
    else if (failures.isBeyond(addressOf(asker.identities))) failures.throttle(asker, kind, done);
    else {
      failures.failed(asker, kind);
      done(refused('authFailed', outcome.failed));
    }
  }
}

const unknownKind: ProofFailed = {
  failed:
    'the tokens that are taken here begin with "quoll_" (quoll auth token new); no issuer of others is configured',
};
