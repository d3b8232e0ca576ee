import type { Identity } from '../model/acl.ts';
import type { DoorName } from '../model/audit.ts';
import type { SessionId } from '../model/ids.ts';
import type { TraceContext } from '../model/trace-context.ts';
import type { AnswerMeta, Asker, SessionCredential, SessionView } from './call.ts';

/** Asks for a session. */
export interface SessionOpening {
  /** Clamped to the limits; the answer says to what. */
  readonly timeoutMs: number;
  /** Chosen by the client, as is `session`: so opening again with both is no second session. */
  readonly secret: Uint8Array;
  readonly session?: SessionId;
  readonly requestTimeoutMs: number;
  /** Of who asks: whose share of sessions it is. All who do not say have one share together. */
  readonly identities?: readonly Identity[];
  /** Through which it is asked for. */
  readonly door?: DoorName | undefined;
  /** That the request belongs to. */
  readonly trace?: TraceContext | undefined;
  /** Who it is can't be shown before there is a session, as on ZooKeeper's wire: no grant is asked for to begin it. */
  readonly provesLater?: boolean;
}

/** Holds a session and the name of the connection that speaks for it. */
export interface CarriedSession {
  readonly carrier: string;
  readonly view: SessionView;
}

/** Says why a connection no longer speaks for a session. */
export type SessionLeft = 'ended' | 'moved';

/**
 * Gives sessions as clients know them: opened and closed by a txn, kept alive by signs of life, carried by a connection.
 */
export interface SessionService {
  open(opening: SessionOpening): Promise<SessionView>;
  /** Opens a session that begins with a connection as its carrier, in one txn. */
  openCarried(opening: Omit<SessionOpening, 'session'>): Promise<CarriedSession>;
  /** Gives a heartbeat that the leader confirms. `asker`: who shows the secret, here and below. */
  touch(credential: SessionCredential, timeoutMs: number, asker?: Asker): Promise<SessionView>;
  /**
   * Ends the session. Also resolves when it is gone already. A carrier's close is refused once another carries the
   * session.
   */
  close(
    credential: SessionCredential,
    timeoutMs: number,
    closing?: { readonly carrier?: string; readonly asker?: Asker },
  ): Promise<AnswerMeta>;
  /**
   * Lets a connection take the session over: from now on it owns the session's order, and an earlier carrier's requests
   * are refused as `sessionMoved`. Requests with a mere credential are not.
   */
  attach(credential: SessionCredential, timeoutMs: number, asker?: Asker): Promise<CarriedSession>;
  /** Takes a sign of life that nobody waits for: an open carrier, a held long-poll. */
  heard(session: SessionId): void;
  /** Calls back once, when the end of the session, or its move to another carrier than `carrier`, is applied here. */
  onLeft(
    session: SessionId,
    carrier: string | undefined,
    left: (why: SessionLeft) => void,
  ): () => void;
}
