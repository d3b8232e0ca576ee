// Original file: proto/quoll/v1/watch.proto

/**
 * ZooKeeper's four.
 */
export const WatchEventType = {
  /**
   * Not known.
   */
  WATCH_EVENT_TYPE_UNSPECIFIED: 'WATCH_EVENT_TYPE_UNSPECIFIED',
  /**
   * The znode was made.
   */
  WATCH_EVENT_TYPE_CREATED: 'WATCH_EVENT_TYPE_CREATED',
  /**
   * Its data was set.
   */
  WATCH_EVENT_TYPE_DATA_CHANGED: 'WATCH_EVENT_TYPE_DATA_CHANGED',
  /**
   * It was deleted.
   */
  WATCH_EVENT_TYPE_DELETED: 'WATCH_EVENT_TYPE_DELETED',
  /**
   * A child was made or deleted.
   */
  WATCH_EVENT_TYPE_CHILDREN_CHANGED: 'WATCH_EVENT_TYPE_CHILDREN_CHANGED',
} as const;

/**
 * ZooKeeper's four.
 */
export type WatchEventType =
  /**
   * Not known.
   */
  | 'WATCH_EVENT_TYPE_UNSPECIFIED'
  | 0
  /**
   * The znode was made.
   */
  | 'WATCH_EVENT_TYPE_CREATED'
  | 1
  /**
   * Its data was set.
   */
  | 'WATCH_EVENT_TYPE_DATA_CHANGED'
  | 2
  /**
   * It was deleted.
   */
  | 'WATCH_EVENT_TYPE_DELETED'
  | 3
  /**
   * A child was made or deleted.
   */
  | 'WATCH_EVENT_TYPE_CHILDREN_CHANGED'
  | 4

/**
 * ZooKeeper's four.
 */
export type WatchEventType__Output = typeof WatchEventType[keyof typeof WatchEventType]
