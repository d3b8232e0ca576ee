import { bracketed } from '../../base/bracketed.ts';
import { fromUtf8, utf8 } from '../../base/bytes.ts';
import { superIdentities, type Identity } from '../../model/acl.ts';
import type { ServerId } from '../../model/ids.ts';
import { versionOf, type Member } from '../../model/membership.ts';
import { zookeeperConfigPath } from '../../model/path.ts';
import type { AdvertisedAddresses } from '../../model/peer-message.ts';
import type { MultiRequest } from '../../model/request.ts';
import type { ServerLine } from '../../model/server-line.ts';
import { zxidToBigint } from '../../model/zxid.ts';
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
 * Keeps `/zookeeper/config` what ZooKeeper has there: a `server.N` line of each member and where clients reach it, for
 * clients that follow the ensemble by it (Curator's EnsembleTracker). Until the membership is changed for the first time
 * these are the lines that the leader is configured with, and the version counts what changed; from then on it is the
 * zxid of the change. The leader alone writes, through the log like any write, and only what differs.
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
    const isNobodys = lines.length === 0 && applier.membership?.members === undefined;
    if (leading === undefined || leading.isUnderWay || isNobodys || now < this.#lookAtMs) return;
    this.#lookAtMs = now + lookEveryMs;
    const found = applier.state.read({ read: 'data', path: zookeeperConfigPath }, superIdentities);
    if (!('data' in found)) return;
    const published = parsePublished(found.data);
    const wanted = this.#wanted(published, now - leading.sinceMs >= gatherMs);
    const version = this.#versionAfter(published, wanted);
    if (wanted === undefined || version === undefined) return;
    const request: MultiRequest = {
      kind: 'multi',
      single: true,
      ops: [
        {
          op: 'set',
          path: zookeeperConfigPath,
          data: utf8(`${wanted}version=${version}`),
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

  /** Undefined when it says all that already. */
  #versionAfter({ lines, version }: Published, wanted: string | undefined): string | undefined {
    const { membership } = this.#parts.applier;
    if (membership?.members === undefined) {
      if (wanted === lines) return undefined;
      return version === undefined ? '0' : (Number.parseInt(version, 16) + 1).toString(16);
    }
    const current = zxidToBigint(versionOf(membership)).toString(16);
    return wanted === lines && version === current ? undefined : current;
  }

  /** Undefined while more is expected to be known soon. Of whom nothing was heard, what is published stays. */
  #wanted(published: Published, hasWaited: boolean): string | undefined {
    const addresses = this.#parts.addresses();
    let text = '';
    const { membership } = this.#parts.applier;
    const members: readonly (ServerLine & Pick<Member, 'client'>)[] =
      membership?.members ?? this.#parts.lines;
    for (const { id, host, quorumPort, electionPort, role: wanted, client: said } of members) {
      // Who has no vote (yet) serves clients all the same: an observer, to ZooKeeper's.
      const votes = membership === null || membership.voters.some((voter) => voter.id === id);
      const role = votes ? wanted : 'observer';
      const heard = addresses.get(id);
      const known = published.clients.get(id) ?? said;
      const client = heard === undefined ? known : heard.zookeeper;
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
  /** In hex. */
  readonly version: string | undefined;
}

function parsePublished(data: Uint8Array | null): Published {
  const [, lines = '', hex] = /^([^]*?)(?:version=([0-9a-f]{1,16}))?$/.exec(decoded(data)) ?? [];
  const clients = new Map<number, string>();
  for (const [, id, client] of lines.matchAll(/^server\.(\d+)=[^;\n]*;([^;\n]+)$/gm)) {
    clients.set(Number(id), client ?? '');
  }
  return { lines, clients, version: hex };
}

/** Empty where it is no text. */
function decoded(data: Uint8Array | null): string {
  try {
    return fromUtf8(data ?? new Uint8Array(0));
  } catch {
    return '';
  }
}
