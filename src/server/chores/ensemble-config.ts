import { bracketed } from '../../base/bracketed.ts';
import { fromUtf8, utf8 } from '../../base/bytes.ts';
import { superIdentities, type Identity } from '../../model/acl.ts';
import type { ServerId } from '../../model/ids.ts';
import { zookeeperConfigPath } from '../../model/path.ts';
import type { AdvertisedAddresses } from '../../model/peer-message.ts';
import type { MultiRequest } from '../../model/request.ts';
import type { ServerLine } from '../../model/server-line.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Applier } from '../applied/applier.ts';
import type { WriteResult } from '../requests/write-path.ts';

interface EnsembleConfigParts {
  readonly applier: Applier;
  readonly clock: Clock;
  /** Of this peer; none: nothing is published. */
  readonly lines: readonly ServerLine[];
  /** Of the peers that told where their clients reach them. */
  addresses(): ReadonlyMap<ServerId, AdvertisedAddresses>;
  propose(
    request: MultiRequest,
    identities: readonly Identity[],
    done: (result: WriteResult) => void,
  ): void;
}

/** For this long a leader waits for the addresses of peers that it never heard of, so as not to write once for each. */
const gatherMs = 3_000;
/** Nothing new was heard: it is looked at all the same, for somebody may have written there. */
const lookEveryMs = 1_000;

/**
 * Keeps `/zookeeper/config` what ZooKeeper has there: the `server.N` lines that the leader is configured with, and where
 * clients reach each peer, for clients that follow the ensemble by it (Curator's EnsembleTracker). The leader alone
 * writes, through the log like any write, and only what differs.
 */
export class EnsembleConfig {
  readonly #parts: EnsembleConfigParts;
  /** Of this leadership; undefined when this peer does not lead. */
  #leading: { readonly sinceMs: number; isUnderWay: boolean } | undefined;
  #lookAtMs = 0;

  constructor(parts: EnsembleConfigParts) {
    this.#parts = parts;
  }

  /** This peer can decide requests as leader. Also when it could before. */
  leading(): void {
    if (this.#leading !== undefined) return;
    this.#leading = { sinceMs: this.#parts.clock.now(), isUnderWay: false };
    this.heard();
  }

  leadershipEnded(): void {
    this.#leading = undefined;
  }

  /** A peer told where its clients reach it, or told something new. */
  heard(): void {
    this.#lookAtMs = 0;
  }

  /** Every tick. */
  tick(): void {
    const { clock, lines, applier } = this.#parts;
    const leading = this.#leading;
    const now = clock.now();
    if (leading === undefined || leading.isUnderWay || lines.length === 0 || now < this.#lookAtMs) {
      return;
    }
    this.#lookAtMs = now + lookEveryMs;
    const found = applier.state.read({ read: 'data', path: zookeeperConfigPath }, superIdentities);
    if (!('data' in found)) return;
    const published = parsePublished(found.data);
    const wanted = this.#wanted(published, now - leading.sinceMs >= gatherMs);
    if (wanted === undefined || wanted === published.lines) return;
    const version = published.version === undefined ? 0 : published.version + 1;
    const request: MultiRequest = {
      kind: 'multi',
      single: true,
      ops: [
        {
          op: 'set',
          path: zookeeperConfigPath,
          data: utf8(`${wanted}version=${version.toString(16)}`),
          expected: { version: found.stat.version },
        },
      ],
    };
    leading.isUnderWay = true;
    // It is the ensemble's own: clients may read it alone.
    this.#parts.propose(request, superIdentities, () => {
      leading.isUnderWay = false;
    });
  }

  /** Undefined while more is expected to be known soon. Of whom nothing was heard, what is published stays. */
  #wanted(published: Published, hasWaited: boolean): string | undefined {
    const addresses = this.#parts.addresses();
    let text = '';
    const { membership } = this.#parts.applier;
    for (const { id, host, quorumPort, electionPort, role: configured } of this.#parts.lines) {
      // Whoever was added after the ensemble was founded serves clients and has no vote: an observer, to ZooKeeper's.
      const votes = membership === null || membership.voters.some((voter) => voter.id === id);
      const role = votes ? configured : 'observer';
      const heard = addresses.get(id);
      const client = heard === undefined ? published.clients.get(id) : heard.zookeeper;
      if (client === undefined && !hasWaited) return undefined;
      const peer = `${bracketed(host)}:${String(quorumPort)}:${String(electionPort)}:${role}`;
      const suffix = client === undefined || client === '' ? '' : `;${client}`;
      text += `server.${String(id)}=${peer}${suffix}\n`;
    }
    return text;
  }
}

interface Published {
  /** All but the version. */
  readonly lines: string;
  readonly clients: ReadonlyMap<number, string>;
  readonly version: number | undefined;
}

function parsePublished(data: Uint8Array | null): Published {
  const [, lines = '', hex] = /^([^]*?)(?:version=([0-9a-f]{1,12}))?$/.exec(decoded(data)) ?? [];
  const clients = new Map<number, string>();
  for (const [, id, client] of lines.matchAll(/^server\.(\d+)=[^;\n]*;([^;\n]+)$/gm)) {
    clients.set(Number(id), client ?? '');
  }
  return { lines, clients, version: hex === undefined ? undefined : Number.parseInt(hex, 16) };
}

/** Empty where it is no text. */
function decoded(data: Uint8Array | null): string {
  try {
    return fromUtf8(data ?? new Uint8Array(0));
  } catch {
    return '';
  }
}
