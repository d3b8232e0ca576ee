import { utf8 } from '../../base/bytes.ts';
import { isSuper, type Identity } from '../../model/acl.ts';
import { formatPrincipal } from '../../model/auth.ts';
import type { Hash } from '../../ports/hash.ts';
import { provenOf } from '../../state/access/access.ts';

/** Of the hash of a secret. */
const secretHashBytes = 32;
/** Of the hash of an identity: more than anybody can find another one for. */
const markBytes = 16;
/** Identities of who begins a session that may keep it. */
const keepersMax = 16;

/**
 * What a session is known by: the hash of its secret, and behind it a mark of each identity that it was begun with while
 * grants were on. It travels, is kept and is compared as one with the hash, so whoever sends the opening again has to be
 * who he was. A group is nobody's own, and keeps nothing.
 */
export function proofOfSession(
  secretHash: Uint8Array,
  identities: readonly Identity[],
  hash: Hash,
): Uint8Array {
  const keepers = provenOf(identities).slice(0, keepersMax);
  const proof = new Uint8Array(secretHashBytes + keepers.length * markBytes);
  proof.set(secretHash);
  for (const [index, keeper] of keepers.entries()) {
    proof.set(markOf(keeper, hash), secretHashBytes + index * markBytes);
  }
  return proof;
}

/** Says whether one of these identities is among those that a session was begun with, or it was begun by nobody. */
export function mayKeep(proof: Uint8Array, identities: readonly Identity[], hash: Hash): boolean {
  if (proof.length === secretHashBytes || isSuper(identities)) return true;
  return provenOf(identities).some((each) => {
    const mark = markOf(each, hash);
    for (let from = secretHashBytes; from < proof.length; from += markBytes) {
      if (mark.every((byte, index) => proof[from + index] === byte)) return true;
    }
    return false;
  });
}

function markOf(identity: Identity, hash: Hash): Uint8Array {
  return hash.sha256(utf8(formatPrincipal(identity))).subarray(0, markBytes);
}
