// Original file: proto/quoll/v1/lock.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AcquireLockRequest as _quoll_v1_AcquireLockRequest, AcquireLockRequest__Output as _quoll_v1_AcquireLockRequest__Output } from '../../quoll/v1/AcquireLockRequest.ts';
import type { AcquireLockResponse as _quoll_v1_AcquireLockResponse, AcquireLockResponse__Output as _quoll_v1_AcquireLockResponse__Output } from '../../quoll/v1/AcquireLockResponse.ts';
import type { CheckLockRequest as _quoll_v1_CheckLockRequest, CheckLockRequest__Output as _quoll_v1_CheckLockRequest__Output } from '../../quoll/v1/CheckLockRequest.ts';
import type { CheckLockResponse as _quoll_v1_CheckLockResponse, CheckLockResponse__Output as _quoll_v1_CheckLockResponse__Output } from '../../quoll/v1/CheckLockResponse.ts';
import type { GetLockRequest as _quoll_v1_GetLockRequest, GetLockRequest__Output as _quoll_v1_GetLockRequest__Output } from '../../quoll/v1/GetLockRequest.ts';
import type { GetLockResponse as _quoll_v1_GetLockResponse, GetLockResponse__Output as _quoll_v1_GetLockResponse__Output } from '../../quoll/v1/GetLockResponse.ts';
import type { PollLockRequest as _quoll_v1_PollLockRequest, PollLockRequest__Output as _quoll_v1_PollLockRequest__Output } from '../../quoll/v1/PollLockRequest.ts';
import type { PollLockResponse as _quoll_v1_PollLockResponse, PollLockResponse__Output as _quoll_v1_PollLockResponse__Output } from '../../quoll/v1/PollLockResponse.ts';
import type { ReleaseLockRequest as _quoll_v1_ReleaseLockRequest, ReleaseLockRequest__Output as _quoll_v1_ReleaseLockRequest__Output } from '../../quoll/v1/ReleaseLockRequest.ts';
import type { ReleaseLockResponse as _quoll_v1_ReleaseLockResponse, ReleaseLockResponse__Output as _quoll_v1_ReleaseLockResponse__Output } from '../../quoll/v1/ReleaseLockResponse.ts';
import type { RenewLockRequest as _quoll_v1_RenewLockRequest, RenewLockRequest__Output as _quoll_v1_RenewLockRequest__Output } from '../../quoll/v1/RenewLockRequest.ts';
import type { RenewLockResponse as _quoll_v1_RenewLockResponse, RenewLockResponse__Output as _quoll_v1_RenewLockResponse__Output } from '../../quoll/v1/RenewLockResponse.ts';

/**
 * Locks by name. A contender lives in the caller's session, or in one of its own with a time to live.
 */
export interface LockServiceClient extends grpc.Client {
  /**
   * Enters the queue and waits for the grant, `wait_ms` at most: then it is answered as queued and the place is kept. Once
   * per `lock_id`: a retry never enters twice.
   */
  AcquireLock(argument: _quoll_v1_AcquireLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  AcquireLock(argument: _quoll_v1_AcquireLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  AcquireLock(argument: _quoll_v1_AcquireLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  AcquireLock(argument: _quoll_v1_AcquireLockRequest, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Enters the queue and waits for the grant, `wait_ms` at most: then it is answered as queued and the place is kept. Once
   * per `lock_id`: a retry never enters twice.
   */
  acquireLock(argument: _quoll_v1_AcquireLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  acquireLock(argument: _quoll_v1_AcquireLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  acquireLock(argument: _quoll_v1_AcquireLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  acquireLock(argument: _quoll_v1_AcquireLockRequest, callback: grpc.requestCallback<_quoll_v1_AcquireLockResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Answers when the token is that of a current holder, linearizably; else `FENCED`.
   */
  CheckLock(argument: _quoll_v1_CheckLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  CheckLock(argument: _quoll_v1_CheckLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  CheckLock(argument: _quoll_v1_CheckLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  CheckLock(argument: _quoll_v1_CheckLockRequest, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Answers when the token is that of a current holder, linearizably; else `FENCED`.
   */
  checkLock(argument: _quoll_v1_CheckLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  checkLock(argument: _quoll_v1_CheckLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  checkLock(argument: _quoll_v1_CheckLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  checkLock(argument: _quoll_v1_CheckLockRequest, callback: grpc.requestCallback<_quoll_v1_CheckLockResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Who holds and who waits.
   */
  GetLock(argument: _quoll_v1_GetLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  GetLock(argument: _quoll_v1_GetLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  GetLock(argument: _quoll_v1_GetLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  GetLock(argument: _quoll_v1_GetLockRequest, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Who holds and who waits.
   */
  getLock(argument: _quoll_v1_GetLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  getLock(argument: _quoll_v1_GetLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  getLock(argument: _quoll_v1_GetLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  getLock(argument: _quoll_v1_GetLockRequest, callback: grpc.requestCallback<_quoll_v1_GetLockResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Waits on, at the place that is kept. `LOCKLOST` when the place is gone.
   */
  PollLock(argument: _quoll_v1_PollLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  PollLock(argument: _quoll_v1_PollLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  PollLock(argument: _quoll_v1_PollLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  PollLock(argument: _quoll_v1_PollLockRequest, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Waits on, at the place that is kept. `LOCKLOST` when the place is gone.
   */
  pollLock(argument: _quoll_v1_PollLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  pollLock(argument: _quoll_v1_PollLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  pollLock(argument: _quoll_v1_PollLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  pollLock(argument: _quoll_v1_PollLockRequest, callback: grpc.requestCallback<_quoll_v1_PollLockResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Leaves: the lock or the place in the queue.
   */
  ReleaseLock(argument: _quoll_v1_ReleaseLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  ReleaseLock(argument: _quoll_v1_ReleaseLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  ReleaseLock(argument: _quoll_v1_ReleaseLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  ReleaseLock(argument: _quoll_v1_ReleaseLockRequest, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Leaves: the lock or the place in the queue.
   */
  releaseLock(argument: _quoll_v1_ReleaseLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  releaseLock(argument: _quoll_v1_ReleaseLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  releaseLock(argument: _quoll_v1_ReleaseLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  releaseLock(argument: _quoll_v1_ReleaseLockRequest, callback: grpc.requestCallback<_quoll_v1_ReleaseLockResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Keeps it alive for its whole time to live.
   */
  RenewLock(argument: _quoll_v1_RenewLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  RenewLock(argument: _quoll_v1_RenewLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  RenewLock(argument: _quoll_v1_RenewLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  RenewLock(argument: _quoll_v1_RenewLockRequest, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Keeps it alive for its whole time to live.
   */
  renewLock(argument: _quoll_v1_RenewLockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  renewLock(argument: _quoll_v1_RenewLockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  renewLock(argument: _quoll_v1_RenewLockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  renewLock(argument: _quoll_v1_RenewLockRequest, callback: grpc.requestCallback<_quoll_v1_RenewLockResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Locks by name. A contender lives in the caller's session, or in one of its own with a time to live.
 */
export interface LockServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Enters the queue and waits for the grant, `wait_ms` at most: then it is answered as queued and the place is kept. Once
   * per `lock_id`: a retry never enters twice.
   */
  AcquireLock: grpc.handleUnaryCall<_quoll_v1_AcquireLockRequest__Output, _quoll_v1_AcquireLockResponse>;
  
  /**
   * Answers when the token is that of a current holder, linearizably; else `FENCED`.
   */
  CheckLock: grpc.handleUnaryCall<_quoll_v1_CheckLockRequest__Output, _quoll_v1_CheckLockResponse>;
  
  /**
   * Who holds and who waits.
   */
  GetLock: grpc.handleUnaryCall<_quoll_v1_GetLockRequest__Output, _quoll_v1_GetLockResponse>;
  
  /**
   * Waits on, at the place that is kept. `LOCKLOST` when the place is gone.
   */
  PollLock: grpc.handleUnaryCall<_quoll_v1_PollLockRequest__Output, _quoll_v1_PollLockResponse>;
  
  /**
   * Leaves: the lock or the place in the queue.
   */
  ReleaseLock: grpc.handleUnaryCall<_quoll_v1_ReleaseLockRequest__Output, _quoll_v1_ReleaseLockResponse>;
  
  /**
   * Keeps it alive for its whole time to live.
   */
  RenewLock: grpc.handleUnaryCall<_quoll_v1_RenewLockRequest__Output, _quoll_v1_RenewLockResponse>;
  
}

export interface LockServiceDefinition extends grpc.ServiceDefinition {
  AcquireLock: MethodDefinition<_quoll_v1_AcquireLockRequest, _quoll_v1_AcquireLockResponse, _quoll_v1_AcquireLockRequest__Output, _quoll_v1_AcquireLockResponse__Output>
  CheckLock: MethodDefinition<_quoll_v1_CheckLockRequest, _quoll_v1_CheckLockResponse, _quoll_v1_CheckLockRequest__Output, _quoll_v1_CheckLockResponse__Output>
  GetLock: MethodDefinition<_quoll_v1_GetLockRequest, _quoll_v1_GetLockResponse, _quoll_v1_GetLockRequest__Output, _quoll_v1_GetLockResponse__Output>
  PollLock: MethodDefinition<_quoll_v1_PollLockRequest, _quoll_v1_PollLockResponse, _quoll_v1_PollLockRequest__Output, _quoll_v1_PollLockResponse__Output>
  ReleaseLock: MethodDefinition<_quoll_v1_ReleaseLockRequest, _quoll_v1_ReleaseLockResponse, _quoll_v1_ReleaseLockRequest__Output, _quoll_v1_ReleaseLockResponse__Output>
  RenewLock: MethodDefinition<_quoll_v1_RenewLockRequest, _quoll_v1_RenewLockResponse, _quoll_v1_RenewLockRequest__Output, _quoll_v1_RenewLockResponse__Output>
}
