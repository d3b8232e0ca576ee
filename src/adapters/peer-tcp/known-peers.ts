import type { ServerId } from '../../model/ids.ts';
import { comparableHost } from '../../model/member-address.ts';
import type { PeerAddress } from '../../ports/peer-network.ts';

/**
 * Who may come and where each is dialled: the server lines at first, and what the membership says once it says anything.
 */
export class KnownPeers {
  readonly #servers: readonly PeerAddress[];
  /** Undefined for who may come, and is dialled nowhere. */
  readonly #learnt = new Map<ServerId, PeerAddress | undefined>();

  constructor(servers: readonly PeerAddress[]) {
    this.#servers = servers;
  }

  get ids(): ReadonlySet<ServerId> {
    return new Set([...this.#servers.map(({ id }) => id), ...this.#learnt.keys()]);
  }

  has(id: ServerId): boolean {
    return this.#learnt.has(id) || this.#configured(id) !== undefined;
  }

  placeOf(id: ServerId): PeerAddress | undefined {
    return this.#learnt.has(id) ? this.#learnt.get(id) : this.#configured(id);
  }

  know(peers: readonly PeerAddress[], welcome: readonly ServerId[]): void {
    const taken = new Set(peers.map(addressOf));
    // Who has left is told so where it was; not where somebody else is by now.
    for (const id of [...this.ids, ...welcome]) {
      const place = this.placeOf(id);
      const isTaken = place !== undefined && taken.has(addressOf(place));
      this.#learnt.set(id, isTaken ? undefined : place);
    }
    for (const peer of peers) this.#learnt.set(peer.id, peer);
  }

  #configured(id: ServerId): PeerAddress | undefined {
    return this.#servers.find((server) => server.id === id);
  }
}

function addressOf({ host, quorumPort }: PeerAddress): string {
  return `${comparableHost(host)} ${String(quorumPort)}`;
}
