import type { PeerNetworkOptions } from '../adapters/peer-tcp/plane.ts';
import { watchKeys, type WatchedKeys } from '../adapters/tls/watched-keys.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { PeerConfig } from '../config/config.ts';
import { keyPurposeOf } from '../config/tls.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';

/** The keys of a peer, as its configuration names them; undefined where it speaks no TLS. Rejects with `UnusableKeys`. */
export async function openPeerKeys(
  config: PeerConfig,
  logger: Logger,
  metrics: Metrics,
): Promise<WatchedKeys | undefined> {
  const { tls } = config;
  if (tls === undefined) return undefined;
  const { clientAuth: clientCertificates, ...files } = tls;
  return await watchKeys({
    files,
    clientCertificates,
    certificateNames: config.auth.certificateNames,
    purpose: keyPurposeOf(config),
    clock: systemClock,
    logger,
    metrics,
  });
}

/** Gives what the links to other peers need for TLS; nothing where they do without. */
export function networkTls(
  { tls }: PeerConfig,
  keys: WatchedKeys,
): Pick<PeerNetworkOptions, 'security' | 'acceptsPlaintext'> {
  return tls?.peers === 'off' ? {} : { security: keys, acceptsPlaintext: tls?.peers === 'accept' };
}

/**
 * Gives the id of the ensemble that this peer may found: where all founders prove themselves by certificates, these say
 * it, and the same to all. Undefined: they draw one.
 */
export function clusterIdToFound(
  { servers, tls }: PeerConfig,
  keys: WatchedKeys | undefined,
): string | undefined {
  const isShared = servers.length === 1 || tls?.peers === 'on';
  return isShared ? keys?.peerName?.clusterId : undefined;
}

/**
 * Throws when the data are those of another ensemble than the certificate is of, and other peers would not let this one
 * in; where there are none to be met by it, that is a warning.
 */
export function checkEnsemble(
  keys: WatchedKeys | undefined,
  clusterId: string,
  { tls, dataDir, servers }: PeerConfig,
  logger: Logger,
): void {
  const name = keys?.peerName;
  if (tls === undefined || name === undefined || clusterId === '') return;
  if (name.clusterId === clusterId) return;
  const why =
    `The data in ${dataDir} are of the ensemble ${clusterId}, and the certificate ` +
    `${tls.certFile} is of ${name.clusterId}.`;
  const fix =
    `Make certificates for this one (quoll tls new DIR --cluster-id ${clusterId} --hosts NAME,… ` +
    '--peers N), or name the directory of its data.';
  if (servers.length > 1 && tls.peers !== 'off') throw new Error(`${why} ${fix}`);
  logger.log('warn', 'keysDoubtful', { file: tls.certFile, why, fix });
}
