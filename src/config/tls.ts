import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isOpenToOthers } from '../base/file-mode.ts';
import type { ServerLine } from '../model/server-line.ts';
import type { KeyPurpose } from '../model/tls-keys.ts';
import type { Chosen } from './chosen.ts';
import type { ConfigEntry } from './config-entry.ts';
import {
  isLoopbackHost,
  isWildcardHost,
  type DoorAddress,
  type PeerConfig,
  type TlsSettings,
} from './config.ts';
import { leavesLoopback } from './ensemble.ts';
import type { Findings } from './findings.ts';
import type { SettingKey } from './settings.ts';

const fileKeys = [
  'tls.certFile',
  'tls.keyFile',
  'tls.caFile',
  'tls.crlFile',
  'tls.keyPasswordFile',
] as const satisfies readonly SettingKey[];

/** What a peer is open to, for whom it may need keys. */
export interface Openings {
  readonly doors: Readonly<Record<'http' | 'zookeeper' | 'grpc', DoorAddress | undefined>>;
  readonly servers: readonly ServerLine[];
  readonly peerHost: string;
}

/**
 * Gives what TLS is spoken with; undefined: nothing. Complains when plaintext would leave this machine and nobody said
 * that this is meant. `wantedBy` is a line of a zoo.cfg that asks for TLS and names no keys.
 */
export function assembleTls(
  chosen: Chosen,
  openings: Openings,
  wantedBy: ConfigEntry | undefined,
  findings: Findings,
): TlsSettings | undefined {
  const [first] = fileKeys.filter((key) => chosen.get(key) !== undefined);
  if (chosen.get('tls') === 'off') {
    if (first !== undefined) {
      const problem = `TLS is off, and ${first} names a file for it (${chosen.where(first)})`;
      findings.complain(chosen.where('tls'), problem, 'Take one of the two out.');
    } else if (wantedBy !== undefined) {
      const problem = `TLS is off, and ${wantedBy.name} asks for it (${wantedBy.where})`;
      findings.complain(chosen.where('tls'), problem, 'Take one of the two out.');
    }
    return undefined;
  }
  if (first === undefined) {
    if (wantedBy !== undefined) complainOfMissingKeys(wantedBy, openings, findings);
    else checkPlaintext(chosen, openings, findings);
    return undefined;
  }
  return settingsOf(chosen, first, openings.servers.length > 1, findings);
}

/** Gives what the keys of a peer have to be good for. */
export function keyPurposeOf({ servers, serverId, advertise, tls }: PeerConfig): KeyPurpose {
  return servers.length > 1 && tls?.peers !== 'off'
    ? { peer: serverId, hosts: [advertise], roles: ['server', 'client'] }
    : { peer: undefined, hosts: [advertise], roles: ['server'] };
}

function settingsOf(
  chosen: Chosen,
  first: SettingKey,
  meetsPeers: boolean,
  findings: Findings,
): TlsSettings | undefined {
  const file = (key: (typeof fileKeys)[number]): string | undefined => {
    const named = chosen.get(key);
    return named === undefined ? undefined : resolve(named);
  };
  const certFile = file('tls.certFile');
  if (certFile === undefined) {
    findings.complain(
      chosen.where(first),
      `${first} is named, and no certificate`,
      'Name it in tls.certFile (zoo.cfg: quoll.tls.certFile).',
    );
    return undefined;
  }
  const caFile = file('tls.caFile');
  const clientAuth = chosen.get('tls.clientAuth') ?? 'none';
  const peers = chosen.get('tls.peers') ?? 'on';
  const needs = [
    ...(meetsPeers && peers !== 'off' ? ['other peers'] : []),
    ...(clientAuth === 'none' ? [] : ['clients']),
    ...(chosen.get('tls.crlFile') === undefined ? [] : ['what the CRL is of']),
  ];
  if (caFile === undefined && needs.length > 0) {
    findings.complain(
      chosen.where('tls.certFile'),
      `nothing says whose certificates are believed, of ${needs.join(' and ')}`,
      'Name the authority (ca.pem) in tls.caFile (zoo.cfg: quoll.tls.caFile).',
    );
  }
  for (const key of fileKeys) checkFile(key, file(key), chosen.where(key), findings);
  return {
    certFile,
    keyFile: file('tls.keyFile') ?? certFile,
    caFile,
    crlFile: file('tls.crlFile'),
    keyPasswordFile: file('tls.keyPasswordFile'),
    clientAuth,
    peers,
  };
}

/** What is in it is looked at when the peer starts, and whenever it changes. */
function checkFile(
  key: SettingKey,
  file: string | undefined,
  where: string,
  findings: Findings,
): void {
  if (file === undefined) return;
  const isSecret = key === 'tls.keyFile' || key === 'tls.keyPasswordFile';
  try {
    accessSync(file, constants.R_OK);
    if (!isSecret || !isOpenToOthers(statSync(file))) return;
    const fix = `Type: chmod 600 ${file} (of a Kubernetes volume: defaultMode: 0400).`;
    findings.complain(where, `others may read the key ${file}`, fix);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    findings.complain(
      where,
      `${file} cannot be read (${code})`,
      'Check the name and who may read it, or make keys with: quoll tls new',
    );
  }
}

function complainOfMissingKeys(
  wantedBy: ConfigEntry,
  openings: Openings,
  findings: Findings,
): void {
  const problem = `${wantedBy.name} asks for TLS, and nothing names keys for it`;
  findings.complain(wantedBy.where, problem, withTls(openings));
}

function checkPlaintext(chosen: Chosen, openings: Openings, findings: Findings): void {
  const { doors, servers, peerHost } = openings;
  const open = (['http', 'zookeeper', 'grpc'] as const).flatMap((name) => {
    const host = doors[name]?.host;
    return host === undefined || isLoopbackHost(host) ? [] : [{ name, host }];
  });
  const ways = open.map(({ name, host }) => `the ${doorNames[name]} at ${host}`);
  const linksLeave = leavesLoopback(servers, peerHost);
  if (linksLeave) ways.push('the links between the peers');
  if (ways.length === 0) return;
  const [first] = open;
  findings.complain(
    first === undefined ? 'servers' : chosen.where(`${first.name}.host`),
    `plaintext would leave this machine, by ${ways.join(', ')}`,
    `${withTls(openings)} Where plaintext is meant, as behind a proxy or in a network that you ` +
      `trust: tls: off (zoo.cfg: quoll.tls=off)${linksLeave ? ', with a secret that the peers share (quoll secret new quoll.secret, named in peer.secretFile).' : '.'}`,
  );
}

const doorNames = { http: 'HTTP door', zookeeper: 'ZooKeeper door', grpc: 'gRPC door' } as const;

/** The way to keys, with the names that are known here. */
function withTls({ servers }: Openings): string {
  const named = servers.map(({ host }) => host).filter((host) => !isWildcardHost(host));
  const hosts = named.some((host) => !isLoopbackHost(host))
    ? [...new Set(named)].join(',')
    : 'NAME';
  const peers = Math.max(...servers.map(({ id }) => id));
  return (
    `Type: quoll tls new keys --hosts ${hosts} --peers ${String(peers)} - and write, with the ` +
    'number of each peer, tls: { certFile: keys/peer-1.pem, keyFile: keys/peer-1.key, caFile: ' +
    'keys/ca.pem } (zoo.cfg: quoll.tls.certFile=keys/peer-1.pem and so on).'
  );
}
