import { unreachable } from '../base/assert.ts';
import type { ByteReader, ByteWriter } from '../base/bytes.ts';
import type { Member, MemberRole } from '../model/membership.ts';
import type { MemberStep, ReconfigureRequest } from '../model/request.ts';
import {
  choice,
  peersMax,
  readFlags,
  readList,
  readOptionalZxid,
  readServerId,
  writeList,
  writeOptionalZxid,
} from './values.ts';

// A change of the membership on its way to the leader.

const stepKind = choice<MemberStep['step']>({ add: 1, put: 2, remove: 3, role: 4 });
const memberRole = choice<MemberRole>({ participant: 1, observer: 2 });
const isWhole = 1;
const isForced = 2;
/** A number, and what is to become of it. */
const stepBytesMin = 2;
/** Each member may be named twice: to go and to come. */
const stepsMax = 2 * peersMax;

export const reconfigure = {
  write(to: ByteWriter, request: ReconfigureRequest): void {
    to.u8((request.isWhole ? isWhole : 0) | (request.force ? isForced : 0));
    writeOptionalZxid(to, request.fromVersion);
    writeList(to, request.steps, writeStep);
  },
  read(from: ByteReader): ReconfigureRequest {
    const flags = readFlags(from, isWhole | isForced);
    const fromVersion = readOptionalZxid(from);
    return {
      kind: 'reconfigure',
      steps: readList(from, stepBytesMin, readStep, stepsMax),
      isWhole: (flags & isWhole) !== 0,
      ...(fromVersion !== undefined && { fromVersion }),
      force: (flags & isForced) !== 0,
    };
  },
};

function writeStep(to: ByteWriter, step: MemberStep): void {
  stepKind.write(to, step.step);
  switch (step.step) {
    case 'add':
    case 'put':
      writeMember(to, step.member);
      return;
    case 'remove':
      to.u8(step.id);
      return;
    case 'role':
      to.u8(step.id);
      memberRole.write(to, step.role);
      return;
    default:
      unreachable(step);
  }
}

function readStep(from: ByteReader): MemberStep {
  const step = stepKind.read(from);
  switch (step) {
    case 'add':
    case 'put':
      return { step, member: readMember(from) };
    case 'remove':
      return { step, id: readServerId(from) };
    case 'role':
      return { step, id: readServerId(from), role: memberRole.read(from) };
  }
}

function writeMember(to: ByteWriter, member: Member): void {
  to.u8(member.id);
  memberRole.write(to, member.role);
  to.text(member.host).u32(member.quorumPort).u32(member.electionPort);
  to.text(member.client ?? '');
}

function readMember(from: ByteReader): Member {
  const id = readServerId(from);
  const role = memberRole.read(from);
  const host = from.text();
  const address = { host, quorumPort: from.u32(), electionPort: from.u32() };
  const client = from.text();
  return { id, role, ...address, ...(client !== '' && { client }) };
}
