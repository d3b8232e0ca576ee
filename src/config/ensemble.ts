import { comparableHost } from '../model/member-address.ts';
import type { ServerLine } from '../model/server-line.ts';
import type { ConfigEntry } from './config-entry.ts';
import { isLoopbackHost } from './config.ts';
import type { Findings } from './findings.ts';
import { parseServerLine, serverLineForm, type ConfiguredServer } from './configured-server.ts';

/** Reads the server lines of an ensemble, in order of id; wrong ones are complaints and left out. */
export function readServerLines(
  entries: readonly ConfigEntry[],
  findings: Findings,
): ConfiguredServer[] {
  const lines = new Map<number, ConfiguredServer>();
  const takenBy = new Map<string, string>();
  const saidBy = new Map<number, { readonly text: string; readonly where: string }>();
  for (const { key, name, text, where, mistake } of entries) {
    if (mistake !== undefined) {
      findings.complain(where, mistake.problem, mistake.fix);
      continue;
    }
    const id = key.slice('servers.'.length);
    const line = parseServerLine(id, text);
    if (typeof line === 'string') {
      findings.complain(where, `${name}=${text}: ${line}`, `Write ${serverLineForm}`);
      continue;
    }
    const { server } = line;
    const earlier = saidBy.get(server.id);
    if (earlier !== undefined && earlier.text !== text) {
      findings.complain(
        where,
        `server ${id} stands in ${earlier.where} too, as ${earlier.text}`,
        'Give each server a number of its own.',
      );
    }
    saidBy.set(server.id, { text, where });
    for (const port of [server.quorumPort, server.electionPort]) {
      const address = `${comparableHost(server.host)}:${String(port)}`;
      const taken = takenBy.get(address);
      if (taken !== undefined && taken !== id) {
        findings.complain(
          where,
          `servers ${taken} and ${id} share ${address}`,
          'Give each server ports of its own.',
        );
      }
      takenBy.set(address, id);
    }
    lines.set(server.id, line);
  }
  const sorted = [...lines.values()].sort((left, right) => left.server.id - right.server.id);
  if (sorted.length > 0 && sorted.every(({ server }) => server.role === 'observer')) {
    findings.complain(
      entries[0]?.where ?? 'servers',
      'every server is an observer',
      'At least one server must be a participant: nobody could vote.',
    );
  }
  return sorted;
}

/** Says whether what the peers say to each other may leave this machine. */
export function leavesLoopback(servers: readonly ServerLine[], peerHost: string): boolean {
  return (
    servers.length > 1 && ![peerHost, ...servers.map(({ host }) => host)].every(isLoopbackHost)
  );
}
