import type { ServerId } from '../model/ids.ts';
import type { MemberRole } from '../model/membership.ts';
import type { ReconfigureRequest } from '../model/request.ts';
import type { Zxid } from '../model/zxid.ts';
import type { Asking } from './auth.ts';
import type { AnswerMeta } from './call.ts';

export interface MemberView {
  readonly id: ServerId;
  readonly role: MemberRole;
  /** It counts in quorums. */
  readonly votes: boolean;
  /** A participant that gets its vote once it has caught up. */
  readonly isJoining: boolean;
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  /** Where ZooKeeper's clients reach it, as it was added with; empty when that was not said. */
  readonly client: string;
  /** As the leader last heard of it. */
  readonly isUp: boolean;
  readonly leads: boolean;
  /** The configuration of the peer that was asked has a line for it. */
  readonly isConfigured: boolean;
}

/** A change that is logged and not committed: it may yet vanish. */
export interface PendingChange {
  readonly version: Zxid;
  readonly members: readonly Pick<MemberView, 'id' | 'role' | 'votes'>[];
}

export interface MembershipView {
  /** Of the change that made it; zero until there was one. */
  readonly version: Zxid;
  readonly members: readonly MemberView[];
  /** As far as this peer has heard of one. */
  readonly pending: PendingChange | undefined;
}

export type MembershipWish = Omit<ReconfigureRequest, 'kind'>;

/**
 * Who belongs to the ensemble and who of them votes. Changed for administrators; while grants are off, for whoever may
 * switch them on. One change at a time: `reconfigInProgress` otherwise.
 */
export interface MemberService {
  /** As this peer has applied it; also without a quorum. For anybody. */
  list(): MembershipView;
  /**
   * Resolves once the change is committed and applied here. A participant that has not caught up is a joining member then,
   * and gets its vote by itself.
   */
  change(
    wish: MembershipWish,
    asking: Asking,
  ): Promise<MembershipView & { readonly meta: AnswerMeta }>;
  /** The same for whoever may write `/zookeeper/config`, as in ZooKeeper. */
  reconfigure(
    wish: MembershipWish,
    asking: Asking,
  ): Promise<MembershipView & { readonly meta: AnswerMeta }>;
}
