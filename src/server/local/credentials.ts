import { Fifo } from '../../base/fifo.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { Identity } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Hash } from '../../ports/hash.ts';
import type { SessionCredential } from '../../service/call.ts';
import type { RunningPeer } from '../running-peer.ts';
import { sessionGone } from '../sessions/touches.ts';
import { mayKeep } from './session-keepers.ts';

/** Says what a check of a secret found; `gone` only on the leader's word: a peer that is merely behind does not know. */
export type CredentialVerdict = 'valid' | 'wrong' | 'gone' | Refusal;

/** Requests of a session that this peer has not heard of yet. */
const waitingPerSessionMax = 10_000;

interface Check {
  verdict: CredentialVerdict | undefined;
  readonly done: (verdict: CredentialVerdict) => void;
}

/** Of one session, in the order they came: those that wait for a barrier, or for who does. */
interface Waiting {
  readonly checks: Fifo<Check>;
  /** More of them go on in another turn. */
  goesOnSoon: boolean;
}

interface CredentialChecksParts {
  readonly hash: Hash;
  readonly clock: Pick<Clock, 'now' | 'soon'>;
  /** How long those that have waited go on in one turn. */
  readonly sliceMs: number;
}

/**
 * Checks sessions' secrets against the replicated hashes. A session that is not known here may have been opened elsewhere a
 * moment ago: then a quorum barrier tells. Whoever comes later in that session waits for who came first: their requests
 * keep their order.
 */
export class CredentialChecks {
  readonly #parts: CredentialChecksParts;
  readonly #waiting = new Map<SessionId, Waiting>();

  constructor(parts: CredentialChecksParts) {
    this.#parts = parts;
  }

  /**
   * Says why who shows the right secret may not speak for the session; undefined: he may. While grants are on it is for who
   * began it: else whoever lost what he had been granted could keep ephemerals and places by the secret alone.
   */
  strange(
    { applier }: RunningPeer,
    { session }: SessionCredential,
    identities: readonly Identity[],
  ): Refusal | undefined {
    const { state } = applier;
    const proof = state.session(session)?.secretHash;
    if (proof === undefined || !state.grants.isOn) return undefined;
    if (mayKeep(proof, identities, this.#parts.hash)) return undefined;
    const detail =
      'The session was begun by somebody else: show what proved then who you are, or begin another.';
    return refused('noAuth', detail);
  }

  /** Requests of the session wait, and who comes now has to wait behind them. */
  isWaiting(session: SessionId): boolean {
    return this.#waiting.has(session);
  }

  check(
    peer: RunningPeer,
    { session, secret }: SessionCredential,
    timeoutMs: number,
    done: (verdict: CredentialVerdict) => void,
  ): void {
    const hashed = this.#parts.hash.sha256(secret);
    const known = judge(peer, session, hashed);
    const ahead = this.#waiting.get(session);
    if (known !== 'gone' && ahead === undefined) {
      done(known);
      return;
    }
    if (ahead !== undefined && ahead.checks.length >= waitingPerSessionMax) {
      done(refused('throttled', 'Too many requests of this session wait. Send it again later.'));
      return;
    }
    const check: Check = { verdict: known === 'gone' ? undefined : known, done };
    if (ahead !== undefined) ahead.checks.push(check);
    else this.#waiting.set(session, { checks: new Fifo([check]), goesOnSoon: false });
    if (known !== 'gone') return;
    peer.reads.confirm('barrier', timeoutMs, (confirmed) => {
      check.verdict = isRefusal(confirmed) ? confirmed : judge(peer, session, hashed);
      this.#release(session);
    });
  }

  /** In slices: thousands may have waited for one that had to be looked for, and each goes on to a write or a read. */
  #release(session: SessionId): void {
    const waiting = this.#waiting.get(session);
    if (waiting === undefined || waiting.goesOnSoon) return;
    const { clock, sliceMs } = this.#parts;
    const { checks } = waiting;
    const until = clock.now() + sliceMs;
    while (checks.first?.verdict !== undefined) {
      if (clock.now() > until) {
        waiting.goesOnSoon = true;
        clock.soon(() => {
          waiting.goesOnSoon = false;
          this.#release(session);
        });
        return;
      }
      const { done, verdict } = checks.first;
      checks.shift();
      // Who comes in from within this very call still finds the queue, and goes to the end of it.
      done(verdict);
    }
    if (checks.length === 0) this.#waiting.delete(session);
  }
}

/** Gives the verdict as a refusal, or undefined when it is valid. */
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
  // Behind it stands who may keep it: see `session-keepers.ts`.
  const ofSecret = found.secretHash.subarray(0, hashed.length);
  return equalInConstantTime(ofSecret, hashed) ? 'valid' : 'wrong';
}

/** Time must not tell how much of a guess was right. */
function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) {
    difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  }
  return difference === 0;
}
