import type { ServerId } from '../model/ids.ts';
import type { Asking } from './auth.ts';
import type { AnswerMeta } from './call.ts';

/** Leadership has moved. */
export interface MovedLeader {
  readonly from: ServerId;
  readonly to: ServerId;
  /** Of the new leader. */
  readonly epoch: number;
  /** From the wish until this peer served under the new leader. */
  readonly tookMs: number;
}

/** Moves leadership by hand. For administrators; while grants are off, for whoever may switch them on. */
export interface LeadershipService {
  /**
   * To that voter, or to the one that is furthest. Requests wait while it happens, and none is refused for it. Refused with
   * `cannotHandOver` when that peer can't lead or does already, and when it did not take over.
   */
  move(
    to: ServerId | undefined,
    asking: Asking,
  ): Promise<MovedLeader & { readonly meta: AnswerMeta }>;
}
