import { toHex } from '../../base/hex.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { parseSessionIdHex, type SessionId } from '../../model/ids.ts';
import type { AnswerMeta, SessionCredential, SessionView } from '../../service/call.ts';
import { ServiceError } from '../../service/service-error.ts';
import type {
  CarriedSession,
  SessionLeft,
  SessionOpening,
  SessionService,
} from '../../service/sessions.ts';
import { clampSessionTimeout, validateTimeout } from '../../service/validate.ts';
import type { EnsembleServerOptions, ServerPorts } from '../options.ts';
import type { RunningPeer } from '../running-peer.ts';
import { sessionGone } from '../sessions/touches.ts';
import { refusalOf, type CredentialChecks } from './credentials.ts';
import type { Entrance } from './entrance.ts';

type Answer<Value> = (value: Value | Refusal) => void;

/** What `LocalService` lends. */
interface LocalSessionsParts {
  readonly ports: ServerPorts;
  readonly options: EnsembleServerOptions;
  readonly entrance: Entrance;
  readonly credentials: CredentialChecks;
  promise<Value extends object>(
    action: (peer: RunningPeer, answer: Answer<Value>) => void,
  ): Promise<Value>;
  /** Checks the secret; a valid session is alive by that alone. */
  check(
    peer: RunningPeer,
    credential: SessionCredential,
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void;
}

/** `SessionService` on this peer: the leader decides on sessions, this peer says how they stand. */
export class LocalSessions implements SessionService {
  readonly #parts: LocalSessionsParts;

  constructor(parts: LocalSessionsParts) {
    this.#parts = parts;
  }

  open(opening: SessionOpening): Promise<SessionView> {
    return this.#parts.promise((peer, answer) => {
      this.#open(peer, opening, answer);
    });
  }

  openCarried(opening: Omit<SessionOpening, 'session'>): Promise<CarriedSession> {
    return this.#parts.promise((peer, answer) => {
      const owner = this.#newCarrier();
      this.#open(peer, { ...opening, owner }, (view) => {
        answer('kind' in view ? view : { carrier: owner, view });
      });
    });
  }

  touch(credential: SessionCredential, timeoutMs: number): Promise<SessionView> {
    return this.#parts.promise((peer, answer) => {
      this.#parts.check(peer, credential, timeoutMs, (refusal) => {
        if (refusal !== undefined) {
          answer(refusal);
          return;
        }
        this.#beat(peer, credential.session, timeoutMs, answer);
      });
    });
  }

  close(credential: SessionCredential, timeoutMs: number, carrier?: string): Promise<AnswerMeta> {
    return this.#parts.promise((peer, answer) => {
      this.#parts.credentials.check(peer, credential, timeoutMs, (verdict) => {
        if (verdict !== 'valid') {
          answer(verdict === 'gone' ? this.#meta() : (refusalOf(verdict) ?? sessionGone()));
          return;
        }
        const request = {
          kind: 'closeSession',
          session: credential.session,
          reason: 'closed',
        } as const;
        const context = { identities: [], ...(carrier === undefined ? {} : { owner: carrier }) };
        peer.forwarding.submit(request, context, timeoutMs, (result) => {
          const isGone = !('kind' in result) || result.code === 'sessionExpired';
          answer(isGone ? this.#meta() : result);
        });
      });
    });
  }

  attach(credential: SessionCredential, timeoutMs: number): Promise<CarriedSession> {
    return this.#parts.promise((peer, answer) => {
      this.#parts.check(peer, credential, timeoutMs, (refusal) => {
        if (refusal !== undefined) {
          answer(refusal);
          return;
        }
        const { session } = credential;
        const carrier = this.#newCarrier();
        const request = { kind: 'moveSession', session, owner: carrier } as const;
        const askedAtMs = this.#parts.ports.clock.now();
        peer.forwarding.submit(request, { identities: [] }, timeoutMs, (result) => {
          if ('kind' in result) {
            answer(result);
            return;
          }
          peer.sessions.opened(session, askedAtMs);
          const view = this.#view(peer, session);
          answer('kind' in view ? view : { carrier, view });
        });
      });
    });
  }

  heard(session: SessionId): void {
    this.#parts.entrance.peer?.sessions.heard(session);
  }

  onLeft(
    session: SessionId,
    carrier: string | undefined,
    left: (why: SessionLeft) => void,
  ): () => void {
    const { peer } = this.#parts.entrance;
    if (peer === undefined) throw new ServiceError(notStarted());
    const { carriers, applier } = peer;
    const stop = carriers.listen(session, carrier, left);
    // What happened before anybody listened is told as well.
    carriers.check(session, applier.state.session(session)?.owner);
    return stop;
  }

  #open(
    peer: RunningPeer,
    opening: SessionOpening & { readonly owner?: string },
    answer: Answer<SessionView>,
  ): void {
    const { ports, options } = this.#parts;
    const { timeoutMs, secret, owner, requestTimeoutMs } = opening;
    const invalid = validateTimeout(timeoutMs) ?? validateTimeout(requestTimeoutMs);
    if (invalid !== undefined) {
      answer(invalid);
      return;
    }
    const session = opening.session ?? this.#newSessionId();
    const request = {
      kind: 'createSession',
      session,
      timeoutMs: clampSessionTimeout(timeoutMs, options.limits),
      secretHash: ports.hash.sha256(secret),
      ...(owner === undefined ? {} : { owner }),
    } as const;
    const askedAtMs = ports.clock.now();
    peer.forwarding.submit(request, { identities: [] }, requestTimeoutMs, (result) => {
      if ('kind' in result) {
        answer(result);
        return;
      }
      if (result.replayed) {
        this.#beat(peer, session, requestTimeoutMs, answer);
        return;
      }
      peer.sessions.opened(session, askedAtMs);
      answer(this.#view(peer, session));
    });
  }

  #beat(
    peer: RunningPeer,
    session: SessionId,
    timeoutMs: number,
    answer: Answer<SessionView>,
  ): void {
    peer.sessions.heartbeat(session, timeoutMs, (failed) => {
      answer(failed ?? this.#view(peer, session));
    });
  }

  #view(peer: RunningPeer, session: SessionId): SessionView | Refusal {
    const found = peer.applier.state.session(session);
    if (found === undefined) return sessionGone();
    const { timeoutMs } = found;
    const expiresInMs = peer.sessions.expiresInMs(session, timeoutMs);
    return { session, timeoutMs, expiresInMs, meta: this.#meta() };
  }

  /** Unique in the ensemble: by chance, and by a name for whoever reads a log. */
  #newCarrier(): string {
    const { ports, options } = this.#parts;
    return `${String(options.self)}-${toHex(ports.random.bytes(8))}`;
  }

  /** 63 random bits, never all zero. */
  #newSessionId(): SessionId {
    for (;;) {
      const hex = toHex(this.#parts.ports.random.bytes(8));
      const id = parseSessionIdHex(
        (Number.parseInt(hex.slice(0, 1), 16) & 7).toString(16) + hex.slice(1),
      );
      if (id !== undefined) return id;
    }
  }

  #meta(): AnswerMeta {
    return this.#parts.entrance.meta();
  }
}

function notStarted(): Refusal {
  return refused('noQuorum', 'This peer is still loading its data. Try again, or ask another.');
}
