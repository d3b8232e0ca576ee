// Original file: proto/quoll/v1/znode.proto

/**
 * What an operation did.
 */
export const TxnResultKind = {
  /**
   * Not known.
   */
  TXN_RESULT_KIND_UNSPECIFIED: 'TXN_RESULT_KIND_UNSPECIFIED',
  /**
   * Made the znode; also a `set` with `create` that found none.
   */
  TXN_RESULT_KIND_CREATE: 'TXN_RESULT_KIND_CREATE',
  /**
   * Set the data.
   */
  TXN_RESULT_KIND_SET: 'TXN_RESULT_KIND_SET',
  /**
   * Deleted.
   */
  TXN_RESULT_KIND_DELETE: 'TXN_RESULT_KIND_DELETE',
  /**
   * Set the ACL.
   */
  TXN_RESULT_KIND_SET_ACL: 'TXN_RESULT_KIND_SET_ACL',
  /**
   * Checked: any of the guards.
   */
  TXN_RESULT_KIND_CHECK: 'TXN_RESULT_KIND_CHECK',
} as const;

/**
 * What an operation did.
 */
export type TxnResultKind =
  /**
   * Not known.
   */
  | 'TXN_RESULT_KIND_UNSPECIFIED'
  | 0
  /**
   * Made the znode; also a `set` with `create` that found none.
   */
  | 'TXN_RESULT_KIND_CREATE'
  | 1
  /**
   * Set the data.
   */
  | 'TXN_RESULT_KIND_SET'
  | 2
  /**
   * Deleted.
   */
  | 'TXN_RESULT_KIND_DELETE'
  | 3
  /**
   * Set the ACL.
   */
  | 'TXN_RESULT_KIND_SET_ACL'
  | 4
  /**
   * Checked: any of the guards.
   */
  | 'TXN_RESULT_KIND_CHECK'
  | 5

/**
 * What an operation did.
 */
export type TxnResultKind__Output = typeof TxnResultKind[keyof typeof TxnResultKind]
