import type { ZnodePath } from '../../model/path.ts';
import type { Expected } from '../../model/request.ts';
import { timeAheadMsMax, type OwnedKind } from '../../model/txn.ts';
import { rootId, type ZnodeTree } from './znode-tree.ts';

/** A container that never had a child is due after this (ZOOKEEPER-4915). */
const neverUsedMs = 5 * 60 * 1_000;

/** The time by which znodes are due, as the leader knows it. */
export interface ReapTime {
  /** Unix milliseconds, compared with the times that txns carry. */
  readonly wallMs: number;
  /**
   * For so long txns have been stamped by this time or an earlier one: what carries a time of the future was last touched
   * before that, and its time counts from there.
   */
  readonly rightMs: number;
  /**
   * For so long the time has not been set forward: what was last touched before that must have been left alone
   * for all of its time since. Infinity for never.
   */
  readonly steadyMs: number;
}

/** What decides when a znode is due. */
export interface ReapFacts {
  readonly owned: OwnedKind;
  /** Children that it ever had. */
  readonly creates: number;
  readonly numChildren: number;
  readonly mtime: number;
}

export interface OverdueSearch {
  readonly overdue: readonly { readonly path: ZnodePath; readonly expected: Expected }[];
  /** Until the first of the others that were looked at is due, should nobody touch it; Infinity for none. */
  readonly nextDueInMs: number;
  /** Where to go on; undefined when all of the tree was looked at. */
  readonly next: number | undefined;
}

/**
 * What ZooKeeper's ContainerManager collects: containers without children that had some, TTL znodes without children
 * that nobody set for longer than their TTL. No index: to look at a million rows takes less than to keep one right.
 */
export function findOverdue(
  tree: ZnodeTree,
  search: { readonly from: number; readonly znodesMax: number; readonly time: ReapTime },
): OverdueSearch {
  const { idEnd } = tree.znodes.records;
  const from = Math.max(rootId, search.from);
  const end = Math.min(idEnd, from + search.znodesMax);
  const overdue = [];
  let nextDueInMs = Number.POSITIVE_INFINITY;
  for (let id = from; id < end; id++) {
    if (!tree.znodes.isLive(id) || !isReapable(tree.znodes.kind(id))) continue;
    const { version, czxid, mtime, numChildren } = tree.stat(id);
    const facts = { owned: tree.znodes.owned(id), creates: tree.creates(id), numChildren, mtime };
    const inMs = dueInMs(facts, search.time);
    if (inMs > 0) nextDueInMs = Math.min(nextDueInMs, inMs);
    else overdue.push({ path: tree.path(id), expected: { version, czxid } });
  }
  return { overdue, nextDueInMs, next: end < idEnd ? end : undefined };
}

export function isReapable(kind: OwnedKind['kind']): boolean {
  return kind === 'container' || kind === 'ttl';
}

/**
 * Says in how many milliseconds a znode is due: zero or less for what is due, Infinity for what no time will make so.
 * The one rule for who looks and who decides.
 */
export function dueInMs(facts: ReapFacts, { wallMs, steadyMs, rightMs }: ReapTime): number {
  const { owned, creates, numChildren, mtime } = facts;
  if (!isReapable(owned.kind) || numChildren > 0) return Number.POSITIVE_INFINITY;
  if (owned.kind === 'container' && creates > 0) return 0;
  const keptMs = owned.kind === 'ttl' ? owned.ttlMs : neverUsedMs;
  const isOfTheFuture = mtime - wallMs > 2 * timeAheadMsMax;
  const untouchedMs = Math.min(isOfTheFuture ? rightMs : wallMs - mtime, steadyMs);
  // Due once it was left alone for longer than its time, in whole milliseconds.
  return keptMs + 1 - untouchedMs;
}
