// Original file: proto/quoll/v1/session.proto

import type { AnswerMeta as _quoll_v1_AnswerMeta, AnswerMeta__Output as _quoll_v1_AnswerMeta__Output } from '../../quoll/v1/AnswerMeta.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Why a request was refused: what a unary call says in its status.
 */
export interface RequestError {
  /**
   * As the `reason` of an ErrorInfo: `BADVERSION`.
   */
  'code'?: (string);
  /**
   * ZooKeeper's number for it, or the nearest.
   */
  'zkCode'?: (number);
  /**
   * The number of the gRPC status that a unary call would end with.
   */
  'status'?: (number);
  /**
   * What is wrong and what to do next, for a person.
   */
  'detail'?: (string);
  /**
   * The same request may succeed if it is sent again unchanged.
   */
  'retryable'?: (boolean);
  /**
   * The change surely did not happen. When false, it may have.
   */
  'surelyNotApplied'?: (boolean);
  /**
   * The znode in question, if there is one.
   */
  'path'?: (string);
  /**
   * Of a limit: how much is allowed.
   */
  'limit'?: (number | string | Long);
  /**
   * Of a limit: how much it was.
   */
  'actual'?: (number | string | Long);
  /**
   * Of a transaction: which operation failed, or -1.
   */
  'failedIndex'?: (number);
  /**
   * About the peer.
   */
  'meta'?: (_quoll_v1_AnswerMeta | null);
}

/**
 * Why a request was refused: what a unary call says in its status.
 */
export interface RequestError__Output {
  /**
   * As the `reason` of an ErrorInfo: `BADVERSION`.
   */
  'code': (string);
  /**
   * ZooKeeper's number for it, or the nearest.
   */
  'zkCode': (number);
  /**
   * The number of the gRPC status that a unary call would end with.
   */
  'status': (number);
  /**
   * What is wrong and what to do next, for a person.
   */
  'detail': (string);
  /**
   * The same request may succeed if it is sent again unchanged.
   */
  'retryable': (boolean);
  /**
   * The change surely did not happen. When false, it may have.
   */
  'surelyNotApplied': (boolean);
  /**
   * The znode in question, if there is one.
   */
  'path': (string);
  /**
   * Of a limit: how much is allowed.
   */
  'limit': (Long);
  /**
   * Of a limit: how much it was.
   */
  'actual': (Long);
  /**
   * Of a transaction: which operation failed, or -1.
   */
  'failedIndex': (number);
  /**
   * About the peer.
   */
  'meta': (_quoll_v1_AnswerMeta__Output | null);
}
