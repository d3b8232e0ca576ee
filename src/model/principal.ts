import type { Identity } from './acl.ts';

/** A certificate, as lists of revoked ones name it. */
export interface CertificateId {
  /** The name of who signed it, DER in hex. */
  readonly issuer: string;
  /** Hex, in lower case, without zeros before it. */
  readonly serial: string;
}

/** For how long identities say anything. */
export interface Validity {
  /** The last moment, in ms by the wall clock; `Infinity` when only the end of a token ends it. */
  readonly notAfterMs: number;
  /** The static tokens that it rests on, each in words of the state: the end of one is the end of it. */
  readonly tokens?: readonly string[];
  /** The certificate that it rests on, and those that vouch for it: it ends when one of them is revoked. */
  readonly certificates?: readonly CertificateId[];
}

/** Who somebody was proved to be, by whatever it was proved. */
export interface Principal {
  readonly identities: readonly Identity[];
  /** Without it, without end. */
  readonly validity?: Validity;
}

/** Gives who somebody is that has proved more than before: all of it together ends with the first of it. */
export function withProof<Before extends Principal>(before: Before, proof: Principal): Before {
  const identities = [...before.identities, ...proof.identities];
  const validity = firstToEnd(before.validity, proof.validity);
  return validity === undefined ? { ...before, identities } : { ...before, identities, validity };
}

function firstToEnd(one: Validity | undefined, other: Validity | undefined): Validity | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const tokens = [...new Set([...(one.tokens ?? []), ...(other.tokens ?? [])])];
  const certificates = [...(one.certificates ?? []), ...(other.certificates ?? [])];
  return {
    notAfterMs: Math.min(one.notAfterMs, other.notAfterMs),
    ...(tokens.length > 0 && { tokens }),
    ...(certificates.length > 0 && { certificates }),
  };
}
