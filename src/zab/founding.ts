import { utf8 } from '../base/bytes.ts';
import { toHex } from '../base/hex.ts';
import type { Nonce, ServerId } from '../model/ids.ts';
import { firstLevel, newestLevelFor, protocols } from '../model/level.ts';
import { hasVoter, type Membership, type Voter } from '../model/membership.ts';
import type { Notification } from '../model/peer-message.ts';
import type { ZabOptions } from './options.ts';
import { majorityOf } from './quorum.ts';

interface HeardEmpty {
  readonly nonce: Nonce;
  /** The empty voters that it hears, itself included. */
  readonly view: readonly Voter[];
  /** Of what its data were made of; undefined where it began with nothing. */
  readonly seed: string | undefined;
  readonly tick: number;
}

/** A voter, and the hash of what its data were made of: undefined where it began with nothing. */
export interface SeededVoter {
  readonly id: ServerId;
  readonly seed: string | undefined;
}

/** A voter that was not heard for this many ticks is missing again. */
const heardForTicks = 300;
/** With `--bootstrap`, missing voters are waited for this long before the ensemble is founded without them. */
const bootstrapWaitTicks = 100;

/**
 * First start: empty peers form an ensemble once every configured voter was heard and is empty,
 * and each of them says that it sees the very same voters. That agreement is what makes it safe: a peer that lost its
 * data comes with another nonce, and nobody who has founded an ensemble ever says again that it is empty.
 *
 * Empty is, too, whose data were made of a copy and who has founded nothing with them. All must be of the same copy then: a
 * peer of another one, or of none, is heard and stands in no view.
 */
export class Founding {
  readonly #options: ZabOptions;
  readonly #heard = new Map<ServerId, HeardEmpty>();
  /** Voters that belong to an ensemble already. */
  readonly #occupied = new Map<ServerId, number>();
  readonly #sinceTick: number;

  constructor(options: ZabOptions, tick: number) {
    this.#options = options;
    this.#sinceTick = tick;
  }

  /** What this peer tells the others: itself and the empty voters it hears now, in order of id. */
  view(tick: number): readonly Voter[] {
    const { self, nonce, configuredVoters } = this.#options;
    const voters: Voter[] = [];
    for (const id of [...configuredVoters].sort((left, right) => left - right)) {
      const heard = this.#heard.get(id);
      if (id === self) voters.push({ id, nonce });
      else if (heard !== undefined && isFresh(heard, tick) && heard.seed === this.#seed) {
        voters.push({ id, nonce: heard.nonce });
      }
    }
    return voters;
  }

  /** A founded ensemble that this very peer (with this nonce) is a voter of may be joined at once. */
  hear(notification: Notification, tick: number): Membership | undefined {
    const { founded, emptyVoters, from, nonce, seed } = notification;
    const { self, nonce: own, seed: ownSeed } = this.#options;
    const clusterId = this.#options.clusterId ?? ownSeed?.clusterId;
    if (founded !== undefined && hasVoter(founded, self, own)) {
      return clusterId === undefined || founded.clusterId === clusterId ? founded : undefined;
    }
    if (emptyVoters === undefined) {
      this.#heard.delete(from);
      this.#occupied.set(from, tick);
    } else {
      this.#occupied.delete(from);
      this.#heard.set(from, { nonce, view: emptyVoters, seed, tick });
    }
    return undefined;
  }

  /** The membership to found, once all agree on it. */
  agreed(tick: number): Membership | undefined {
    const { configuredVoters, self, bootstrap } = this.#options;
    if (!configuredVoters.includes(self)) return undefined;
    const view = this.view(tick);
    const all = view.length === configuredVoters.length;
    const enough =
      bootstrap &&
      view.length >= majorityOf(configuredVoters.length) &&
      this.occupied(tick).length === 0 &&
      tick - this.#sinceTick >= bootstrapWaitTicks;
    if (!all && !enough) return undefined;
    for (const { id } of view) {
      if (id !== self && !sameVoters(this.#heard.get(id)?.view ?? [], view)) return undefined;
    }
    return this.#found(view);
  }

  missing(tick: number): readonly ServerId[] {
    const present = new Set(this.view(tick).map(({ id }) => id));
    return this.#options.configuredVoters.filter(
      (id) =>
        !present.has(id) &&
        !this.occupied(tick).includes(id) &&
        !this.ofAnotherSeed(tick).some((other) => other.id === id),
    );
  }

  /** Configured voters that are empty too, and began with something else than this peer. */
  ofAnotherSeed(tick: number): readonly SeededVoter[] {
    return this.#options.configuredVoters
      .flatMap((id) => {
        const heard = this.#heard.get(id);
        if (heard === undefined || !isFresh(heard, tick) || heard.seed === this.#seed) return [];
        return [{ id, seed: heard.seed }];
      })
      .sort((left, right) => left.id - right.id);
  }

  occupied(tick: number): readonly ServerId[] {
    return [...this.#occupied]
      .filter(([, heardTick]) => tick - heardTick <= heardForTicks)
      .map(([id]) => id)
      .sort((left, right) => left - right);
  }

  get #seed(): string | undefined {
    return this.#options.seed?.hash;
  }

  #found(view: readonly Voter[]): Membership {
    const seats = [...this.#options.configuredVoters].sort((left, right) => left - right);
    const voters = seats.map((id) => ({
      id,
      nonce: view.find((voter) => voter.id === id)?.nonce ?? ('' as Nonce),
    }));
    const { clusterId, seed, protocols: spoken = protocols } = this.#options;
    const level = newestLevelFor(spoken);
    return {
      clusterId: clusterId ?? seed?.clusterId ?? this.#drawClusterId(voters),
      voters,
      ...(level > firstLevel && { level }),
    };
  }

  #drawClusterId(voters: readonly Voter[]): string {
    const digest = this.#options.sha256(utf8(JSON.stringify(voters)));
    return toHex(digest.subarray(0, 8));
  }
}

function isFresh(heard: HeardEmpty, tick: number): boolean {
  return tick - heard.tick <= heardForTicks;
}

function sameVoters(left: readonly Voter[], right: readonly Voter[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ id, nonce }, index) => right[index]?.id === id && right[index].nonce === nonce)
  );
}
