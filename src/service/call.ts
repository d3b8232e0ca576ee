import type { DoorName } from '../model/audit.ts';
import type { Refusal } from '../model/error-code.ts';
import type { SessionId } from '../model/ids.ts';
import type { Principal } from '../model/principal.ts';
import type { ReadResult } from '../model/read.ts';
import type { WriteOutcome } from '../model/request.ts';
import type { TraceContext } from '../model/trace-context.ts';
import type { Zxid } from '../model/zxid.ts';

// Who asks, how, and what every answer says: the words that all parts of the service share.

/**
 * Names a session as a credential (REST, unary gRPC): presented with a request, checked on this peer, never moved by it.
 */
export interface SessionCredential {
  readonly session: SessionId;
  readonly secret: Uint8Array;
}

export interface Caller extends Principal {
  readonly credential?: SessionCredential;
  /** The carrier that speaks for the session, as `SessionService.attach` named it: refused as `sessionMoved` once another does. */
  readonly carrier?: string;
  /** What it came through, for the audit log. Undefined: it came from within. */
  readonly door?: DoorName | undefined;
  /** What whoever asks follows it by, for whoever looks where its time went. */
  readonly trace?: TraceContext | undefined;
}

/** Who asks, without what it speaks for: for a request that shows a session's secret by itself. */
export type Asker = Pick<Caller, 'identities' | 'door' | 'trace'>;

type ShowingAsker = Partial<Asker> & { readonly credential: SessionCredential };

/** Gives who asks and shows a session's secret with it. A field ahead: see `speakingFor`. */
export function showing(
  asker: Partial<Asker> | undefined,
  credential: SessionCredential,
): ShowingAsker {
  return { door: asker?.door, ...asker, credential };
}

/**
 * Gives who asks for a session, through its carrier. A field ahead of all others: V8 gives a copy that begins with another
 * object, and has more fields behind, a hidden class of its own, which each look at it has to get to know.
 */
export function speakingFor(asker: Asker, credential: SessionCredential, carrier: string): Caller {
  return { door: asker.door, ...asker, credential, carrier };
}

/**
 * Says how new an answer must be. linearizable: at least as new as anything acknowledged anywhere before the read began
 * (a quorum barrier). session: at least as new as anything this session has seen. local: what this peer has, also without
 * a quorum.
 */
export type Consistency = 'linearizable' | 'session' | 'local';

export interface ReadOptions {
  readonly consistency: Consistency;
  /** At least this new, whatever the consistency: waits, and gives `behind` at the deadline. */
  readonly minZxid?: Zxid;
  readonly timeoutMs: number;
}

export interface WriteOptions {
  readonly idempotencyKey?: string;
  readonly timeoutMs: number;
}

/** Holds what every answer says about the peer that gave it. */
export interface AnswerMeta {
  /** Last zxid applied on this peer when it answered. */
  readonly zxid: Zxid;
  readonly role: PeerRole;
  /** Milliseconds since this peer last heard its leader; 0 on the leader; undefined when it never did. */
  readonly leaderContactMs: number | undefined;
}

export interface ReadAnswer<Result = ReadResult> {
  readonly result: Result;
  readonly meta: AnswerMeta;
}

export interface WriteAnswer {
  readonly outcome: WriteOutcome;
  /** As it is asked for. */
  readonly meta: AnswerMeta;
}

/** Waits for what comes of a write. */
export interface WriteReceiver {
  /** Is called once. */
  written(answer: WriteAnswer | Refusal): void;
}

export interface SessionView {
  readonly session: SessionId;
  /** As negotiated. */
  readonly timeoutMs: number;
  /** From the last touch that the leader confirmed, on this peer's clock. */
  readonly expiresInMs: number;
  readonly meta: AnswerMeta;
}

export type PeerRole = 'leader' | 'follower' | 'observer' | 'looking';
