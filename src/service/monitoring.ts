import type { SessionId } from '../model/ids.ts';
import type { ZnodePath } from '../model/path.ts';
import type { StateDigest } from '../model/peer-message.ts';
import type { Zxid } from '../model/zxid.ts';
import type { PeerRole } from './call.ts';

/** Holds figures of this peer and of what it has applied; all zero before it has its data. */
export interface PeerFigures {
  readonly role: PeerRole;
  /** It serves reads and knows a leader. */
  readonly isServing: boolean;
  /** There is no other peer, and none is meant to be: ZooKeeper calls that standalone. */
  readonly isAlone: boolean;
  /** Last one applied. */
  readonly zxid: Zxid;
  /** Since the process could be asked, in milliseconds. */
  readonly uptimeMs: number;
  readonly znodes: number;
  readonly ephemerals: number;
  readonly sessions: number;
  /** Of the znodes' data alone. */
  readonly dataBytes: number;
  /** Open watches of this peer's clients, of every door and kind. */
  readonly watches: number;
  /** Requests of this peer's clients, through every door, that have no answer yet. */
  readonly outstanding: number;
  /** Peers that vote. */
  readonly voters: number;
}

/** Holds figures that only a leader knows. */
export interface LeaderFigures {
  /** Learners that serve, and have told of themselves. */
  readonly followers: number;
  /** Of the followers: those that are no voters. */
  readonly nonVotingFollowers: number;
  readonly observers: number;
  /** Proposed and not applied yet. */
  readonly proposals: number;
  /** Barriers and syncs of this peer's own clients that a quorum has not confirmed yet. */
  readonly pendingSyncs: number;
  /** Sizes of txns as proposed, in bytes; undefined before the first. */
  readonly proposalBytes: ByteRange | undefined;
  readonly leadingMs: number;
}

export interface ByteRange {
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

export interface MonitoredSession {
  readonly session: SessionId;
  readonly timeoutMs: number;
  /** Until it expires, should nobody hear of it again; undefined where this peer does not lead. */
  readonly expiresInMs: number | undefined;
}

/**
 * Answers what an operator may ask of this peer: four-letter words, pages for people. Synchronous, and it changes no
 * state.
 */
export interface Monitoring {
  figures(): PeerFigures;
  /** Undefined unless this peer leads and serves. */
  leadership(): LeaderFigures | undefined;
  /** All that are alive, in no order. */
  sessions(): Iterable<MonitoredSession>;
  /** Of each session, in no order; its paths in code point order. Takes as long as there are ephemerals. */
  ephemerals(): Iterable<{ readonly session: SessionId; readonly paths: readonly ZnodePath[] }>;
  /** What the state amounted to at some zxids of late, oldest first: equal on all peers. */
  digests(): readonly StateDigest[];
  /** The sizes of proposals begin anew. */
  resetProposalBytes(): void;
}
