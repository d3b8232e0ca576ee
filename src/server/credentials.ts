import type { Refusal } from '../model/error-code.ts';
import type { SessionId } from '../model/ids.ts';
import type { Hash } from '../ports/hash.ts';
import type { SessionCredential } from '../service/call.ts';
import type { RunningPeer } from './running-peer.ts';
import { sessionGone } from './session-touches.ts';

/** `gone` only on the leader's word: a peer that is merely behind does not know. */
export type CredentialVerdict = 'valid' | 'wrong' | 'gone' | Refusal;

/**
 * Checks a session's secret against the replicated hash. A session that is not known here may have been opened elsewhere
 * a moment ago: then a quorum barrier tells.
 */
export function checkCredential(
  parts: { readonly peer: RunningPeer; readonly hash: Hash },
  { session, secret }: SessionCredential,
  timeoutMs: number,
  done: (verdict: CredentialVerdict) => void,
): void {
  const hashed = parts.hash.sha256(secret);
  const known = judge(parts.peer, session, hashed);
  if (known !== 'gone') {
    done(known);
    return;
  }
  parts.peer.reads.confirm('barrier', timeoutMs, (confirmed) => {
    done('kind' in confirmed ? confirmed : judge(parts.peer, session, hashed));
  });
}

/** As a refusal; undefined for a valid one. */
export function refusalOf(verdict: CredentialVerdict): Refusal | undefined {
  if (verdict === 'valid') return undefined;
  return verdict === 'gone' || verdict === 'wrong' ? sessionGone() : verdict;
}

function judge(
  peer: RunningPeer,
  session: SessionId,
  hashed: Uint8Array,
): 'valid' | 'wrong' | 'gone' {
  const found = peer.applier.state.session(session);
  if (found === undefined) return 'gone';
  return equalInConstantTime(found.secretHash, hashed) ? 'valid' : 'wrong';
}

/** Time must not tell how much of a guess was right. */
function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return difference === 0;
}
