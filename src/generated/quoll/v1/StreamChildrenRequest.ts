// Original file: proto/quoll/v1/znode.proto

import type { ReadOptions as _quoll_v1_ReadOptions, ReadOptions__Output as _quoll_v1_ReadOptions__Output } from '../../quoll/v1/ReadOptions.ts';

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenRequest {
  /**
   * The parent.
   */
  'path'?: (string);
  /**
   * At most so many in one message; 0 and more than `limits.children_page_max`: that many.
   */
  'pageSize'?: (number);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData'?: (boolean);
  /**
   * How new the first page is; the others are no older.
   */
  'read'?: (_quoll_v1_ReadOptions | null);
}

/**
 * See `ZnodeService.StreamChildren`.
 */
export interface StreamChildrenRequest__Output {
  /**
   * The parent.
   */
  'path': (string);
  /**
   * At most so many in one message; 0 and more than `limits.children_page_max`: that many.
   */
  'pageSize': (number);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData': (boolean);
  /**
   * How new the first page is; the others are no older.
   */
  'read': (_quoll_v1_ReadOptions__Output | null);
}
