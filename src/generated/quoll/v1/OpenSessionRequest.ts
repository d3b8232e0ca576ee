// Original file: proto/quoll/v1/session.proto

import type { Long } from '@grpc/proto-loader';

/**
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionRequest {
  /**
   * How long it lives without a sign of life, in milliseconds; 0: 30 seconds. Clamped to the limits.
   */
  'timeoutMs'?: (number);
  /**
   * 16 to 64 random bytes; empty: the peer chooses 16.
   */
  'secret'?: (Buffer | Uint8Array | string);
  /**
   * 1 to 2^63 - 1, at random; 0: the peer chooses. With id and secret of its own a client may safely retry.
   */
  'sessionId'?: (number | string | Long);
}

/**
 * See `SessionService.OpenSession`.
 */
export interface OpenSessionRequest__Output {
  /**
   * How long it lives without a sign of life, in milliseconds; 0: 30 seconds. Clamped to the limits.
   */
  'timeoutMs': (number);
  /**
   * 16 to 64 random bytes; empty: the peer chooses 16.
   */
  'secret': (Buffer);
  /**
   * 1 to 2^63 - 1, at random; 0: the peer chooses. With id and secret of its own a client may safely retry.
   */
  'sessionId': (Long);
}
