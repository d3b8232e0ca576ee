import { addressOf } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { Asker } from '../../service/call.ts';
import { RepeatedLog } from '../../service/repeated-log.ts';
import type { ServerPorts } from '../options.ts';
import type { AuditTrail } from './audit-trail.ts';

/** Wrong proofs from one address in a second. Once they are used up, one more is to be had after a fifth of one. */
export const authFailuresPerSecondMax = 5;
/** What is beyond is answered `throttled` after so long. */
export const authFailureDelayMs = 1_000;
/** Addresses that are remembered for their failures; the one that came first is forgotten for another. */
const addressesMax = 10_000;
/** Wrong digests that are remembered of one address: the same one again tells it nothing, and is no guess. */
const knownMax = 8;

interface Failures {
  left: number;
  atMs: number;
  readonly known: string[];
}

/**
 * Counts the wrong proofs of who asks that come from each address, logs them and says when they are too many. Nobody
 * sees the proofs themselves.
 */
export class AuthFailures {
  readonly #ports: Pick<ServerPorts, 'clock' | 'metrics'>;
  readonly #log: RepeatedLog;
  readonly #audit: AuditTrail;
  readonly #addresses = new Map<string, Failures>();

  constructor(ports: Pick<ServerPorts, 'clock' | 'metrics' | 'logger'>, audit: AuditTrail) {
    this.#ports = ports;
    this.#audit = audit;
    this.#log = new RepeatedLog(ports, 'warn', 'authFailed');
  }

  /** This address has had its guesses: no proof that could be one more is looked at. */
  isBeyond(address: string): boolean {
    const failures = this.#addresses.get(address);
    return failures !== undefined && this.#left(failures) < 1;
  }

  /** Says whether this very proof of the address was wrong before. */
  isKnown(address: string, proof: string): boolean {
    return this.#addresses.get(address)?.known.includes(proof) === true;
  }

  /**
   * Counts a wrong proof. `as`: whom it was to prove, for the log. `proof`: to be known again, when it may well come
   * again.
   */
  failed(asker: Partial<Asker>, as: string, proof?: string): void {
    const address = addressOf(asker.identities);
    const failures = this.#addresses.get(address) ?? this.#first(address);
    failures.left = Math.max(0, this.#left(failures) - 1);
    failures.atMs = this.#ports.clock.now();
    if (proof !== undefined) {
      if (failures.known.length >= knownMax) failures.known.shift();
      failures.known.push(proof);
    }
    this.#ports.metrics.count('auth_failures');
    this.#log.happened({ from: address, as });
    this.#audit.failed(asker, as, 'authFailed');
  }

  /** Answers who is beyond, after a while. */
  throttle(asker: Partial<Asker>, as: string, answer: (refusal: Refusal) => void): void {
    this.#audit.failed(asker, as, 'throttled');
    this.#ports.clock.after(authFailureDelayMs, () => {
      answer(tooManyGuesses());
    });
  }

  #left({ left, atMs }: Failures): number {
    const sinceMs = this.#ports.clock.now() - atMs;
    const regained = (sinceMs * authFailuresPerSecondMax) / 1_000;
    return Math.min(authFailuresPerSecondMax, left + regained);
  }

  #first(address: string): Failures {
    if (this.#addresses.size >= addressesMax) {
      for (const oldest of this.#addresses.keys()) {
        this.#addresses.delete(oldest);
        break;
      }
    }
    const failures = {
      left: authFailuresPerSecondMax,
      atMs: this.#ports.clock.now(),
      known: [],
    };
    this.#addresses.set(address, failures);
    return failures;
  }
}

function tooManyGuesses(): Refusal {
  const detail =
    'Too many wrong passwords or secrets came from this address. Try again in a second, with the right one.';
  return refused('throttled', detail);
}
