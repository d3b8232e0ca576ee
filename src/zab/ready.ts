import type { Caller, ConnectionId, ServerId } from '../model/ids.ts';
import type { LogChange } from '../model/log-change.ts';
import type { LogEntry, LogPosition } from '../model/log-entry.ts';
import type { Membership } from '../model/membership.ts';
import type { CloseReason, Notification, ZabMessage } from '../model/peer-message.ts';
import type { Zxid } from '../model/zxid.ts';
import type { LevelVerdict, LevelWish } from './level-change.ts';
import type { MembershipChange, MembershipVerdict } from './membership-change.ts';
import type { SeededVoter } from './founding.ts';

// What ZAB has decided and the shell must now do. The two send lists make "persist before you promise" a matter of
// types: a message that promises something durable can only be in `sendAfterPersist` (brief A4).

/**
 * One item of a connection's queue; the shell keeps the order per connection. `logRange` and `snapshot` stand for bulk
 * that the shell reads from the store and sends in pieces, with what follows on that connection waiting behind it:
 * `logRange` as `proposal` messages with the given commit point (or `inform` messages for an observer's catching up);
 * `snapshot` as `snap`, `snapChunk`…, `snapEnd`, then the log range from the snapshot's zxid up to `upTo`.
 * When the store can't give them, the shell closes the connection: the learner comes again.
 */
export type Outbound =
  | { readonly to: ConnectionId; readonly item: 'message'; readonly message: ZabMessage }
  | {
      readonly to: ConnectionId;
      readonly item: 'logRange';
      readonly after: Zxid;
      readonly upTo: Zxid;
      readonly commit: Zxid;
    }
  | {
      readonly to: ConnectionId;
      readonly item: 'snapshot';
      readonly upTo: Zxid;
      readonly commit: Zxid;
      /** The learner may have applied this much: an older snapshot must not be sent. */
      readonly notBelow: Zxid;
      /** The learner's log ends there: what follows the snapshot up to here it takes over in one step with it. */
      readonly learnerEnd: Zxid;
    };

/** Answers to `readBarrier(id, …)`: the asking peer may read once it has applied `zxid`. Undefined = no quorum any more. */
export interface BarrierAnswer {
  readonly id: number;
  readonly zxid: Zxid | undefined;
}

export type ZabEvent =
  | { readonly event: 'looking'; readonly why: string; readonly round: number }
  | { readonly event: 'elected'; readonly leader: ServerId; readonly round: number }
  | { readonly event: 'leading'; readonly epoch: number }
  /** The leader serves: its initial history is committed. */
  | { readonly event: 'established'; readonly epoch: number; readonly initialHistoryEnd: Zxid }
  /** A learner serves: it has what the leader had. */
  | { readonly event: 'upToDate'; readonly epoch: number; readonly leader: ServerId }
  | {
      readonly event: 'learnerSynchronizing';
      readonly learner: ServerId;
      readonly by: 'diff' | 'trunc' | 'snap';
      readonly from: Zxid;
      readonly to: Zxid;
    }
  | { readonly event: 'learnerReady'; readonly learner: ServerId; readonly counts: boolean }
  | { readonly event: 'learnerLost'; readonly learner: ServerId; readonly why: string }
  | { readonly event: 'readmitting'; readonly learner: ServerId }
  /** On a leader: a member has caught up and is given its vote. */
  | { readonly event: 'admitting'; readonly learner: ServerId }
  /** On a leader: a change is committed. */
  | { readonly event: 'membershipChanged'; readonly membership: Membership }
  /** On a leader: a peer that was removed has been told so. */
  | { readonly event: 'learnerRemoved'; readonly learner: ServerId; readonly version: Zxid }
  /** A newer committed membership than this peer's log has: where to look for the others. */
  | { readonly event: 'membershipHeard'; readonly membership: Membership }
  /** This peer has lost its vote and goes on without. */
  | { readonly event: 'demoted'; readonly membership: Membership }
  /** This peer is no member any more: its core is silent from now on. */
  | { readonly event: 'removed'; readonly version: Zxid }
  /** First start: the voters that were not heard yet, or were heard and are not empty. */
  | {
      readonly event: 'waitingForVoters';
      readonly missing: readonly ServerId[];
      readonly occupied: readonly ServerId[];
    }
  /** First start: voters that began with another copy than this peer, or one of them with none. Nothing is founded. */
  | {
      readonly event: 'seedsDiffer';
      readonly own: string | undefined;
      readonly others: readonly SeededVoter[];
    }
  | { readonly event: 'founded'; readonly membership: Membership }
  /** Has no vote now and knows no leader: what a wiped peer says while it waits. */
  | { readonly event: 'waitingForReadmission' }
  /** On a leader: it proposes no more, and waits until `to` can lead. */
  | { readonly event: 'handingOver'; readonly to: ServerId }
  | { readonly event: 'handedOver'; readonly to: ServerId; readonly last: Zxid }
  /** By a committed entry: from now on more may be written than before, and no earlier version can read it. */
  | { readonly event: 'levelRaised'; readonly level: number }
  /** On a learner: its leader is of an earlier version, and is dialled again with what both know. */
  | { readonly event: 'leaderSpeaksOlder'; readonly leader: ServerId; readonly protocol: number }
  /** It goes on leading. */
  | { readonly event: 'handOverAbandoned'; readonly to: ServerId; readonly why: string }
  /** A peer of another ensemble runs under a voter's id: it is not listened to. Said once per ensemble it comes from. */
  | {
      readonly event: 'foreignPeer';
      readonly from: ServerId;
      readonly itsClusterId: string;
      readonly ourClusterId: string;
    }
  /** On a leader: a second process under one server id was sent away, for the one at `livesAt` is alive. */
  | {
      readonly event: 'twinRefused';
      readonly learner: ServerId;
      readonly from: string;
      readonly livesAt: string;
    }
  /** This process was sent away by its leader: another one under its server id is alive at `livesAt`. */
  | { readonly event: 'isTwin'; readonly leader: ServerId; readonly livesAt: string }
  | { readonly event: 'protocolViolation'; readonly from: ServerId; readonly detail: string };

export interface Ready {
  /**
   * Rises by one per Ready that has something to persist, or something to send that must wait for what is being
   * persisted (then `persist` is empty: write it as a barrier); 0 for one that has not.
   */
  readonly sequence: number;
  /** What must become durable, in this order, all of it before `durable(sequence)` is said. */
  readonly persist: readonly LogChange[];
  /** Never waits, not even behind earlier promises on the same connection: the core takes that into account. */
  readonly sendNow: readonly Outbound[];
  /** Only after everything in `persist` is durable, and before `durable(sequence)` is said. */
  readonly sendAfterPersist: readonly Outbound[];
  /** Election plane. Never depends on what is not durable. */
  readonly notify: readonly { readonly to: ServerId; readonly notification: Notification }[];
  /** Dial this peer's broadcast port; the connection is reported by `connected` or `disconnected`. */
  readonly dial: ServerId | undefined;
  /** In order, after the sends of this Ready. */
  readonly close: readonly { readonly connection: ConnectionId; readonly reason: CloseReason }[];
  /** Committed and durable here: apply in this order. */
  readonly deliver: readonly LogEntry[];
  readonly barriers: readonly BarrierAnswer[];
  readonly events: readonly ZabEvent[];
}

/** Why a leader does not give way to another peer. */
export type HandOverRefusal =
  | 'notLeading'
  | 'underWay'
  | 'alone'
  | 'self'
  | 'notVoter'
  | 'notSynchronised'
  /** It could, but for its version: it knows no hand-over. */
  | 'olderVersion';

export type ZabRole = 'looking' | 'following' | 'observing' | 'leading';

/** What the shell may ask at any time. It shows what holds when it is asked: who keeps it does not keep the answers. */
export interface ZabStatus {
  readonly role: ZabRole;
  /** In broadcast: serves clients. False while looking, discovering and synchronising. */
  readonly isServing: boolean;
  /** Of the leader that is led or followed; the last one while looking. */
  readonly epoch: number;
  /** Undefined while looking. */
  readonly leader: ServerId | undefined;
  /** On a leader that hands over: to whom. */
  readonly handingOverTo: ServerId | undefined;
  /** A leader that has lost its vote: it proposes no more, and gives way as soon as it can. */
  readonly isLeaving: boolean;
  /** The protocol that is spoken with the leader, which knows nothing newer; this peer's own while it leads none's. */
  readonly leaderProtocol: number;
  /** To the leader; undefined unless following or observing. */
  readonly leaderConnection: ConnectionId | undefined;
  readonly lastLogged: Zxid;
  readonly committed: Zxid;
  /** Handed out by `deliver`. */
  readonly delivered: Zxid;
  readonly clusterId: string;
  /** The last that is known to be committed. */
  readonly membership: Membership | null;
  /** The last in the log: another one while a change is under way. */
  readonly newestMembership: Membership | null;
  /** It was removed from the ensemble, knows it, and is silent. */
  readonly isRemoved: boolean;
  /** This peer counts in quorums. */
  readonly isVoter: boolean;
  /** Ticks since a leader was last heard (0 on a serving leader); undefined when none ever was. */
  readonly ticksSinceLeader: number | undefined;
}

/**
 * What the shell drives (zab.ts implements it). All calls are synchronous and only queue work: `takeReady` gives what has
 * to be done, and must be asked after every batch of inputs.
 */
export interface ZabCore {
  /** One `tickMs` has passed. */
  tick(): void;
  /** The process stood still for so long, and it was longer than half the sync limit: trust no timer of before. */
  paused(ticks: number): void;
  notification(message: Notification): void;
  accepted(connection: ConnectionId, caller: Caller): void;
  connected(connection: ConnectionId, to: ServerId): void;
  disconnected(connection: ConnectionId, why: string): void;
  /**
   * True when it was the last word of the leader, which gives way, and is followed: what had no verdict of that leader on
   * this connection has not been looked at, and never will be.
   */
  receive(connection: ConnectionId, message: ZabMessage): boolean;
  /** A chunk of a snapshot came in on this connection: the synchronisation is slow, not stuck (ZK-1697). */
  progress(connection: ConnectionId): void;
  /** Everything up to this Ready's `persist` is durable. */
  durable(sequence: number): void;
  /** The zxid that the next `propose` will give; undefined when not a serving leader, draining, or at a limit. */
  nextZxid(): Zxid | undefined;
  /** Only when `nextZxid()` is defined. */
  propose(payload: Uint8Array): Zxid;
  /**
   * Give way to this voter, or to the one that is furthest, once it has all that was proposed. From now on nothing is
   * proposed; it ends with a change of role, or with `handOverAbandoned`.
   */
  handOver(to: ServerId | undefined): HandOverRefusal | undefined;
  /**
   * All that this leader has decided before it began to hand over is told: its last word says that whatever has no verdict
   * was not looked at. Not before this does it give way.
   */
  settled(): void;
  /** On a serving leader: proposes another membership, or says why not. It is in force for good once it is committed. */
  changeMembership(change: MembershipChange): MembershipVerdict;
  /** On a serving leader: proposes a higher level, or says why not. */
  raiseLevel(wish: LevelWish): LevelVerdict;
  /** Answered by `Ready.barriers`, on leader and learner alike; at once with undefined when there is no leader. */
  readBarrier(id: number, mode: 'barrier' | 'sync'): void;
  /**
   * All that was delivered up to here is applied: learners tell their leader, and a leader proposes no more than it and a
   * quorum can apply.
   */
  applied(upTo: Zxid): void;
  /** The log was compacted: forget the index up to and including `base`. */
  compacted(base: LogPosition): void;
  takeReady(): Ready | undefined;
  /** On a leader: the learner of this connection was brought up to date on it, so that what its shell says counts. */
  isReady(connection: ConnectionId): boolean;
  /** With `election: 'forced'` only: leave LOOKING and follow (or be) this leader. False when not LOOKING. */
  forceVote(leader: ServerId): boolean;
  readonly status: ZabStatus;
}
