import type { ServerId } from '../model/ids.ts';
import { hasVoter, memberOf, versionOf, type Membership } from '../model/membership.ts';
import type { Notification } from '../model/peer-message.ts';
import { compareZxid, zeroZxid, zxidEquals, type Zxid } from '../model/zxid.ts';
import type { Electorate } from './election.ts';
import type { PeerState } from './peer-state.ts';
import { majorityOf } from './quorum.ts';

/**
 * Who elects, as far as this peer knows: by its log, and by a newer membership that another peer knows to be committed.
 * Where to look and whose word counts is all that follows from what was heard; the log decides what this peer is.
 */
export class Electors {
  readonly #peer: PeerState;
  /** Committed, and newer than what was in this log when it was heard. */
  #heard: Membership | undefined;
  /** The ensembles that the configured voters said they are of; empty for one that is of none. */
  readonly #named = new Map<ServerId, string>();
  /** The ensembles that notifications came from and that are not ours, by the sender. */
  readonly #foreigners = new Map<ServerId, string>();

  constructor(peer: PeerState) {
    this.#peer = peer;
  }

  /** Whose notifications count, and who is told. */
  get voters(): readonly ServerId[] {
    // Of those whom a log that lags knows perhaps nobody is left; the configuration may know somebody.
    const isChanged = this.#memberships.some(({ members }) => members !== undefined);
    const asked = isChanged ? this.#peer.options.configuredVoters : [];
    return [...new Set([...this.electorate.flat(), ...asked])];
  }

  get electorate(): Electorate {
    const memberships = this.#memberships;
    if (memberships.length === 0) return [this.#peer.options.configuredVoters];
    return memberships.map(({ voters }) => voters.map(({ id }) => id));
  }

  /** Of those who elect, though its own log may not know it. */
  get hasSeat(): boolean {
    const { self, nonce } = this.#peer;
    return this.#memberships.some((membership) => hasVoter(membership, self, nonce));
  }

  /**
   * While LOOKING: what another peer has on its disk as committed. What this log holds of it is thereby committed here
   * too. Whoever is no member by it looks on: the teller may not know who was added since, and those who stay may not know
   * of the change yet and need this peer, or its word.
   */
  hear({ from, clusterId, membership }: Notification): void {
    const { history, outputs, options } = this.#peer;
    if (options.configuredVoters.includes(from)) this.#named.set(from, clusterId);
    if (membership === undefined || !this.#isOurs(membership)) return;
    if (!isNewer(membership, history.settled)) return;
    if (this.#heard === undefined || isNewer(membership, this.#heard)) {
      this.#heard = membership;
      outputs.event({ event: 'membershipHeard', membership });
    }
    const version = versionOf(membership);
    const isHere = history
      .membershipsInForce()
      .some((inForce) => zxidEquals(versionOf(inForce), version));
    if (isHere) this.#peer.commit(version);
  }

  /** It is of an ensemble that is not ours, and nothing else that it says counts. */
  turnsDown({ from, clusterId: itsClusterId }: Notification): boolean {
    const { clusterId, options, outputs } = this.#peer;
    // Data that were made of a copy are those of an ensemble already, though nobody has founded it.
    const ours = clusterId === '' ? (options.seed?.clusterId ?? '') : clusterId;
    if (ours === '' || itsClusterId === '' || itsClusterId === ours) return false;
    // Where something beyond the data says which ensemble this peer is of, and it is that one.
    if (clusterId === '' && options.clusterId === itsClusterId) return false;
    if (this.#foreigners.get(from) !== itsClusterId) {
      this.#foreigners.set(from, itsClusterId);
      outputs.event({ event: 'foreignPeer', from, itsClusterId, ourClusterId: ours });
    }
    return true;
  }

  /**
   * Of this peer's members those that it, leading, does not hear: perhaps all whom their logs know are gone. Now and then
   * they are told who belongs to the ensemble.
   */
  missed(isHere: (id: ServerId) => boolean): readonly ServerId[] {
    const { now, durable, options, self } = this.#peer;
    if (now % options.timers.notifyMax !== 0) return [];
    const ids = durable.settled?.members?.map(({ id }) => id) ?? [];
    return ids.filter((id) => id !== self && !isHere(id));
  }

  /** What to send along with an answer: to who knows an older membership than this disk, or is no member by it. */
  newsFor({ membershipVersion, from, state, clusterId }: Notification): Membership | undefined {
    const { settled } = this.#peer.durable;
    if (settled?.members === undefined || state !== 'looking') return undefined;
    if (clusterId !== '' && clusterId !== settled.clusterId) return undefined;
    const isNews = isOlder(membershipVersion, settled) || memberOf(settled, from) === undefined;
    return isNews ? settled : undefined;
  }

  /** There is news for it, and it is not only that it is no member. */
  knowsMoreThan(message: Notification): boolean {
    const news = this.newsFor(message);
    return news !== undefined && isOlder(message.membershipVersion, news);
  }

  /**
   * Of the ensemble that this peer is of, or must be of. While nothing says which that is, a majority of the other
   * configured voters do, as they said last: one may be reached by a wrong address. Who is of none either is not asked, nor
   * who is silent and was removed by that membership: it has no reason ever to say anything again.
   */
  #isOurs({ clusterId: itsClusterId, removed = [] }: Membership): boolean {
    const { clusterId, options, self } = this.#peer;
    const ours =
      clusterId !== '' ? clusterId : (options.clusterId ?? options.seed?.clusterId ?? '');
    if (ours !== '') return itsClusterId === ours;
    const asked = options.configuredVoters.filter((id) => {
      const isGone = !this.#named.has(id) && removed.some((gone) => gone.id === id);
      return id !== self && this.#named.get(id) !== '' && !isGone;
    });
    const agreeing = asked.filter((id) => this.#named.get(id) === itsClusterId);
    return agreeing.length >= majorityOf(asked.length);
  }

  /** Those in force in this log; a newer one that was heard takes the place of all that are older. */
  get #memberships(): readonly Membership[] {
    const { history } = this.#peer;
    const inForce = history.membershipsInForce();
    const heard = this.#heard;
    // It may have been heard before this peer belonged to an ensemble.
    if (heard === undefined || !this.#isOurs(heard)) return inForce;
    if (!isNewer(heard, history.settled)) return inForce;
    return [heard, ...inForce.filter((membership) => isNewer(membership, heard))];
  }
}

function isOlder(version: Zxid | undefined, membership: Membership): boolean {
  return compareZxid(version ?? zeroZxid, versionOf(membership)) < 0;
}

function isNewer(left: Membership | null, right: Membership | null): boolean {
  return compareZxid(versionOf(left), versionOf(right)) > 0;
}
