/**
 * What a peer keeps for its clients, by kind. Of most kinds somebody may have so much (an address, or for what the
 * service keeps a principal), and all together so much.
 */
export const budgetKinds = [
  'owedBytes',
  'receivedBytes',
  'heldRequests',
  'sessions',
  'queuePlaces',
  'watches',
  'copies',
] as const;

export type BudgetKind = (typeof budgetKinds)[number];

/** How much of one kind is kept. */
export interface BudgetLimit {
  /** For one address, or one principal. */
  readonly each: number;
  /** For all of them, on this peer. */
  readonly all: number;
}

/** The same, as settings name it. */
export type BudgetSettings = Readonly<Record<`${BudgetKind}${'Each' | 'All'}`, number>>;

export type BudgetLimits = Readonly<Record<BudgetKind, BudgetLimit>>;

const mebibyte = 1_048_576;

/**
 * The defaults. A proxy or a machine with many clients is one address, so that what one may have is a good part of what
 * all may have; what nobody needs to get in anybody's way is far less.
 */
export const defaultBudget: BudgetLimits = Object.freeze({
  /** Of large answers: made, and not yet taken by their readers. What is beyond waits until others are taken. */
  owedBytes: Object.freeze({ each: 64 * mebibyte, all: 128 * mebibyte }),
  /** Of requests that have come in part, or are carried out. */
  receivedBytes: Object.freeze({ each: 64 * mebibyte, all: 128 * mebibyte }),
  /** Long-polls, event streams, WebSockets and requests that wait for a lock. */
  heldRequests: Object.freeze({ each: 6_000, all: 9_000 }),
  /** Alive, and begun at this peer. */
  sessions: Object.freeze({ each: 20_000, all: 100_000 }),
  /** In queues of locks and elections, taken at this peer by somebody who may not even be connected. */
  queuePlaces: Object.freeze({ each: 5_000, all: 50_000 }),
  /** Of streams and of ZooKeeper's clients. */
  watches: Object.freeze({ each: 250_000, all: 1_000_000 }),
  /** Of the whole state or of the log, being taken: each keeps its snapshot, and the log after it, from going. */
  copies: Object.freeze({ each: 2, all: 4 }),
});
