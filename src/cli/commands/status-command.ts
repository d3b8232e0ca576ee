import type { Command } from 'commander';
import {
  baseOf,
  examples,
  withClientOptions,
  writeJson,
  zxidInHex,
  type ClientOptions,
} from '../client/client-command.ts';
import { askForSuccess, documentOf } from '../client/rest-client.ts';
import { table, type Terminal } from '../terminal/terminal.ts';

type Document = Readonly<Record<string, unknown>>;

export function addStatusCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('status'))
    .description('show the ensemble: who leads, who follows, how far each peer is')
    .addHelpText('after', examples('quoll status', 'quoll status --url http://127.0.0.1:2190'))
    .action(async (options: ClientOptions) => {
      const answer = await askForSuccess(baseOf(options), { method: 'GET', path: '/v1/cluster' });
      const cluster = documentOf(answer);
      if (options.output === 'json') writeJson(terminal, cluster);
      else terminal.write(describeCluster(cluster));
    });
}

function describeCluster(cluster: Document): string {
  const self = (cluster['self'] ?? {}) as Document;
  const peers = Array.isArray(cluster['peers']) ? (cluster['peers'] as Document[]) : [];
  const id = text(cluster['clusterId']);
  const { leaderId } = cluster as { leaderId?: unknown };
  const leader = typeof leaderId === 'number' ? `peer ${String(leaderId)}` : 'nobody now';
  const heading = [
    `ensemble ${id === '' ? 'not founded yet' : id}`,
    `epoch ${text(cluster['epoch'])}`,
    `led by ${leader}`,
    `asked peer ${text(self['id'])} (${text(self['role'])})`,
  ].join(', ');
  const rows = peers.map((peer) => [
    text(peer['id']),
    text(peer['role']),
    text(peer['state']),
    text(peer['http']),
    zxidInHex(peer['lastZxid']),
    typeof peer['lagMs'] === 'number' ? `${String(Math.round(peer['lagMs']))} ms` : '-',
  ]);
  return `${heading}\n${table([['PEER', 'ROLE', 'STATE', 'HTTP', 'LAST ZXID', 'LAG'], ...rows])}`;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}
