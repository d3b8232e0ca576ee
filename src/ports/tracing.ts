import type { TraceContext } from '../model/trace-context.ts';

/** Where a part of a request's time went, by the monotonic clock. */
export interface RequestStage {
  readonly stage:
    /** Until it was decided on, or sent to the leader. */
    | 'queued'
    /** By this peer, as leader. */
    | 'decided'
    /** To the leader, decided there, and its verdict back. */
    | 'forwarded'
    /** From then until this peer knew that a quorum has it. */
    | 'committed'
    /** Of a read: until a quorum has confirmed the leader. */
    | 'confirmed'
    /** Until this peer has applied what the answer rests on. */
    | 'applied'
    /** The rest, until the door had the answer. */
    | 'answered';
  readonly fromMs: number;
  readonly toMs: number;
}

/** One request from when the service was asked until the door had its answer, by the monotonic clock. */
export interface TracedRequest {
  readonly trace: TraceContext | undefined;
  readonly door: string;
  readonly op: string;
  readonly path: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** In order, without gaps. */
  readonly stages: readonly RequestStage[];
  /** Why it was refused. */
  readonly code: string | undefined;
  /** Nobody meant it: it is an error of the peer or the ensemble, not of whoever asked. */
  readonly hasFailed: boolean;
}

/** Tells somebody else where the time of requests went. Nothing of what is served rests on it. */
export interface Tracing {
  /** Says whether a request of this trace, or of none, is told of; looked at when it is answered. */
  samples(trace: TraceContext | undefined): boolean;
  tell(request: TracedRequest): void;
}
