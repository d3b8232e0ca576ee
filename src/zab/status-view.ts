import type { ConnectionId, ServerId } from '../model/ids.ts';
import { hasVoter, type Membership } from '../model/membership.ts';
import type { Zxid } from '../model/zxid.ts';
import type { Leader } from './leader.ts';
import type { Learner } from './learner.ts';
import type { PeerState } from './peer-state.ts';
import type { ZabRole, ZabStatus } from './ready.ts';

/** What a peer does just now. */
export type Role =
  /** Before a new round: what was logged must be durable before it is voted with (brief A3: drain, then vote). */
  | { readonly role: 'draining' }
  | { readonly role: 'looking' }
  | { readonly role: 'leading'; readonly leader: Leader }
  /** No member any more: nothing is said or heard. */
  | { readonly role: 'removed' }
  | { readonly role: 'learning'; readonly learner: Learner };

interface Viewed {
  readonly peer: PeerState;
  role(): Role;
  /** Of the last leader. */
  epoch(): number;
  /** When the last leader was last heard, once its time was over. */
  leaderHeardTick(): number | undefined;
}

/** Looks at the core each time it is asked: it is asked several times for every request, so nothing is copied. */
export class StatusView implements ZabStatus {
  readonly #viewed: Viewed;

  constructor(viewed: Viewed) {
    this.#viewed = viewed;
  }

  get role(): ZabRole {
    const { peer } = this.#viewed;
    const { role } = this.#viewed.role();
    switch (role) {
      case 'draining':
      case 'looking':
      case 'removed':
        return 'looking';
      case 'leading':
        return 'leading';
      case 'learning':
        return peer.role === 'observer' ? 'observing' : 'following';
    }
  }

  get isServing(): boolean {
    const role = this.#viewed.role();
    return role.role === 'leading' ? role.leader.isServing : (this.#learner?.isServing ?? false);
  }

  get epoch(): number {
    const role = this.#viewed.role();
    const epoch = role.role === 'leading' ? role.leader.epoch : (this.#learner?.epoch ?? 0);
    return Math.max(epoch, this.#viewed.epoch());
  }

  get leader(): ServerId | undefined {
    const leads = this.#viewed.role().role === 'leading';
    return leads ? this.#viewed.peer.self : this.#learner?.leader;
  }

  get handingOverTo(): ServerId | undefined {
    const role = this.#viewed.role();
    return role.role === 'leading' ? role.leader.handingOverTo : undefined;
  }

  get isLeaving(): boolean {
    const { self, nonce, history } = this.#viewed.peer;
    const { settled } = history;
    const leads = this.#viewed.role().role === 'leading';
    return leads && settled !== null && !hasVoter(settled, self, nonce);
  }

  get leaderProtocol(): number {
    return this.#learner?.protocol ?? this.#viewed.peer.protocols.newest;
  }

  get leaderConnection(): ConnectionId | undefined {
    return this.#learner?.connection;
  }

  get lastLogged(): Zxid {
    return this.#viewed.peer.history.last.zxid;
  }

  get committed(): Zxid {
    return this.#viewed.peer.history.committed;
  }

  get delivered(): Zxid {
    return this.#viewed.peer.history.delivered;
  }

  get clusterId(): string {
    return this.#viewed.peer.clusterId;
  }

  get membership(): Membership | null {
    return this.#viewed.peer.history.settled;
  }

  get newestMembership(): Membership | null {
    return this.#viewed.peer.history.membership;
  }

  get isRemoved(): boolean {
    return this.#viewed.role().role === 'removed';
  }

  get isVoter(): boolean {
    return this.#viewed.peer.isVoter;
  }

  get ticksSinceLeader(): number | undefined {
    const role = this.#viewed.role();
    if (role.role === 'learning' && role.learner.connection !== undefined) {
      return role.learner.ticksSinceLeader;
    }
    if (role.role === 'leading' && role.leader.isServing) return 0;
    const heardTick = this.#viewed.leaderHeardTick();
    return heardTick === undefined ? undefined : this.#viewed.peer.now - heardTick;
  }

  get #learner(): Learner | undefined {
    const role = this.#viewed.role();
    return role.role === 'learning' ? role.learner : undefined;
  }
}
