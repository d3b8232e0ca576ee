import { serverId, serverIdMax } from '../../../model/ids.ts';
import type { Member } from '../../../model/membership.ts';
import type { MemberStep } from '../../../model/request.ts';
import { zeroZxid, zxidFromBigint, type Zxid } from '../../../model/zxid.ts';
import type { MembershipWish } from '../../../service/members.ts';
import type { JuteReader } from '../../../wire/jute/jute-reader.ts';
import { badArguments, badVersion, marshallingError } from '../../../wire/jute/protocol.ts';

// What can be said of a reconfig before anybody asks who sent it: ZooKeeper judges its words first, and then the ACL.

/** A ReconfigRequest. */
export interface Reconfig {
  /** Server lines with commas between them, and ids with commas; null when none join or leave. */
  readonly joining: string | null;
  readonly leaving: string | null;
  /** All lines of the new configuration, in place of those two. */
  readonly newMembers: string | null;
  /** The `version=` that it is to follow, in hex as the znode has it. Undefined: whichever it is. */
  readonly after: string | undefined;
}

const any = 0xffff_ffff;
const key = /^\s*([^=:\s]*)\s*[=:]?\s*([^]*)$/;
/** `host:quorumPort:electionPort[:role];[host:]clientPort`: what a server that joins must say. */
const serverSpec =
  /^(\[[^\]]+\]|[^:;,]+):(\d{1,5}):(\d{1,5})(:(participant|observer))?;(([^:;]+|\[[^\]]+\]):)?(\d{1,5})$/;
const portMax = 65_535;
/** Of each text, in characters: what is longer is no line-up of servers. */
export const reconfigTextMax = 16_384;

export function readReconfig(record: JuteReader): Reconfig {
  const joining = record.textOrNull();
  const leaving = record.textOrNull();
  const newMembers = record.textOrNull();
  const { high, low } = record.words();
  const after =
    high === any && low === any
      ? undefined
      : `${high.toString(16)}${low.toString(16).padStart(8, '0')}`.replace(/^0+(?=.)/, '');
  return { joining, leaving, newMembers, after };
}

/** Gives ZooKeeper's number for what makes no sense beside the configuration that there is; undefined when it does. */
export function errorOfReconfig(wanted: Reconfig, config: string): number | undefined {
  const { joining, leaving, newMembers, after } = wanted;
  const version = /^version=([0-9a-f]+)$/m.exec(config)?.[1];
  if (after !== undefined && version !== undefined && after !== version) return badVersion;
  const longest = Math.max(...[joining, leaving, newMembers].map((text) => text?.length ?? 0));
  if (longest > reconfigTextMax) return badArguments;
  if (newMembers !== null) return errorOfMembers(newMembers.split(/[,\n]/));
  const left = (leaving ?? '').split(',').filter((id) => id !== '');
  if (left.some((id) => !isId(id))) return marshallingError;
  for (const line of (joining ?? '').split(',').filter((text) => text !== '')) {
    const error = errorOfJoining(line);
    if (error !== undefined) return error;
  }
  const ids = idsIn(config);
  const remaining = ids.filter((id) => !left.some((gone) => Number(gone) === id));
  return remaining.length === 0 && joining === null && ids.length > 0 ? badArguments : undefined;
}

/**
 * Gives the change that is asked for, as ZooKeeper carries it out: who leaves goes first, whoever is not there is not missed,
 * and who joins takes the place of whoever has its number. Undefined for a number that no server of ours has. Only of what
 * makes sense.
 */
export function wishOf(wanted: Reconfig, config: string): MembershipWish | undefined {
  const { joining, leaving, newMembers, after } = wanted;
  const isWhole = newMembers !== null;
  const lines = (isWhole ? newMembers.split(/[,\n]/) : (joining ?? '').split(','))
    .map((line) => line.trim())
    .filter((line) => /^(server\.)?\d+\s*[=:]/.test(line));
  const puts = lines.map(memberIn);
  const ids = isWhole ? [] : (leaving ?? '').split(',').filter((id) => id !== '');
  const there = idsIn(config);
  const removed = ids.map(Number).filter((id) => there.includes(id));
  const steps: MemberStep[] = removed.map((id) => ({ step: 'remove', id: serverId(id) }));
  for (const member of puts) {
    if (member === undefined) return undefined;
    steps.push({ step: 'put', member });
  }
  const fromVersion = after === undefined ? undefined : versionOf(after);
  return { steps, isWhole, force: false, ...(fromVersion !== undefined && { fromVersion }) };
}

/** Until the membership is changed for the first time, the znode counts how often it was written: no epoch is as low. */
function versionOf(hex: string): Zxid {
  const version = zxidFromBigint(BigInt(`0x${hex}`));
  return version.epoch === 0 ? zeroZxid : version;
}

function memberIn(line: string): Member | undefined {
  const [, id = '', spec = ''] = /^(?:server\.)?(\d+)\s*[=:]\s*(\S*)$/.exec(line) ?? [];
  const [, host = '', quorum, election, , role, client = '', , clientPort = ''] =
    serverSpec.exec(spec) ?? [];
  const number = Number(id);
  if (host === '' || number < 1 || number > serverIdMax) return undefined;
  return {
    id: serverId(number),
    role: role === 'observer' ? 'observer' : 'participant',
    host: host.replace(/^\[(.*)\]$/, '$1'),
    quorumPort: Number(quorum),
    electionPort: Number(election),
    client: `${client}${clientPort}`,
  };
}

function idsIn(config: string): readonly number[] {
  return [...config.matchAll(/^server\.(\d+)=/gm)].map(([, id]) => Number(id));
}

function errorOfJoining(line: string): number | undefined {
  const [name = '', spec = '', ...more] = line.split('=').filter((part) => part !== '');
  if (spec === '' || more.length > 0) return badArguments;
  if (!isId(name.slice(name.lastIndexOf('.') + 1))) return marshallingError;
  return errorOfSpec(spec);
}

/** Of a whole configuration, which ZooKeeper reads as the properties of its file. */
function errorOfMembers(lines: readonly string[]): number | undefined {
  let servers = 0;
  for (const line of lines) {
    const [, name = '', value = ''] = key.exec(line) ?? [];
    if (name === '' || name === 'version') continue;
    const [kind = '', id = ''] = name.split('.');
    if (kind !== 'server' && kind !== 'group' && kind !== 'weight') return badArguments;
    if (!isId(id)) return marshallingError;
    if (kind !== 'server') continue;
    const error = errorOfSpec(value.trim());
    if (error !== undefined) return error;
    servers++;
  }
  return servers === 0 ? marshallingError : undefined;
}

function errorOfSpec(spec: string): number | undefined {
  const found = serverSpec.exec(spec);
  if (found === null) return badArguments;
  const ports = [found[2], found[3], found[8]].map(Number);
  return ports.some((port) => port > portMax) ? marshallingError : undefined;
}

function isId(text: string): boolean {
  return /^[+-]?\d{1,18}$/.test(text);
}
