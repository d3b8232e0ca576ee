// Original file: proto/quoll/v1/znode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A guard: fails as `SESSIONEXPIRED` unless the session is alive. Changes nothing.
 */
export interface CheckSessionOp {
  /**
   * The session.
   */
  'sessionId'?: (number | string | Long);
}

/**
 * A guard: fails as `SESSIONEXPIRED` unless the session is alive. Changes nothing.
 */
export interface CheckSessionOp__Output {
  /**
   * The session.
   */
  'sessionId': (Long);
}
