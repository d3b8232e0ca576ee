import type { LogPosition } from '../model/log-entry.ts';
import { compareZxid, maxZxid, minZxid, zeroZxid, type Zxid } from '../model/zxid.ts';
import type { History } from './history.ts';

/**
 * How a learner gets from what it has to what its leader has (ZAB phase 2, brief A7). `upTo` is where its history will
 * end when it acks NEWLEADER.
 */
export type SyncPlan =
  | { readonly by: 'diff'; readonly from: LogPosition; readonly upTo: Zxid }
  | { readonly by: 'trunc'; readonly to: LogPosition; readonly upTo: Zxid }
  /** `notBelow`: the learner may have applied this much; an older snapshot would take that back. */
  | { readonly by: 'snap'; readonly upTo: Zxid; readonly notBelow: Zxid };

export interface SyncQuestion {
  /** The leader's. */
  readonly history: History;
  /** The end of the learner's log, or the highest place below it that the learner was found to hold. */
  readonly last: LogPosition;
  /** `last` lies below the end of the learner's log: what is above must be cut. */
  readonly isRetreat: boolean;
  /** It has so much of its own log to apply still that a snapshot is quicker. */
  readonly isLate: boolean;
  /** The leader's commit point; all of its log before it is established. */
  readonly commit: Zxid;
  readonly diffEntriesMax: number;
}

/**
 * DIFF when the learner's end is a place of the leader's log (also beyond the commit point: what it has logged already is
 * not cut to be sent again); else TRUNC to the highest place below it, also across epochs; SNAP only when the log does
 * not reach back that far, or further than is worth sending, or when the learner can't keep up with applying it.
 */
export function planSync(question: SyncQuestion): SyncPlan {
  const { history, last, isRetreat, isLate, commit, diffEntriesMax } = question;
  const snap = (notBelow: Zxid): SyncPlan => ({ by: 'snap', upTo: commit, notBelow });
  if (compareZxid(last.zxid, history.base.zxid) < 0) return snap(last.zxid);
  if (history.holds(last)) {
    // It can't have applied what this leader has not committed. What it acked stays in its log even so.
    if (isLate) {
      const upTo = maxZxid(commit, last.zxid);
      return { by: 'snap', upTo, notBelow: minZxid(last.zxid, commit) };
    }
    if (isTooFar(last.zxid, commit, diffEntriesMax)) return snap(last.zxid);
    if (isRetreat) return { by: 'trunc', to: last, upTo: maxZxid(commit, last.zxid) };
    return { by: 'diff', from: last, upTo: maxZxid(commit, last.zxid) };
  }
  const to = history.highestBelow(last.zxid);
  if (to === undefined) return snap(zeroZxid);
  if (isTooFar(to.zxid, commit, diffEntriesMax)) return snap(to.zxid);
  return { by: 'trunc', to, upTo: commit };
}

function isTooFar(from: Zxid, to: Zxid, entriesMax: number): boolean {
  // Exact inside an epoch. Across epochs the log's own size is the bound that matters.
  return from.epoch === to.epoch && to.counter - from.counter > entriesMax;
}
