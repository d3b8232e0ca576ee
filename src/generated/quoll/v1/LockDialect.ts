// Original file: proto/quoll/v1/lock.proto

/**
 * How contenders of a queue name themselves; a queue speaks one dialect.
 */
export const LockDialect = {
  /**
   * What the queue speaks already, else Curator's.
   */
  LOCK_DIALECT_UNSPECIFIED: 'LOCK_DIALECT_UNSPECIFIED',
  /**
   * Curator's and go-zookeeper's.
   */
  LOCK_DIALECT_CURATOR: 'LOCK_DIALECT_CURATOR',
  /**
   * Kazoo's.
   */
  LOCK_DIALECT_KAZOO: 'LOCK_DIALECT_KAZOO',
  /**
   * A sequential name that is neither: only in answers.
   */
  LOCK_DIALECT_FOREIGN: 'LOCK_DIALECT_FOREIGN',
} as const;

/**
 * How contenders of a queue name themselves; a queue speaks one dialect.
 */
export type LockDialect =
  /**
   * What the queue speaks already, else Curator's.
   */
  | 'LOCK_DIALECT_UNSPECIFIED'
  | 0
  /**
   * Curator's and go-zookeeper's.
   */
  | 'LOCK_DIALECT_CURATOR'
  | 1
  /**
   * Kazoo's.
   */
  | 'LOCK_DIALECT_KAZOO'
  | 2
  /**
   * A sequential name that is neither: only in answers.
   */
  | 'LOCK_DIALECT_FOREIGN'
  | 3

/**
 * How contenders of a queue name themselves; a queue speaks one dialect.
 */
export type LockDialect__Output = typeof LockDialect[keyof typeof LockDialect]
