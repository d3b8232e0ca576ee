import { withProof, type Principal } from '../../model/principal.ts';

/** Of all identities that a connection proves: every write carries them. */
const identityBytesMax = 16_384;

/** Who is at the other end of a connection, as far as it was proved. */
export class Proofs {
  #principal: Principal;
  #bytes = 0;

  /** `stranger`: who it is without another word. */
  constructor(stranger: Principal) {
    this.#principal = stranger;
  }

  get principal(): Principal {
    return this.#principal;
  }

  /** What they take in every write, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** False when they would be too much for every write. */
  add(proof: Principal): boolean {
    const known = this.#principal.identities;
    const identities = proof.identities.filter(
      ({ scheme, id }) => !known.some((other) => other.scheme === scheme && other.id === id),
    );
    const more = identities.reduce((sum, { scheme, id }) => sum + scheme.length + id.length, 0);
    if (this.#bytes + more > identityBytesMax) return false;
    this.#bytes += more;
    this.#principal = withProof(this.#principal, { ...proof, identities });
    return true;
  }
}
