import type { SessionId } from './ids.ts';
import type { Zxid } from './zxid.ts';

/**
 * What a znode tells of itself: ZooKeeper's eleven fields, in its order. Times are Unix milliseconds as the leader
 * stamped them into the txn.
 */
export interface Stat {
  /** Of the txn that created the znode. */
  readonly czxid: Zxid;
  /** Of the txn that last set its data. */
  readonly mzxid: Zxid;
  readonly ctime: number;
  readonly mtime: number;
  /** Changes of data: int32, +1 per set, even when the bytes are equal. */
  readonly version: number;
  /** What clients see of child changes: 2 * creates - children, so it moves on create and on delete. */
  readonly cversion: number;
  /** Changes of the ACL. */
  readonly aversion: number;
  /** `noSession` unless the znode is ephemeral; also for container and TTL znodes. */
  readonly ephemeralOwner: SessionId;
  /** Bytes; 0 for null and for empty data alike. */
  readonly dataLength: number;
  readonly numChildren: number;
  /** Of the last txn that created or deleted a direct child. */
  readonly pzxid: Zxid;
}
