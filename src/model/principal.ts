import type { Identity } from './acl.ts';

/** For how long identities say anything. */
export interface Validity {
  /** The last moment, in ms by the wall clock; `Infinity` when only the end of a token ends it. */
  readonly notAfterMs: number;
  /** The static tokens that it rests on, each in words of the state: the end of one is the end of it. */
  readonly tokens?: readonly string[];
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
  const notAfterMs = Math.min(one.notAfterMs, other.notAfterMs);
  return tokens.length === 0 ? { notAfterMs } : { notAfterMs, tokens };
}
