import type { Caller, ConnectionId, Nonce, ServerId } from '../model/ids.ts';
import type { LogPosition } from '../model/log-entry.ts';
import type { ZabMessage } from '../model/peer-message.ts';
import { zeroZxid, type Zxid } from '../model/zxid.ts';

export type LearnerInfo = Extract<ZabMessage, { kind: 'learnerInfo' }>;

/** A learner under whose server id another process is followed: its LEADERINFO waits until that one is proved alive or gone. */
export interface Held {
  readonly info: LearnerInfo;
  readonly sinceTick: number;
  /** Whoever answers this PING, or a later one, was alive after the held learner came. */
  readonly proofRound: number;
}

/**
 * connected: dialled us, said nothing yet. informed: LEARNERINFO is in. asked: LEADERINFO is out. positioned: ACKEPOCH
 * is in. synchronizing: gets every proposal from here on (brief A7: registered in the turn that read the history).
 * acknowledged: acked NEWLEADER. ready: got UPTODATE.
 */
export type LearnerPhase =
  'connected' | 'informed' | 'asked' | 'positioned' | 'synchronizing' | 'acknowledged' | 'ready';

/** What a leader knows of one learner's connection. */
export interface LearnerProgress {
  readonly connection: ConnectionId;
  readonly id: ServerId;
  readonly caller: Caller;
  /** The protocol that it came with: nothing that is newer is sent to it. */
  protocol: number;
  held: Held | undefined;
  nonce: Nonce;
  role: 'follower' | 'observer';
  phase: LearnerPhase;
  acceptedEpoch: number;
  /** From ACKEPOCH; for a retreating learner the place it retreated to. */
  last: LogPosition | undefined;
  /** From ACKEPOCH: the end of its log, which a retreat does not move. */
  logEnd: Zxid;
  /** From ACKEPOCH: it never took a history over whole, so nothing that it was before is known of it. */
  isNew: boolean;
  /** Where its history ends once it acks NEWLEADER. */
  syncEnd: Zxid | undefined;
  /** Of TRUNC: a retreat must be to below this. */
  truncTo: Zxid | undefined;
  /** Highest counter of this epoch that it acked; -1 until it acked NEWLEADER. */
  acked: number;
  /** From ACKEPOCH, then from the newest PONG; in between it counts as having applied what it was sent. */
  applied: Zxid;
  /** Of the newest PONG. */
  pongRound: number;
  lastHeardTick: number;
  /** Since when the oldest proposal sent to it waits for an ack; undefined when none does. */
  owesAckSinceTick: number | undefined;
}

export function newProgress(
  connection: ConnectionId,
  caller: Caller,
  now: number,
): LearnerProgress {
  return {
    connection,
    id: caller.id,
    caller,
    protocol: 0,
    held: undefined,
    nonce: '' as Nonce,
    role: 'follower',
    phase: 'connected',
    acceptedEpoch: 0,
    last: undefined,
    logEnd: zeroZxid,
    isNew: false,
    syncEnd: undefined,
    truncTo: undefined,
    acked: -1,
    applied: zeroZxid,
    pongRound: -1,
    lastHeardTick: now,
    owesAckSinceTick: undefined,
  };
}

/** Gets every proposal as it is made. */
export function isForwarding(learner: LearnerProgress): boolean {
  return (
    learner.phase === 'synchronizing' ||
    learner.phase === 'acknowledged' ||
    learner.phase === 'ready'
  );
}
