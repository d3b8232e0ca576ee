// Original file: proto/quoll/v1/session.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Takes a session over from whatever carried it: that is told `MOVED`, and its requests are refused from then on.
 */
export interface AttachSession {
  /**
   * The session.
   */
  'sessionId'?: (number | string | Long);
  /**
   * Its secret.
   */
  'secret'?: (Buffer | Uint8Array | string);
}

/**
 * Takes a session over from whatever carried it: that is told `MOVED`, and its requests are refused from then on.
 */
export interface AttachSession__Output {
  /**
   * The session.
   */
  'sessionId': (Long);
  /**
   * Its secret.
   */
  'secret': (Buffer);
}
