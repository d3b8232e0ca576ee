import { hostname } from 'node:os';
import { bracketed } from '../base/bracketed.ts';
import type { ServerLine } from '../model/server-line.ts';
import type { Chosen } from './chosen.ts';
import { isLoopbackHost, isWildcardHost } from './config.ts';
import { leavesLoopback } from './ensemble.ts';
import type { Findings } from './findings.ts';

// By which addresses this peer, and the others, can be reached.

interface Places {
  /** Where the doors listen. */
  readonly doorHost: string;
  readonly peerHost: string;
  readonly own: ServerLine;
  readonly servers: readonly ServerLine[];
}

/** Warns of addresses that listen well and lead nobody here. */
export function checkReach(chosen: Chosen, places: Places, findings: Findings): void {
  const { doorHost, peerHost, own, servers } = places;
  if (leavesLoopback(servers, peerHost) && isLoopbackHost(doorHost)) {
    findings.warn(
      chosen.where('http.host'),
      'the peers are on several machines, but clients reach this one on loopback only; ' +
        'open the doors with http.host, zookeeper.host and grpc.host (0.0.0.0: every address)',
    );
  }
  for (const { id, host } of servers) {
    if (id === own.id || !isWildcardHost(host)) continue;
    findings.warn(
      'servers',
      `server ${String(id)} is ${host}, and so is looked for on this machine`,
    );
  }
}

/** As a Host header has them: an IPv6 address in brackets. */
export function hostNames(
  advertise: string,
  httpHost: string | undefined,
  more: readonly string[],
): readonly string[] {
  const own = [advertise, httpHost ?? advertise].filter((host) => !isWildcardHost(host));
  return [...new Set([...own.map(bracketed), ...more])];
}

/** Gives a name for this peer that others can use, as far as one can tell from here; never a wildcard. */
export function advertisedHost(chosen: Chosen, places: Places, findings: Findings): string {
  const { doorHost, own, servers } = places;
  const said = chosen.get('advertise');
  const lineHost = servers.length > 1 ? own.host : undefined;
  const found = said ?? (isWildcardHost(doorHost) ? lineHost : doorHost);
  if (found !== undefined && !isWildcardHost(found)) return found;
  if (found !== undefined) {
    findings.warn(
      chosen.where('advertise'),
      `${found} is no address that clients can go to, so they are told ${hostname()}; ` +
        'set advertise (zoo.cfg: quoll.advertise) to a name of this machine that they know',
    );
  }
  return hostname();
}
