// Original file: proto/quoll/v1/znode.proto

import type { Stat as _quoll_v1_Stat, Stat__Output as _quoll_v1_Stat__Output } from '../../quoll/v1/Stat.ts';

/**
 * A child of a znode.
 */
export interface Child {
  /**
   * One name, without the parent's path.
   */
  'name'?: (string);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * True when the data is null.
   */
  'nullData'?: (boolean);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'stat'?: (_quoll_v1_Stat | null);
}

/**
 * A child of a znode.
 */
export interface Child__Output {
  /**
   * One name, without the parent's path.
   */
  'name': (string);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'data': (Buffer);
  /**
   * True when the data is null.
   */
  'nullData': (boolean);
  /**
   * With `with_data`, where the caller may read the child.
   */
  'stat': (_quoll_v1_Stat__Output | null);
}
