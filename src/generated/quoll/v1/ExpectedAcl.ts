// Original file: proto/quoll/v1/znode.proto


/**
 * A precondition on a znode's ACL.
 */
export interface ExpectedAcl {
  /**
   * -1: any.
   */
  'aversion'?: (number);
}

/**
 * A precondition on a znode's ACL.
 */
export interface ExpectedAcl__Output {
  /**
   * -1: any.
   */
  'aversion': (number);
}
