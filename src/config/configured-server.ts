import { serverId } from '../model/ids.ts';
import type { ServerLine } from '../model/server-line.ts';
import type { DoorAddress } from './config.ts';
import { javaInt, javaSplit } from './java-values.ts';
import { parseHost, parsePort } from './setting.ts';

/** A server line, and the client port that ZooKeeper allows at its end. */
export interface ConfiguredServer {
  readonly server: ServerLine;
  readonly client: Partial<DoorAddress>;
}

export const serverLineForm =
  'server.N=host:quorumPort:electionPort[:participant|observer][;[address:]clientPort]';

/** Splits at colons as ZooKeeper does, but not at those of a bracketed IPv6 address; an unbracketed one makes too many. */
function split(part: string): string[] {
  const [, host, rest] = /^(\[[^\]]*\]):(.*)$/.exec(part) ?? [];
  if (host === undefined || rest === undefined) return javaSplit(part, ':');
  return [host, ...javaSplit(rest, ':')];
}

/** A port as ZooKeeper reads one: with zeros or a plus before it. */
function portOf(text: string): number | undefined {
  return parsePort(String(javaInt(text)));
}

/** Reads what stands behind `server.N=`; a string says what is wrong with it. */
export function parseServerLine(id: string, line: string): ConfiguredServer | string {
  if (!/^([1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.test(id)) return 'N must be a number from 1 to 255';
  const [address = '', clientPart, ...more] = javaSplit(line, ';');
  if (more.length > 0) return 'one semicolon at most';
  if (address.includes('|')) return 'several addresses for one server are not supported: keep one';
  const [hostText = '', quorumText = '', electionText = '', roleText = 'participant', ...rest] =
    split(address);
  const role = roleText.trim().toLowerCase();
  const host = parseHost(hostText);
  const quorumPort = portOf(quorumText);
  const electionPort = portOf(electionText);
  if (host === undefined) return `"${hostText}" is not a host`;
  if (!quorumPort || !electionPort) return 'two ports from 1 to 65535 must follow the host';
  if (quorumPort === electionPort) return 'quorum and election need a port each';
  if ((role !== 'participant' && role !== 'observer') || rest.length > 0) {
    return `"${[roleText, ...rest].join(':')}" is neither participant nor observer`;
  }
  const client = clientPart === undefined ? {} : parseClientPart(clientPart);
  if (client === undefined) return `"${clientPart ?? ''}" is not a client port`;
  return { server: { id: serverId(Number(id)), host, quorumPort, electionPort, role }, client };
}

function parseClientPart(part: string): Partial<DoorAddress> | undefined {
  const pieces = split(part);
  const port = portOf(pieces.at(-1) ?? '');
  if (port === undefined || pieces.length > 2) return undefined;
  if (pieces.length === 1) return { port };
  const host = parseHost(pieces[0] ?? '');
  return host === undefined ? undefined : { host, port };
}
