import type { ServerId } from '../../model/ids.ts';
import { versionOf, type Membership } from '../../model/membership.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { Applier } from '../applied/applier.ts';
import type { EnsembleServerOptions } from '../options.ts';
import type { ClusterReporting } from './cluster-reporting.ts';

interface RosterParts {
  readonly network: Pick<PeerNetwork, 'know'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly options: Pick<EnsembleServerOptions, 'self'>;
  readonly reporting: Pick<ClusterReporting, 'mismatch'>;
}

/** A peer that belongs to no ensemble yet says so this often. */
const strangerEveryMs = 15_000;

/**
 * Tells the network where the members are, and an operator where this peer's configuration and the membership, which
 * counts, say different things.
 */
export class Roster {
  readonly #parts: RosterParts;
  /** Of what the network was told. */
  #told: Zxid = zeroZxid;
  /** What was said of the configuration, so that it is said once as long as it is so. */
  #said = '';
  #strangerAtMs: number;

  constructor(parts: RosterParts) {
    this.#parts = parts;
    this.#strangerAtMs = parts.clock.now() + strangerEveryMs;
  }

  /** It is committed. Without members it says nothing of where anybody is. */
  heed(membership: Membership | null): void {
    if (membership?.members === undefined) return;
    const version = versionOf(membership);
    if (compareZxid(version, this.#told) <= 0) return;
    this.#told = version;
    const removed = membership.removed ?? [];
    this.#parts.network.know(membership.members, removed.map(idOf));
  }

  /** From time to time. */
  look(): void {
    if (this.#parts.zab.status.isServing) this.#sayMismatch();
    else this.#sayStranger();
  }

  #sayMismatch(): void {
    const { logger, reporting, applier } = this.#parts;
    const { withoutVote, withoutLine } = reporting.mismatch;
    const said = `${String(withoutVote)} ${String(withoutLine)}`;
    if (said === this.#said) return;
    this.#said = said;
    const voters = applier.membership?.voters.map(idOf);
    if (withoutVote.length > 0) {
      const message =
        'these servers are configured as voters and have no vote: the membership counts, not the configuration. They are ' +
        'copies that serve clients; a majority of the voters must be up whatever becomes of them. To give one a vote: ' +
        'quoll member promote ID where it is a member, else quoll member add ID=HOST:QUORUMPORT:ELECTIONPORT';
      logger.log('warn', 'withoutVote', { servers: withoutVote, voters, message });
    }
    if (withoutLine.length > 0) {
      const message =
        'these servers are members, and the configuration of this peer has no line for them: it finds them by the ' +
        'membership. Add their lines, so that it finds them also should all of its own be gone';
      logger.log('warn', 'withoutLine', { servers: withoutLine, voters, message });
    }
  }

  /** Who waits to be added must not wait in silence. */
  #sayStranger(): void {
    const { logger, clock, zab, options } = this.#parts;
    const now = clock.now();
    if (zab.status.clusterId !== '' || now < this.#strangerAtMs) return;
    this.#strangerAtMs = now + strangerEveryMs;
    const id = String(options.self);
    const message =
      'this peer belongs to no ensemble yet, and nobody lets it in. At a first start it waits for all voters. Of an ensemble ' +
      `that is there it becomes a member by a word to one of its members: quoll member add ${id}=HOST:QUORUMPORT:ELECTIONPORT`;
    logger.log('warn', 'notMember', { message });
  }
}

function idOf({ id }: { readonly id: ServerId }): ServerId {
  return id;
}
