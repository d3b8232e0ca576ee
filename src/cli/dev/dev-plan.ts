import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts, isFree } from '../../config/free-ports.ts';
import { writeNewSecret } from '../../config/secret.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';

// Where the peers of `quoll dev` listen and keep their data.

export interface PeerPlan {
  readonly id: number;
  readonly ports: {
    readonly http: number;
    readonly zookeeper: number;
    readonly grpc: number;
    readonly quorum: number;
    readonly election: number;
  };
  readonly dataDir: string;
  readonly configFile: string;
}

const host = '127.0.0.1';
const portsPerPeer = 5;

/**
 * Plans the peers, ten ports apart, as the documentation has them (2180, 2190, ...); with a base of 0, whatever is
 * free.
 */
export async function planPeers(
  count: number,
  basePort: number,
  folder: string,
): Promise<PeerPlan[]> {
  const free = basePort === 0 ? await freePorts(count * portsPerPeer) : [];
  return Array.from({ length: count }, (_, index) => {
    const own = free.slice(index * portsPerPeer, (index + 1) * portsPerPeer);
    // 2180, 2181, 2182, 2888 and 3888 for the first peer.
    const [http = 0, zookeeper = 0, grpc = 0, quorum = 0, election = 0] =
      basePort === 0 ? own : [0, 1, 2, 708, 1708].map((offset) => basePort + offset + 10 * index);
    const name = `peer-${String(index + 1)}`;
    return {
      id: index + 1,
      ports: { http, zookeeper, grpc, quorum, election },
      dataDir: resolve(folder, name),
      configFile: join(folder, `${name}.yaml`),
    };
  });
}

/** Says which ports are taken, all of them, before any peer is started. */
export async function checkPortsAreFree(plans: readonly PeerPlan[]): Promise<void> {
  const taken: string[] = [];
  for (const { id, ports } of plans) {
    for (const [name, port] of Object.entries(ports)) {
      if (!(await isFree(port))) taken.push(`${String(port)} (${name} of peer ${String(id)})`);
    }
  }
  if (taken.length === 0) return;
  throw new CommandFailed(exitCode.error, `Ports are taken: ${taken.join(', ')}`, {
    hint:
      'Is another `npm start` or `quoll dev` running? Stop it (Ctrl-C there),\n' +
      'or take other ports: --base-port 4180, or --base-port 0 for free ones.',
  });
}

/**
 * Writes a file for each peer, so that one that was killed is started again with one short command; and once the secret
 * that they share, which only the owner may read.
 */
export function writeConfigs(plans: readonly PeerPlan[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  const before = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^peer-\d+\.yaml$/.test(name)).length
    : 0;
  if (before !== 0 && before !== plans.length) {
    throw new CommandFailed(exitCode.usage, `${folder} holds an ensemble of ${String(before)}`, {
      hint: `Use --peers ${String(before)}, or another directory: --data DIR.`,
    });
  }
  const secretFile = resolve(folder, 'peer.secret');
  // Without one, whoever is on this machine could speak as a peer, and to peers everybody is who he says.
  if (!existsSync(secretFile)) writeNewSecret(secretFile);
  for (const plan of plans) writeFileSync(plan.configFile, configOf(plan, plans, secretFile));
}

function configOf(
  { id, ports, dataDir }: PeerPlan,
  plans: readonly PeerPlan[],
  secretFile: string,
): string {
  const { http, zookeeper, grpc } = ports;
  const servers = plans.map(
    (peer) =>
      `  ${String(peer.id)}: ${host}:${String(peer.ports.quorum)}:${String(peer.ports.election)}`,
  );
  const origins = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `http://${name}:*`);
  return [
    '# Written by `quoll dev` at every start.',
    `serverId: ${String(id)}`,
    // JSON's strings are YAML's.
    `dataDir: ${JSON.stringify(dataDir)}`,
    'servers:',
    ...servers,
    `peer: { secretFile: ${JSON.stringify(secretFile)} }`,
    'http:',
    `  port: ${String(http)}`,
    `  allowedOrigins: ${JSON.stringify(origins)}`,
    `zookeeper: { port: ${String(zookeeper)} }`,
    `grpc: { port: ${String(grpc)} }`,
    'log: { level: warn, format: pretty }',
    '',
  ].join('\n');
}
