// Original file: proto/quoll/v1/znode.proto


/**
 * A guard: fails when the znode exists. Changes nothing.
 */
export interface CheckAbsentOp {
  /**
   * The znode.
   */
  'path'?: (string);
}

/**
 * A guard: fails when the znode exists. Changes nothing.
 */
export interface CheckAbsentOp__Output {
  /**
   * The znode.
   */
  'path': (string);
}
