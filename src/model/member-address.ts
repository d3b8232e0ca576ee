import { serverIdMax } from './ids.ts';
import type { Member } from './membership.ts';

// What a member may be called and where it may be: one rule for the service, the configuration and the command line.

/** Characters of a member's host, as of a name of the DNS; more are refused: badArguments. */
export const hostCharactersMax = 253;
export const portMax = 65_535;
/** Characters of a wrong address that are said back to whoever wrote it. */
const saidBackMax = 80;

const hostName = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const addressGroup = /^[0-9A-Fa-f]{1,4}$/;
/** An address of IPv4 at the end of one of IPv6 stands for two groups. */
const embeddedIpv4 = /(?<=:)(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Says whether this is a name or an address, without brackets and without a port. */
export function isHost(text: string): boolean {
  return text.length <= hostCharactersMax && (hostName.test(text) || isIpv6(text));
}

function isIpv6(text: string): boolean {
  const [address = '', zone, ...more] = text.split('%');
  if (more.length > 0 || (zone !== undefined && !/^[\w.-]+$/.test(zone))) return false;
  const halves = address.replace(embeddedIpv4, '0:0').split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (halves.length > 2 || !groups.every((group) => addressGroup.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

/** Gives a text that is the same for hosts that are: in any case, and with the dot at the end that a resolver allows. */
export function comparableHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** Gives what is wrong with a server's number, as a sentence; undefined when nothing is. */
export function mistakeInId(id: number): string | undefined {
  if (Number.isInteger(id) && id >= 1 && id <= serverIdMax) return undefined;
  return `A server has a number from 1 to ${String(serverIdMax)}, and not ${String(id)}.`;
}

/** Gives what is wrong with a member as somebody wants it, as a sentence; undefined when nothing is. */
export function mistakeInMember(member: Member): string | undefined {
  const { id, host, quorumPort, electionPort, client = '' } = member;
  const server = `server ${String(id)}`;
  const mistake = mistakeInId(id);
  if (mistake !== undefined) return mistake;
  if (!isHost(host)) {
    return (
      `The host of ${server} is a name or an address without brackets, of at most ${String(hostCharactersMax)} characters, ` +
      `and not "${host.slice(0, saidBackMax)}".`
    );
  }
  for (const port of [quorumPort, electionPort]) {
    if (Number.isInteger(port) && port >= 1 && port <= portMax) continue;
    return `The quorum port and the election port of ${server} are from 1 to ${String(portMax)}, and not ${String(port)}.`;
  }
  if (quorumPort === electionPort) {
    return `The quorum and the elections of ${server} need a port each, and both are ${String(quorumPort)}.`;
  }
  if (client === '' || isClientAddress(client)) return undefined;
  return (
    `Where clients of ZooKeeper's reach ${server} is HOST:PORT or a port, an IPv6 address in brackets, and not ` +
    `"${client.slice(0, saidBackMax)}".`
  );
}

function isClientAddress(text: string): boolean {
  const [, host, port] = /^(?:([^[\]:]+|\[[^[\]]*:[^[\]]*\]):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > portMax) return false;
  return host === undefined || isHost(host.replace(/^\[(.*)\]$/, '$1'));
}
