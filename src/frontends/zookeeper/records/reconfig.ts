import { serverId } from '../../../model/ids.ts';
import { portMax } from '../../../model/member-address.ts';
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
  /^(\[[^\]]+\]|[^:;,]+):(\d{1,5}):(\d{1,5})(:(participant|observer))?;(([^:;]+|\[[^\]]+\]):)?(\d{1,5})$/i;
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

/**
 * Gives the change that is asked for, as ZooKeeper carries it out: who leaves goes first, whoever is not there is not missed,
 * and who joins takes the place of whoever has its number. Or ZooKeeper's number for what makes no sense beside the
 * configuration that there is. What a member may be is the service's to say, for all doors.
 */
export function wishOf(wanted: Reconfig, config: string): MembershipWish | number {
  const { joining, leaving, newMembers, after } = wanted;
  const version = /^version=([0-9a-f]+)$/m.exec(config)?.[1];
  if (after !== undefined && version !== undefined && after !== version) return badVersion;
  const longest = Math.max(...[joining, leaving, newMembers].map((text) => text?.length ?? 0));
  if (longest > reconfigTextMax) return badArguments;
  const isWhole = newMembers !== null;
  const steps = isWhole
    ? stepsOfWhole(newMembers.split(/[,\n]/))
    : stepsOf({ joining, leaving }, idsIn(config));
  if (typeof steps === 'number') return steps;
  const fromVersion = after === undefined ? undefined : versionOf(after);
  return { steps, isWhole, force: false, ...(fromVersion !== undefined && { fromVersion }) };
}

/** Until the membership is changed for the first time, the znode counts how often it was written: no epoch is as low. */
function versionOf(hex: string): Zxid {
  const version = zxidFromBigint(BigInt(`0x${hex}`));
  return version.epoch === 0 ? zeroZxid : version;
}

function idsIn(config: string): readonly number[] {
  return [...config.matchAll(/^server\.(\d+)=/gm)].map(([, id]) => Number(id));
}

/** Of who joins and who leaves. */
function stepsOf(
  { joining, leaving }: Pick<Reconfig, 'joining' | 'leaving'>,
  there: readonly number[],
): MemberStep[] | number {
  const left = partsOf(leaving, ',');
  if (left.some((id) => !isId(id))) return marshallingError;
  const removed = there.filter((id) => left.some((gone) => Number(gone) === id));
  const steps: MemberStep[] = removed.map((id) => ({ step: 'remove', id: serverId(id) }));
  for (const line of partsOf(joining, ',')) {
    const [name = '', spec = '', ...more] = partsOf(line, '=');
    if (spec === '' || more.length > 0) return badArguments;
    // Whatever stands before the last dot: ZooKeeper does not look at it.
    const step = putOf(name.slice(name.lastIndexOf('.') + 1), spec);
    if (typeof step === 'number') return step;
    steps.push(step);
  }
  const isEmptied = there.length > 0 && removed.length === there.length && joining === null;
  return isEmptied ? badArguments : steps;
}

/** Of a whole configuration, which ZooKeeper reads as the properties of its file. */
function stepsOfWhole(lines: readonly string[]): MemberStep[] | number {
  const steps: MemberStep[] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = key.exec(line) ?? [];
    if (name === '' || name === 'version') continue;
    const [kind = '', id = ''] = name.split('.');
    if (kind !== 'server' && kind !== 'group' && kind !== 'weight') return badArguments;
    if (!isId(id)) return marshallingError;
    if (kind !== 'server') continue;
    const step = putOf(id, value.trim());
    if (typeof step === 'number') return step;
    steps.push(step);
  }
  return steps.length === 0 ? marshallingError : steps;
}

function putOf(id: string, spec: string): MemberStep | number {
  if (!isId(id)) return marshallingError;
  const [, host = '', quorum, election, , role, client = '', , clientPort = ''] =
    serverSpec.exec(spec) ?? [];
  if (host === '') return badArguments;
  const ports = [quorum, election, clientPort].map(Number);
  if (ports.some((port) => port > portMax)) return marshallingError;
  const member: Member = {
    id: serverId(Number(id)),
    role: role?.toLowerCase() === 'observer' ? 'observer' : 'participant',
    host: host.replace(/^\[(.*)\]$/, '$1'),
    quorumPort: Number(quorum),
    electionPort: Number(election),
    client: `${client}${clientPort}`,
  };
  return { step: 'put', member };
}

/** As ZooKeeper splits a text: without spaces around, and without empty parts. */
function partsOf(text: string | null, separator: string): string[] {
  const parts = (text ?? '').split(separator).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function isId(text: string): boolean {
  return /^[+-]?\d{1,18}$/.test(text);
}
