// Original file: proto/quoll/v1/znode.proto

import type { ReadOptions as _quoll_v1_ReadOptions, ReadOptions__Output as _quoll_v1_ReadOptions__Output } from '../../quoll/v1/ReadOptions.ts';

/**
 * See `ZnodeService.Get`.
 */
export interface GetRequest {
  /**
   * The znode.
   */
  'path'?: (string);
  /**
   * How new.
   */
  'read'?: (_quoll_v1_ReadOptions | null);
}

/**
 * See `ZnodeService.Get`.
 */
export interface GetRequest__Output {
  /**
   * The znode.
   */
  'path': (string);
  /**
   * How new.
   */
  'read': (_quoll_v1_ReadOptions__Output | null);
}
