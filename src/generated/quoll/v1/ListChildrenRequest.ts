// Original file: proto/quoll/v1/znode.proto

import type { ReadOptions as _quoll_v1_ReadOptions, ReadOptions__Output as _quoll_v1_ReadOptions__Output } from '../../quoll/v1/ReadOptions.ts';

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenRequest {
  /**
   * The parent.
   */
  'path'?: (string);
  /**
   * At most so many; 0 and more than `limits.children_page_max`: that many.
   */
  'limit'?: (number);
  /**
   * Only names after this one: the last of the page before.
   */
  'after'?: (string);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData'?: (boolean);
  /**
   * How new.
   */
  'read'?: (_quoll_v1_ReadOptions | null);
}

/**
 * See `ZnodeService.ListChildren`.
 */
export interface ListChildrenRequest__Output {
  /**
   * The parent.
   */
  'path': (string);
  /**
   * At most so many; 0 and more than `limits.children_page_max`: that many.
   */
  'limit': (number);
  /**
   * Only names after this one: the last of the page before.
   */
  'after': (string);
  /**
   * With the children's data and stat, of those that the caller may read.
   */
  'withData': (boolean);
  /**
   * How new.
   */
  'read': (_quoll_v1_ReadOptions__Output | null);
}
