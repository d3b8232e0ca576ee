import type { Identity } from '../../model/acl.ts';
import { toHex } from '../../base/hex.ts';
import { isRefusal, mayHaveHappened, refused, type Refusal } from '../../model/error-code.ts';
import { parseSessionIdHex, type SessionId } from '../../model/ids.ts';
import { membersLevel } from '../../model/level.ts';
import { levelOf } from '../../model/membership.ts';
import {
  showing,
  type AnswerMeta,
  type Asker,
  type SessionCredential,
  type SessionView,
} from '../../service/call.ts';
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
import { proofOfSession } from './session-keepers.ts';
import { noClaim, type Admission, type Claim, type OtherAsked } from './admission.ts';
import type { AnswerCallback } from './entrance.ts';
import type { TimedAsker } from './noted-request.ts';

interface LocalSessionsParts {
  readonly ports: Pick<ServerPorts, 'clock' | 'hash' | 'random'>;
  readonly options: EnsembleServerOptions;
  readonly admission: Admission;
}

/** Is `SessionService` on this peer: the leader decides on sessions, this peer says how they stand. */
export class LocalSessions implements SessionService {
  readonly #parts: LocalSessionsParts;

  constructor(parts: LocalSessionsParts) {
    this.#parts = parts;
  }

  open(opening: SessionOpening): Promise<SessionView> {
    const { requestTimeoutMs } = opening;
    const asked = askedBy('openSession', opening);
    return this.#parts.admission.promise(
      asked,
      whoOpens(opening),
      requestTimeoutMs,
      (peer, answer) => {
        this.#open(peer, opening, answer);
      },
    );
  }

  openCarried(opening: Omit<SessionOpening, 'session'>): Promise<CarriedSession> {
    const { requestTimeoutMs } = opening;
    const asked = askedBy('openSession', opening);
    return this.#parts.admission.promise(
      asked,
      whoOpens(opening),
      requestTimeoutMs,
      (peer, answer) => {
        const owner = this.#newCarrier();
        this.#open(peer, { owner, ...opening }, (view) => {
          answer(isRefusal(view) ? view : { carrier: owner, view });
        });
      },
    );
  }

  touch(credential: SessionCredential, timeoutMs: number, asker?: Asker): Promise<SessionView> {
    const who = validateTimeout(timeoutMs) ?? showing(asker, credential);
    const asked = askedBy('touchSession', showing(asker, credential));
    return this.#parts.admission.promise(asked, who, timeoutMs, (peer, answer) => {
      this.#beat(peer, credential.session, timeoutMs, answer);
    });
  }

  close(
    credential: SessionCredential,
    timeoutMs: number,
    { carrier, asker = {} }: { readonly carrier?: string; readonly asker?: Partial<Asker> } = {},
  ): Promise<AnswerMeta> {
    const { admission } = this.#parts;
    const asked = askedBy('closeSession', showing(asker, credential));
    return admission.promise(asked, noClaim, timeoutMs, (peer, answer) => {
      admission.credentials.check(peer, credential, timeoutMs, (verdict) => {
        if (verdict === 'gone') {
          answer(this.#meta());
          return;
        }
        admission.refuse(verdict, asker, (refusal) => {
          if (refusal !== undefined) answer(refusal);
          else this.#close(peer, { session: credential.session, carrier, timeoutMs }, answer);
        });
      });
    });
  }

  attach(credential: SessionCredential, timeoutMs: number, asker?: Asker): Promise<CarriedSession> {
    const { admission, ports } = this.#parts;
    const { session } = credential;
    const who = validateTimeout(timeoutMs) ?? showing(asker, credential);
    const asked = askedBy('moveSession', showing(asker, credential));
    return admission.promise(asked, who, timeoutMs, (peer, answer) => {
      const carrier = this.#newCarrier();
      const request = { kind: 'moveSession', session, owner: carrier } as const;
      const askedAtMs = ports.clock.now();
      peer.writes.submit(request, { identities: [] }, timeoutMs, (result) => {
        if (isRefusal(result)) {
          answer(result);
          return;
        }
        peer.sessions.opened(session, askedAtMs);
        const view = this.#view(peer, session);
        answer(isRefusal(view) ? view : { carrier, view });
      });
    });
  }

  heard(session: SessionId): void {
    this.#parts.admission.entrance.peer?.sessions.heard(session);
  }

  onLeft(
    session: SessionId,
    carrier: string | undefined,
    left: (why: SessionLeft) => void,
  ): () => void {
    const { carriers, applier } = this.#parts.admission.runningPeer();
    const stop = carriers.listen(session, carrier, left);
    // What happened before anybody listened is told as well.
    carriers.check(session, applier.state.session(session)?.owner);
    return stop;
  }

  #open(
    peer: RunningPeer,
    opening: SessionOpening & { readonly owner?: string },
    answer: AnswerCallback<SessionView>,
  ): void {
    const { ports, options } = this.#parts;
    const { timeoutMs, secret, owner, requestTimeoutMs, identities } = opening;
    const ungranted = opening.provesLater === true ? undefined : this.#ungranted(peer, identities);
    if (ungranted !== undefined) {
      this.#parts.admission.audit.answered(opening, 'openSession', '/', ungranted);
      answer(ungranted);
      return;
    }
    const giveBack = this.#parts.admission.keep('sessions', identities);
    if (giveBack === undefined) {
      answer(tooManySessions());
      return;
    }
    const session = opening.session ?? this.#newSessionId();
    const request = {
      kind: 'createSession',
      session,
      timeoutMs: clampSessionTimeout(timeoutMs, options.limits),
      secretHash: this.#proofOf(peer, secret, identities),
      ...(owner === undefined ? {} : { owner }),
    } as const;
    const askedAtMs = ports.clock.now();
    peer.writes.submit(request, { identities: [] }, requestTimeoutMs, (result) => {
      if (isRefusal(result)) {
        // It may begin yet, and is not counted before that is known.
        if (!mayHaveHappened(result)) giveBack();
        else this.#keepLater(peer, session, giveBack);
        answer(result);
        return;
      }
      if (result.replayed) {
        giveBack();
        this.#beat(peer, session, requestTimeoutMs, answer);
        return;
      }
      peer.sessions.opened(session, askedAtMs);
      this.#keep(peer, session, giveBack);
      answer(this.#view(peer, session));
    });
  }

  /** While grants are on a session is known by who begins it, too, as soon as all peers can know that. */
  #proofOf(
    peer: RunningPeer,
    secret: Uint8Array,
    identities: readonly Identity[] = [],
  ): Uint8Array {
    const { hash } = this.#parts.ports;
    const hashed = hash.sha256(secret);
    const { state, membership } = peer.applier;
    // The version before knows a session by the hash alone.
    const isKept = state.grants.isOn && levelOf(membership) >= membersLevel;
    return isKept ? proofOfSession(hashed, identities, hash) : hashed;
  }

  /** A session is for whoever may do anything at all with it. */
  #ungranted(peer: RunningPeer, identities: readonly Identity[] = []): Refusal | undefined {
    const { grants } = peer.applier.state;
    if (!grants.isOn) return undefined;
    const known = this.#parts.admission.recognize(identities);
    if (grants.rightsOf(known).isAny) return undefined;
    const detail =
      'To begin a session one needs a role, and you were granted none: ask an administrator. "quoll auth show" says who you are.';
    return refused('noAuth', detail);
  }

  /** Counts a session of whose beginning nothing was heard, unless it has not come in a while. */
  #keepLater(peer: RunningPeer, session: SessionId, giveBack: () => void): void {
    const { ports, options } = this.#parts;
    ports.clock.after(options.limits.sessionTimeoutMsMax, () => {
      this.#keep(peer, session, giveBack);
    });
  }

  /** Counts it until its end. */
  #keep(peer: RunningPeer, session: SessionId, giveBack: () => void): void {
    if (peer.applier.state.session(session) === undefined) giveBack();
    else peer.carriers.listen(session, undefined, giveBack);
  }

  #close(
    peer: RunningPeer,
    closing: {
      readonly session: SessionId;
      readonly carrier: string | undefined;
      readonly timeoutMs: number;
    },
    answer: AnswerCallback<AnswerMeta>,
  ): void {
    const { session, carrier, timeoutMs } = closing;
    const request = { kind: 'closeSession', session, reason: 'closed' } as const;
    const context = { identities: [], ...(carrier === undefined ? {} : { owner: carrier }) };
    peer.writes.submit(request, context, timeoutMs, (result) => {
      const isGone = !isRefusal(result) || result.code === 'sessionExpired';
      answer(isGone ? this.#meta() : result);
    });
  }

  #beat(
    peer: RunningPeer,
    session: SessionId,
    timeoutMs: number,
    answer: AnswerCallback<SessionView>,
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
    return this.#parts.admission.entrance.meta();
  }
}

function askedBy(op: string, asker: TimedAsker): OtherAsked {
  return { request: { kind: 'session', op, path: '' }, asker };
}

function tooManySessions(): Refusal {
  const detail =
    'Too many sessions that were begun at this peer from your address are alive. Close some, or go to another peer.';
  return refused('throttled', detail);
}

/** A session that is yet to be is in nobody's name. */
function whoOpens({
  timeoutMs,
  requestTimeoutMs,
}: Pick<SessionOpening, 'timeoutMs' | 'requestTimeoutMs'>): Claim | Refusal {
  return validateTimeout(timeoutMs) ?? validateTimeout(requestTimeoutMs) ?? noClaim;
}
