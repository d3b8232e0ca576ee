import type { Nonce, ServerId } from '../model/ids.ts';
import type { Membership } from '../model/membership.ts';
import { isQuorum } from './quorum.ts';

/**
 * Whether those who elected a leader still mean it, while it has no quorum of followers yet. A voter that changes its
 * mind at the last moment would else leave the leader waiting for the whole initLimit (ZK-3109).
 */
export class Loyalty {
  readonly #supporters: ReadonlySet<ServerId>;
  readonly #graceTicks: number;
  readonly #desertedAt = new Map<ServerId, number>();

  constructor(supporters: readonly ServerId[], graceTicks: number) {
    this.#supporters = new Set(supporters);
    this.#graceTicks = graceTicks;
  }

  /** It went LOOKING, in a later round than the one that elected this leader. */
  deserted(id: ServerId, now: number): void {
    if (!this.#desertedAt.has(id)) this.#desertedAt.set(id, now);
  }

  returned(id: ServerId): void {
    this.#desertedAt.delete(id);
  }

  /** Fewer than a quorum are left of those that voted for this peer, or came to it since. */
  isLost(
    memberships: readonly Membership[],
    came: ReadonlyMap<ServerId, Nonce>,
    now: number,
  ): boolean {
    if (this.#desertedAt.size === 0) return false;
    const loyal = new Map<ServerId, Nonce>();
    for (const { id, nonce } of memberships.flatMap(({ voters }) => voters)) {
      const since = this.#desertedAt.get(id);
      const left = since !== undefined && now - since > this.#graceTicks;
      if (!left && this.#supporters.has(id)) loyal.set(id, nonce);
    }
    for (const [id, nonce] of came) loyal.set(id, nonce);
    return !isQuorum(memberships, loyal);
  }
}
