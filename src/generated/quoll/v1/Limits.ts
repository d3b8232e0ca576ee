// Original file: proto/quoll/v1/cluster.proto


/**
 * What may be asked for. Over a limit, a request is refused as `TOOLARGE` with the limit and the actual size.
 */
export interface Limits {
  /**
   * Bytes of a znode's data.
   */
  'dataBytesMax'?: (number);
  /**
   * Bytes of a request: data, paths, ACLs and all operations.
   */
  'requestBytesMax'?: (number);
  /**
   * Bytes of a path.
   */
  'pathBytesMax'?: (number);
  /**
   * Levels of a path.
   */
  'pathDepthMax'?: (number);
  /**
   * Operations of a transaction, `or_else` included.
   */
  'opsPerMultiMax'?: (number);
  /**
   * Entries of an ACL.
   */
  'aclEntriesMax'?: (number);
  /**
   * Bytes of an ACL's schemes and ids.
   */
  'aclBytesMax'?: (number);
  /**
   * Ephemeral znodes of a session.
   */
  'ephemeralsPerSessionMax'?: (number);
  /**
   * Znodes of a recursive delete.
   */
  'recursiveDeleteMax'?: (number);
  /**
   * Children of a page.
   */
  'childrenPageMax'?: (number);
  /**
   * Bytes of an idempotency key.
   */
  'idempotencyKeyBytesMax'?: (number);
  /**
   * A session that asks for less gets this, in milliseconds.
   */
  'sessionTimeoutMsMin'?: (number);
  /**
   * A session that asks for more gets this, in milliseconds.
   */
  'sessionTimeoutMsMax'?: (number);
}

/**
 * What may be asked for. Over a limit, a request is refused as `TOOLARGE` with the limit and the actual size.
 */
export interface Limits__Output {
  /**
   * Bytes of a znode's data.
   */
  'dataBytesMax': (number);
  /**
   * Bytes of a request: data, paths, ACLs and all operations.
   */
  'requestBytesMax': (number);
  /**
   * Bytes of a path.
   */
  'pathBytesMax': (number);
  /**
   * Levels of a path.
   */
  'pathDepthMax': (number);
  /**
   * Operations of a transaction, `or_else` included.
   */
  'opsPerMultiMax': (number);
  /**
   * Entries of an ACL.
   */
  'aclEntriesMax': (number);
  /**
   * Bytes of an ACL's schemes and ids.
   */
  'aclBytesMax': (number);
  /**
   * Ephemeral znodes of a session.
   */
  'ephemeralsPerSessionMax': (number);
  /**
   * Znodes of a recursive delete.
   */
  'recursiveDeleteMax': (number);
  /**
   * Children of a page.
   */
  'childrenPageMax': (number);
  /**
   * Bytes of an idempotency key.
   */
  'idempotencyKeyBytesMax': (number);
  /**
   * A session that asks for less gets this, in milliseconds.
   */
  'sessionTimeoutMsMin': (number);
  /**
   * A session that asks for more gets this, in milliseconds.
   */
  'sessionTimeoutMsMax': (number);
}
