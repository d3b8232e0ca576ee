import type { BudgetKind } from './budget.ts';
import type { Limits } from './limits.ts';

/** Says of a limit what people ask: the help of the settings and docs/limits.md are made of it. */
export interface LimitDescription {
  /** What it bounds, with the unit. */
  readonly about: string;
  /** What happens to what is beyond. */
  readonly beyond: string;
  /** The metric that says how much of it is used, without its prefix; absent for what is looked at per request. */
  readonly gauge?: string;
}

const tooLarge = 'refused: tooLarge';
const badArguments = 'refused: badArguments';
const clamped = 'clamped: the answer says what was given';

/** Of `limits.*`: what clients may ask for. */
export const limitTable: Readonly<Record<keyof Limits, LimitDescription>> = Object.freeze({
  dataBytesMax: { about: "bytes of a znode's data", beyond: tooLarge },
  requestBytesMax: {
    about: 'bytes of a request: data, paths, ACLs and all ops of a multi',
    beyond: 'refused: tooLarge; on the ZooKeeper door the connection ends, as there',
  },
  pathBytesMax: { about: 'bytes of a path', beyond: tooLarge },
  pathDepthMax: { about: 'components of a path', beyond: tooLarge },
  opsPerMultiMax: { about: 'operations of a transaction', beyond: tooLarge },
  changesPerTxnMax: {
    about: 'znodes that one transaction creates, changes and deletes, all that goes along included',
    beyond: 'refused: tooLarge; send it in parts',
  },
  aclEntriesMax: { about: 'entries of an ACL', beyond: tooLarge },
  aclBytesMax: { about: 'bytes of the schemes and ids of an ACL', beyond: tooLarge },
  ephemeralsPerSessionMax: {
    about: 'ephemeral znodes of a session, which go in one txn with it',
    beyond: tooLarge,
    gauge: 'ephemerals',
  },
  recursiveDeleteMax: {
    about: 'znodes that one recursive delete removes',
    beyond: 'refused: tooLarge; delete in parts',
  },
  childrenPageMax: {
    about: 'children in one page of a list',
    beyond: 'the page ends, with a continuation',
  },
  listBytesMax: {
    about: 'bytes of names and data in one page of a list',
    beyond: 'the page ends, with a continuation',
  },
  idempotencyKeyBytesMax: { about: 'bytes of an idempotency key', beyond: tooLarge },
  sessionTimeoutMsMin: { about: 'milliseconds: the shortest time-out', beyond: clamped },
  sessionTimeoutMsMax: { about: 'milliseconds: the longest time-out', beyond: clamped },
  lockTtlMsMax: {
    about: 'milliseconds: the longest time-out of a lock’s own session',
    beyond: clamped,
  },
  lockWaitMsMax: {
    about: 'milliseconds that one request waits in a queue',
    beyond: badArguments,
  },
  lockContendersMax: {
    about: 'contenders in the queue of one lock',
    beyond: 'refused: throttled',
    gauge: 'locks_waiting',
  },
  sessionsMax: {
    about: 'sessions of the whole ensemble',
    beyond: 'refused: throttled, until others end',
    gauge: 'sessions',
  },
  stateBytesMax: {
    about: 'bytes of znodes, ACLs, sessions and idempotency keys in memory, about',
    beyond: 'refused: quotaExceeded for what grows; deletes and smaller data pass',
    gauge: 'state_bytes',
  },
});

/** Of `budget.*Each` and `budget.*All`: what a peer keeps for its clients. */
export const budgetTable: Readonly<Record<BudgetKind, LimitDescription>> = Object.freeze({
  owedBytes: {
    about: 'bytes of large answers made and not yet taken',
    beyond: 'waits until others are taken; whoever takes nothing meanwhile is cut off',
    gauge: 'budget_owed_bytes',
  },
  receivedBytes: {
    about: 'bytes of requests received in part, or being carried out',
    beyond: 'refused: throttled, or the connection ends where no answer is possible',
    gauge: 'budget_received_bytes',
  },
  heldRequests: {
    about: 'long-polls, event streams, WebSockets and waits for a lock',
    beyond: 'refused: throttled; probes and operators still find places',
    gauge: 'budget_held_requests',
  },
  sessions: {
    about: 'sessions begun at this peer that are alive',
    beyond: 'refused: throttled',
    gauge: 'budget_sessions',
  },
  queuePlaces: {
    about: 'places in queues of locks and elections taken at this peer',
    beyond: 'refused: throttled',
    gauge: 'budget_queue_places',
  },
  watches: { about: 'watches', beyond: 'refused: throttled', gauge: 'budget_watches' },
  copies: {
    about: 'copies of the state or of the log being taken (`quoll backup`)',
    beyond: 'refused: throttled',
    gauge: 'budget_copies',
  },
});
