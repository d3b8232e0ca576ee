import { refused, type Refusal } from '../../model/error-code.ts';
import type { CertificateId, Validity } from '../../model/principal.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Entrance } from './entrance.ts';

/** What rests on a proof is looked at so often. */
const lookEveryMs = 100;
/** Proofs that something rests on, looked at in one turn. */
const lookedAtMax = 1_000;
/** Of those, whoever is told in it that his has ended: what he has open is ended by that. */
const toldMax = 50;

interface Resting {
  readonly validity: Validity;
  readonly run: (refusal: Refusal) => void;
}

/**
 * Knows whether what somebody has proved still says anything: it ends at its time, by the wall clock, and with the static
 * token that it rests on, or when its certificate is revoked. Who keeps something open is told within a tenth of a second.
 */
export class Validities {
  readonly #entrance: Entrance;
  readonly #clock: Clock;
  readonly #isRevoked: (certificate: CertificateId) => boolean;
  readonly #resting = new Set<Resting>();
  #looking: Timer | undefined;
  #isLooking = false;

  constructor(
    entrance: Entrance,
    clock: Clock,
    isRevoked: (certificate: CertificateId) => boolean = () => false,
  ) {
    this.#entrance = entrance;
    this.#clock = clock;
    this.#isRevoked = isRevoked;
  }

  /** Gives the refusal for who asks when it is over; undefined while it stands. */
  refusal(validity: Validity | undefined): Refusal | undefined {
    if (validity === undefined) return undefined;
    const { notAfterMs, tokens, certificates } = validity;
    if (this.#clock.wall() > notAfterMs) return hasEnded();
    if (certificates?.some(this.#isRevoked) === true) return isRevokedCertificate();
    if (tokens === undefined) return undefined;
    const known = this.#entrance.peer?.applier.state.grants.tokens;
    return tokens.every((token) => known?.stands(token) === true) ? undefined : isRevoked();
  }

  /** Calls `run` once it is over; what it gives takes that back. */
  whenOver(validity: Validity | undefined, run: (refusal: Refusal) => void): () => void {
    if (validity === undefined) return () => undefined;
    const resting = { validity, run };
    this.#resting.add(resting);
    this.#looking ??= this.#clock.every(lookEveryMs, () => {
      if (this.#isLooking) return;
      this.#isLooking = true;
      this.#look([...this.#resting], 0);
    });
    return () => {
      this.#forget(resting);
    };
  }

  /** In slices: thousands may rest on one token. */
  #look(all: readonly Resting[], from: number): void {
    let told = 0;
    let at = from;
    for (; at < all.length && at - from < lookedAtMax && told < toldMax; at++) {
      const resting = all[at];
      const refusal = resting && this.refusal(resting.validity);
      if (resting === undefined || refusal === undefined || !this.#forget(resting)) continue;
      told++;
      resting.run(refusal);
    }
    this.#isLooking = at < all.length;
    if (!this.#isLooking) return;
    this.#clock.soon(() => {
      this.#look(all, at);
    });
  }

  #forget(resting: Resting): boolean {
    const wasThere = this.#resting.delete(resting);
    if (this.#resting.size === 0) {
      this.#looking?.cancel();
      this.#looking = undefined;
    }
    return wasThere;
  }
}

function hasEnded(): Refusal {
  const detail =
    'What proved who you are is valid no longer: sign in again, or connect with a new certificate.';
  return refused('authFailed', detail);
}

function isRevokedCertificate(): Refusal {
  const detail = 'The certificate that proved who you are was revoked: connect with another.';
  return refused('authFailed', detail);
}

function isRevoked(): Refusal {
  return refused(
    'authFailed',
    'The token that proved who you are was revoked or changed: use another.',
  );
}
