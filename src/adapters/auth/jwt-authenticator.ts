import { createLocalJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Identity } from '../../model/acl.ts';
import type { JwtSettings } from '../../model/jwt-settings.ts';
import type { Principal } from '../../model/principal.ts';
import type { ProofFailed } from '../../ports/authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { IssuerKeys, type FindKey } from './issuer-keys.ts';
import { Judgements } from './judgements.ts';
import { KeptKeys } from './kept-keys.ts';
import { keySourceOf } from './key-source.ts';

/** By how much the clocks of issuer and peer may differ. */
const clockToleranceMs = 60_000;
/** Tokens that are known to be right, until they end. */
export const verifiedTokensMax = 10_000;
/** Of one token: every write carries them. */
const groupsMax = 64;
const identityBytesMax = 8_192;
/** In seconds, as far as a `Date` goes. */
const expMax = 8_640_000_000_000;
/** Between two looks at keys. */
const lookAtFileEveryMs = 5_000;
const lookAtIssuerEveryMs = 600_000;
/** What strangers show has an issuer asked so often; for so long a key that it shows now may not be known. */
const askIssuerAgainAfterMs = 5_000;
/** So a file that can't be read is not logged more often either, whoever asks for it. */
const readFileAgainAfterMs = 1_000;

export interface JwtAuthenticatorParts {
  readonly settings: JwtSettings;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Judges the tokens of one issuer (RFC 7519), by its keys (RFC 7517). */
export class JwtAuthenticator {
  readonly #settings: JwtSettings;
  readonly #clock: Clock;
  readonly #keys: IssuerKeys;
  /** By the hash of the token. */
  readonly #verified = new Map<string, Principal>();
  readonly #judgements = new Judgements<Principal | ProofFailed>();

  constructor({ settings, dataDir, clock, logger }: JwtAuthenticatorParts) {
    this.#settings = settings;
    this.#clock = clock;
    const isFile = settings.jwksFile !== undefined;
    this.#keys = new IssuerKeys({
      source: keySourceOf(settings),
      kept: isFile ? undefined : new KeptKeys(join(dataDir, 'issuer-keys.json'), settings.issuer),
      clock,
      logger,
      everyMs: isFile ? lookAtFileEveryMs : lookAtIssuerEveryMs,
      againAfterMs: isFile ? readFileAgainAfterMs : askIssuerAgainAfterMs,
      findIn: createLocalJWKSet,
      changed: () => {
        this.#verified.clear();
      },
    });
  }

  /** As `Authenticator` says. */
  signedToken(
    token: string,
    address: string,
    done: (outcome: Principal | ProofFailed) => void,
  ): void {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(key);
    if (known !== undefined) {
      const hasEnded = this.#clock.wall() > (known.validity?.notAfterMs ?? Infinity);
      if (hasEnded) this.#verified.delete(key);
      done(hasEnded ? { failed: 'this token has expired' } : known);
      return;
    }
    const judge = async () => {
      const outcome = await this.#judge(token);
      if (!('failed' in outcome)) this.#keep(key, outcome);
      return outcome;
    };
    if (!this.#judgements.run({ key, address }, judge, done)) done(tooManyUnderWay);
  }

  /** The data directory is there. */
  mayKeep(): void {
    this.#keys.mayKeep();
  }

  stop(): void {
    this.#keys.stop();
  }

  /** Never rejects. */
  async #judge(token: string): Promise<Principal | ProofFailed> {
    const keys = await this.#keys.current();
    const first = keys === undefined ? undefined : await this.#judgeBy(keys, token);
    if (first !== undefined && first !== unknownKey) return first;
    const renewed = await this.#keys.renewed();
    if (renewed === undefined) return noKeys;
    return renewed === keys ? unknownKey : await this.#judgeBy(renewed, token);
  }

  async #judgeBy(keys: FindKey, token: string): Promise<Principal | ProofFailed> {
    const { issuer, audience, algorithms } = this.#settings;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        clockTolerance: clockToleranceMs / 1_000,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(this.#clock.wall()),
      });
      return this.#principalOf(payload);
    } catch (error) {
      return whyWrong(error);
    }
  }

  #principalOf(payload: JWTPayload): Principal | ProofFailed {
    const { name, groupsClaim } = this.#settings;
    const { exp = 0 } = payload;
    // Nobody has looked yet whether it is the text that its type says.
    const sub: unknown = payload.sub;
    if (typeof sub !== 'string' || sub === '') return { failed: aboutClaims.sub };
    if (exp > expMax) return { failed: aboutClaims.exp };
    const groups = groupsIn(payload[groupsClaim]);
    if (groups === undefined || groups.length > groupsMax) {
      const failed = `the claim "${groupsClaim}" of this token is no list of up to ${String(groupsMax)} texts`;
      return { failed };
    }
    const identities: Identity[] = [
      { scheme: 'jwt', id: `${sub}@${name}` },
      ...groups.map((id) => ({ scheme: 'group', id })),
    ];
    if (identities.some(({ id }) => /\p{Cc}/u.test(id))) {
      return { failed: 'the subject or a group of this token has a control character' };
    }
    const bytes = identities.reduce((sum, { id }) => sum + Buffer.byteLength(id), 0);
    if (bytes > identityBytesMax) {
      return { failed: 'the subject and groups of this token are too long' };
    }
    return { identities, validity: { notAfterMs: exp * 1_000 + clockToleranceMs } };
  }

  #keep(key: string, principal: Principal): void {
    if (this.#verified.size >= verifiedTokensMax) {
      for (const oldest of this.#verified.keys()) {
        this.#verified.delete(oldest);
        break;
      }
    }
    this.#verified.set(key, principal);
  }
}

const unknownKey: ProofFailed = {
  failed: 'the key that this token is signed by is not one of its issuer now',
};

const tooManyUnderWay: ProofFailed = {
  failed: 'too many tokens are judged at this moment: try again',
  isBusy: true,
};

const noKeys: ProofFailed = {
  failed: 'the keys of the issuer are not known yet: it does not answer. Try again',
  isOurs: true,
};

/** A text alone is one group. */
function groupsIn(claim: unknown): readonly string[] | undefined {
  if (claim === undefined || claim === null) return [];
  const groups: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const areTexts = groups.every((group) => typeof group === 'string' && group !== '');
  return areTexts ? [...new Set(groups as readonly string[])] : undefined;
}

/** Repeats nothing of the token. */
function whyWrong(error: unknown): ProofFailed {
  if (error instanceof errors.JWKSNoMatchingKey) return unknownKey;
  if (error instanceof errors.JWTExpired) return { failed: 'this token has expired' };
  if (error instanceof errors.JWTClaimValidationFailed) {
    const about: Readonly<Record<string, string>> = aboutClaims;
    return { failed: about[error.claim] ?? 'a claim of this token is not as it should be' };
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return { failed: 'the algorithm of this token is not one of auth.jwt.algorithms' };
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return { failed: 'the signature of this token is wrong' };
  }
  return { failed: 'this is neither a token of Quoll nor a JWT that can be read' };
}

const aboutClaims = {
  aud: 'this token is made for another audience than auth.jwt.audience',
  iss: 'this token is of another issuer than auth.jwt.issuer',
  exp: 'this token has no end (exp) that is a moment: such ones are not taken',
  nbf: 'this token is not valid yet',
  sub: 'this token names nobody: it has no subject (sub) that is a text',
};
