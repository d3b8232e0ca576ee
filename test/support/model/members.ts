import { serverId } from '../../../src/model/ids.ts';
import type { Member, MemberRole } from '../../../src/model/membership.ts';
import type { MemberStep } from '../../../src/model/request.ts';

/** A member at `h` and its number. */
export function aMember(id: number, more: Partial<Member> = {}): Member {
  const ports = { quorumPort: 2888, electionPort: 3888 };
  return { id: serverId(id), role: 'participant', host: `h${String(id)}`, ...ports, ...more };
}

export function adding(id: number, more: Partial<Member> = {}): MemberStep {
  return { step: 'add', member: aMember(id, more) };
}

export function putting(id: number, more: Partial<Member> = {}): MemberStep {
  return { step: 'put', member: aMember(id, more) };
}

export function removing(id: number): MemberStep {
  return { step: 'remove', id: serverId(id) };
}

export function turning(id: number, role: MemberRole): MemberStep {
  return { step: 'role', id: serverId(id), role };
}
