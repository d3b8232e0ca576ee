import type { Acl } from './acl.ts';
import type { ZnodePath } from './path.ts';
import type { Stat } from './stat.ts';
import type { Zxid } from './zxid.ts';

/** The kinds of events, ZooKeeper's four. Setting an ACL is no event there, nor here. */
export type WatchEventType = 'created' | 'dataChanged' | 'deleted' | 'childrenChanged';

/** What one txn did to one znode, as its watchers hear of it. A function of the txn alone (`eventsOf`). */
export interface WatchEvent {
  readonly type: WatchEventType;
  readonly path: ZnodePath;
  /** Just after the change; of a deleted znode, just before. Absent for `childrenChanged`. */
  readonly stat?: Stat;
  /** Of `created` and `dataChanged`; shown to those who asked for values. */
  readonly data?: Uint8Array | null;
  /** In force at the change: only who may READ hears of it (CVE-2024-23944). Never leaves the peer. */
  readonly acl: Acl;
  /** Of what is told long after: in force when it is. READ by both is asked for then. */
  readonly aclNow?: Acl;
}

/** All events of one txn, in its order; a parent hears of a child after the child's own watchers. */
export interface TxnEvents {
  readonly zxid: Zxid;
  readonly events: readonly WatchEvent[];
}

/**
 * A place in a stream. Without `index` it stands after all events of `zxid`; with it, after so many of them, counted
 * over all events of the txn, seen or not, so that every peer counts alike. In text `zxid` or `zxid.index`.
 */
export interface StreamPosition {
  readonly zxid: Zxid;
  readonly index?: number;
}
