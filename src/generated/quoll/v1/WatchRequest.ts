// Original file: proto/quoll/v1/watch.proto

import type { StreamPosition as _quoll_v1_StreamPosition, StreamPosition__Output as _quoll_v1_StreamPosition__Output } from '../../quoll/v1/StreamPosition.ts';

/**
 * See `WatchService.Watch`.
 */
export interface WatchRequest {
  /**
   * The znode; it need not exist.
   */
  'path'?: (string);
  /**
   * Also everything below it; such a watch has no `CHILDREN_CHANGED`.
   */
  'recursive'?: (boolean);
  /**
   * Resumes: everything after this place, out of the log. Absent: from now on. Excludes `initial`.
   */
  'after'?: (_quoll_v1_StreamPosition | null);
  /**
   * First what is there now, as `CREATED` events.
   */
  'initial'?: (boolean);
  /**
   * Events carry data.
   */
  'withData'?: (boolean);
}

/**
 * See `WatchService.Watch`.
 */
export interface WatchRequest__Output {
  /**
   * The znode; it need not exist.
   */
  'path': (string);
  /**
   * Also everything below it; such a watch has no `CHILDREN_CHANGED`.
   */
  'recursive': (boolean);
  /**
   * Resumes: everything after this place, out of the log. Absent: from now on. Excludes `initial`.
   */
  'after': (_quoll_v1_StreamPosition__Output | null);
  /**
   * First what is there now, as `CREATED` events.
   */
  'initial': (boolean);
  /**
   * Events carry data.
   */
  'withData': (boolean);
}
