import type { Refusal } from './error-code.ts';
import type { Nonce, ServerId, SessionId } from './ids.ts';
import type { LogEntry, LogPosition } from './log-entry.ts';
import type { Membership, Voter } from './membership.ts';
import type { RequestContext, WriteRequest } from './request.ts';
import type { Zxid } from './zxid.ts';

// What peers say to each other. Names and numbers follow ZooKeeper's quorum packets (brief A2).

export interface Vote {
  readonly leader: ServerId;
  /** The last zxid in the proposed leader's durable log, committed or not. */
  readonly zxid: Zxid;
  /** The proposed leader's currentEpoch. */
  readonly peerEpoch: number;
}

export type NotifiedState = 'looking' | 'following' | 'leading' | 'observing';

/** A message of the election plane: may be lost, doubled or late; only the newest of a peer matters. */
export interface Notification {
  readonly from: ServerId;
  readonly nonce: Nonce;
  /** Empty while the peer belongs to no ensemble yet. */
  readonly clusterId: string;
  readonly state: NotifiedState;
  readonly round: number;
  readonly vote: Vote;
  /** False for a peer that is no voter now: its vote counts nowhere (brief A17). */
  readonly votes: boolean;
  /** First start: the empty voters that this peer hears, itself included. Absent once it belongs to an ensemble. */
  readonly emptyVoters?: readonly Voter[];
  /** First start: the hash of what this peer's data were made of. Absent where it began with nothing. */
  readonly seed?: string;
  /**
   * First start over: the voters that this peer started with. Told for ever: a voter that crashed before it had noted
   * them down learns from any other that it is one.
   */
  readonly founded?: Membership;
  /** Of the last committed membership that this peer knows, once there was a change. */
  readonly membershipVersion?: Zxid;
  /** It answers another one, and is itself not answered. Absent until there was a change: earlier builds do not know it. */
  readonly isAnswer?: true;
  /** That membership itself, in an answer to whoever knows an older one or is no member by it. */
  readonly membership?: Membership;
}

/** A message of the broadcast plane: one FIFO stream between a learner and its leader. */
export type ZabMessage =
  /** Learner -> leader, first. ZooKeeper's FOLLOWERINFO and OBSERVERINFO. */
  | {
      readonly kind: 'learnerInfo';
      readonly protocolVersion: number;
      readonly role: 'follower' | 'observer';
      readonly nonce: Nonce;
      readonly clusterId: string;
      readonly acceptedEpoch: number;
    }
  /** Leader -> learner. `acked` is what this identity is known to have acked: fewer in its log is lost data. */
  | {
      readonly kind: 'leaderInfo';
      readonly epoch: number;
      readonly acked: Zxid;
      readonly clusterId: string;
    }
  /** Leader -> learner, instead of LEADERINFO: another process runs under its server id, and is heard from `livesAt`. */
  | { readonly kind: 'twin'; readonly livesAt: string }
  /** Leader -> learner, also instead of LEADERINFO: by this version it is no member any more. Last on its stream. */
  | { readonly kind: 'farewell'; readonly version: Zxid }
  /** `currentEpoch` is below 0 when the epoch had been accepted before: it tells the position but counts nowhere (A3). */
  | {
      readonly kind: 'ackEpoch';
      readonly currentEpoch: number;
      readonly last: LogPosition;
      readonly applied: Zxid;
    }
  | { readonly kind: 'diff'; readonly from: LogPosition; readonly to: Zxid }
  | { readonly kind: 'trunc'; readonly to: LogPosition }
  /** Written by the shell in place of a `snapshot` item: what the chunks that follow amount to. */
  | {
      readonly kind: 'snap';
      readonly at: LogPosition;
      /** In force at the snapshot. */
      readonly membership: Membership | null;
      readonly chunks: number;
      readonly bytes: number;
    }
  | { readonly kind: 'snapChunk'; readonly sequence: number; readonly bytes: Uint8Array }
  | { readonly kind: 'snapEnd'; readonly sha256: Uint8Array }
  /**
   * The learner does not hold the place that TRUNC named: `last` is the highest it holds below. Plan again from there.
   */
  | { readonly kind: 'retreat'; readonly last: LogPosition }
  | { readonly kind: 'newLeader'; readonly epoch: number; readonly end: LogPosition }
  /** Cumulative: everything up to `zxid` of this epoch. (epoch, 0) answers `newLeader`. */
  | { readonly kind: 'ack'; readonly zxid: Zxid }
  | { readonly kind: 'upToDate'; readonly commit: Zxid }
  /** Also what DIFF sends. `commit` rides along. */
  | { readonly kind: 'proposal'; readonly entries: readonly LogEntry[]; readonly commit: Zxid }
  | { readonly kind: 'commit'; readonly zxid: Zxid }
  /** Leader -> observer: proposal and commit in one. */
  | { readonly kind: 'inform'; readonly entries: readonly LogEntry[] }
  | {
      readonly kind: 'ping';
      readonly round: number;
      readonly lastProposed: Zxid;
      readonly commit: Zxid;
    }
  /** `applied` is what the leader slows down by, or gives the learner up. */
  | {
      readonly kind: 'pong';
      readonly round: number;
      readonly durable: Zxid;
      readonly applied: Zxid;
    }
  /**
   * Leader -> learners, last on each stream: it gives way to `leader`, which has all up to `last`, committed. What was
   * asked of it and has no verdict by now it has not looked at. All vote for `leader` in `round`.
   */
  | {
      readonly kind: 'lead';
      readonly epoch: number;
      readonly leader: ServerId;
      readonly last: Zxid;
      readonly round: number;
    }
  /** A read barrier or a sync asked by a learner, and its answer (brief A11). */
  | { readonly kind: 'syncRequest'; readonly id: number; readonly mode: 'barrier' | 'sync' }
  | { readonly kind: 'syncReply'; readonly id: number; readonly zxid: Zxid };

/** Where clients reach a peer; empty string where the door is closed. */
export interface AdvertisedAddresses {
  readonly http: string;
  readonly grpc: string;
  readonly zookeeper: string;
}

/** What the state amounts to at a zxid: equal on every peer, or one of them has gone astray. */
export interface StateDigest {
  readonly zxid: Zxid;
  readonly digest: string;
}

export interface PeerReport {
  readonly id: ServerId;
  readonly role: 'leader' | 'follower' | 'observer';
  /** It counts in quorums. */
  readonly votes: boolean;
  readonly addresses: AdvertisedAddresses;
  readonly lastZxid: Zxid;
  /** Its log begins after this: what watches may resume from there. */
  readonly logBase: Zxid;
  /** Of its state at the last few zxids at which every peer takes one. */
  readonly digests: readonly StateDigest[];
}

/** What the shells say to each other on the same stream; ZAB never sees it. */
export type ServiceMessage =
  /** Learner -> leader: a client's write. */
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly request: WriteRequest;
      readonly context: RequestContext;
    }
  /** Proposed under this zxid; the learner answers its client once it has applied it. */
  | { readonly kind: 'proposed'; readonly id: number; readonly zxid: Zxid }
  /** Done before under an idempotency key: answered from the state once `basis` is applied. */
  | { readonly kind: 'replay'; readonly id: number; readonly basis: Zxid }
  /** Nothing had to change: answered from the request itself once `basis` is applied. */
  | {
      readonly kind: 'nothing';
      readonly id: number;
      readonly basis: Zxid;
      readonly branch: 'ops' | 'orElse';
    }
  /** Refused. Released to the client only when `basis` is applied, or it would tell of what may yet vanish (A13). */
  | {
      readonly kind: 'refusal';
      readonly id: number;
      readonly basis: Zxid;
      readonly refusal: Refusal;
    }
  /** Learner -> leader: sessions heard from since the last one. */
  | { readonly kind: 'touch'; readonly id: number; readonly sessions: readonly SessionId[] }
  /** The leader took them in; `gone` are not alive any more. */
  | { readonly kind: 'touched'; readonly id: number; readonly gone: readonly SessionId[] }
  /** Leader -> learner: what does your wall clock say? And its answer, in Unix milliseconds. */
  | { readonly kind: 'askClock'; readonly id: number }
  | { readonly kind: 'clock'; readonly id: number; readonly wallMs: number }
  /** Learner -> leader: give way, to this voter or to any. It is seen to be done, or refused. */
  | { readonly kind: 'handOver'; readonly id: number; readonly to: ServerId | undefined }
  | { readonly kind: 'handOverRefused'; readonly id: number; readonly refusal: Refusal }
  /** Learner -> leader: who I am to clients. Leader -> learners: who everyone is. */
  | { readonly kind: 'report'; readonly report: PeerReport }
  | { readonly kind: 'reports'; readonly reports: readonly PeerReport[] }
  /**
   * For watches that come back to a peer whose log does not reach back: learner -> leader, and leader -> a learner
   * whose log does. Committed entries after `after` up to `upTo`, about `bytesMax` of them. What comes is never logged
   * nor applied.
   */
  | {
      readonly kind: 'logRequest';
      readonly id: number;
      readonly after: Zxid;
      readonly upTo: Zxid;
      readonly bytesMax: number;
    }
  /** `none`: no log reaches back that far. `unavailable`: that can't be said now. Both without entries. */
  | {
      readonly kind: 'logPiece';
      readonly id: number;
      readonly found: 'entries' | 'none' | 'unavailable';
      readonly entries: readonly LogEntry[];
    };

export type PeerMessage = ZabMessage | ServiceMessage;

/** Why a stream was closed by us: for the log line on both sides. */
export type CloseReason =
  | { readonly code: 'protocol'; readonly detail: string }
  | { readonly code: 'refused'; readonly detail: string }
  | {
      readonly code: 'slow' | 'timeout' | 'roleChange' | 'shutdown' | 'broken';
      readonly detail: string;
    };
