// Original file: proto/quoll/v1/znode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * ZooKeeper's eleven fields. Times are Unix milliseconds by the leader's clock.
 */
export interface Stat {
  /**
   * Of the txn that created the znode.
   */
  'czxid'?: (number | string | Long);
  /**
   * Of the txn that last set its data.
   */
  'mzxid'?: (number | string | Long);
  /**
   * When it was created.
   */
  'ctime'?: (number | string | Long);
  /**
   * When its data was last set.
   */
  'mtime'?: (number | string | Long);
  /**
   * Changes of data.
   */
  'version'?: (number);
  /**
   * Moves with every child that is created or deleted.
   */
  'cversion'?: (number);
  /**
   * Changes of the ACL.
   */
  'aversion'?: (number);
  /**
   * The session that an ephemeral znode belongs to; 0 for others.
   */
  'ephemeralOwner'?: (number | string | Long);
  /**
   * Bytes of data.
   */
  'dataLength'?: (number);
  /**
   * How many children it has.
   */
  'numChildren'?: (number);
  /**
   * Of the last txn that created or deleted a child.
   */
  'pzxid'?: (number | string | Long);
}

/**
 * ZooKeeper's eleven fields. Times are Unix milliseconds by the leader's clock.
 */
export interface Stat__Output {
  /**
   * Of the txn that created the znode.
   */
  'czxid': (Long);
  /**
   * Of the txn that last set its data.
   */
  'mzxid': (Long);
  /**
   * When it was created.
   */
  'ctime': (Long);
  /**
   * When its data was last set.
   */
  'mtime': (Long);
  /**
   * Changes of data.
   */
  'version': (number);
  /**
   * Moves with every child that is created or deleted.
   */
  'cversion': (number);
  /**
   * Changes of the ACL.
   */
  'aversion': (number);
  /**
   * The session that an ephemeral znode belongs to; 0 for others.
   */
  'ephemeralOwner': (Long);
  /**
   * Bytes of data.
   */
  'dataLength': (number);
  /**
   * How many children it has.
   */
  'numChildren': (number);
  /**
   * Of the last txn that created or deleted a child.
   */
  'pzxid': (Long);
}
