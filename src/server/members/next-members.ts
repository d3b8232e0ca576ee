import { bracketed } from '../../base/bracketed.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { ServerId } from '../../model/ids.ts';
import { comparableHost } from '../../model/member-address.ts';
import type { Member, Membership } from '../../model/membership.ts';
import type { MemberStep, ReconfigureRequest } from '../../model/request.ts';
import type { ServerLine } from '../../model/server-line.ts';

/**
 * Gives who belongs to the ensemble: as the membership says or, until it was changed for the first time, as a peer's
 * configuration has it. Who is configured as a participant and has no vote is a copy that serves clients: an observer.
 */
export function membersOf(
  membership: Membership | null,
  lines: readonly ServerLine[],
): readonly Member[] {
  if (membership?.members !== undefined) return membership.members;
  const voters = membership?.voters.map(({ id }) => id) ?? [];
  return lines.map(({ id, host, quorumPort, electionPort }) => ({
    id,
    role: voters.includes(id) ? 'participant' : 'observer',
    host,
    quorumPort,
    electionPort,
  }));
}

/** Works out who there will be, or says which step can't be done. */
export function nextMembers(
  { steps, isWhole }: Pick<ReconfigureRequest, 'steps' | 'isWhole'>,
  current: readonly Member[],
): readonly Member[] | Refusal {
  const members = new Map<ServerId, Member>();
  if (!isWhole) for (const member of current) members.set(member.id, member);
  for (const step of steps) {
    const refusal = take(step, members);
    if (refusal !== undefined) return refusal;
  }
  return [...members.values()];
}

function take(step: MemberStep, members: Map<ServerId, Member>): Refusal | undefined {
  switch (step.step) {
    case 'put':
      members.set(step.member.id, step.member);
      return undefined;
    case 'add':
      return add(step.member, members);
    case 'remove':
      return members.delete(step.id) ? undefined : noMember(step.id, members);
    case 'role': {
      const member = members.get(step.id);
      if (member === undefined) return noMember(step.id, members);
      members.set(step.id, { ...member, role: step.role });
      return undefined;
    }
  }
}

function add(wanted: Member, members: Map<ServerId, Member>): Refusal | undefined {
  const { id } = wanted;
  const there = members.get(id);
  if (there !== undefined && !isSamePlace(there, wanted)) {
    const detail =
      `Server ${String(id)} is a member at ${addressOf(there)}. Give the new one another number, or remove that one ` +
      `first: quoll member remove ${String(id)}`;
    return refused('memberExists', detail);
  }
  // It keeps its name as it is written: another spelling is no change.
  members.set(id, there === undefined ? wanted : { ...there, ...wanted, host: there.host });
  return undefined;
}

function noMember(id: ServerId, members: ReadonlyMap<ServerId, Member>): Refusal {
  const known = [...members.keys()].map(String).join(', ');
  return refused('noMember', `There is no server ${String(id)}: the members are ${known}.`);
}

function isSamePlace(left: Member, right: Member): boolean {
  return (
    comparableHost(left.host) === comparableHost(right.host) &&
    left.quorumPort === right.quorumPort &&
    left.electionPort === right.electionPort
  );
}

function addressOf({ host, quorumPort, electionPort }: Member): string {
  return `${bracketed(host)}:${String(quorumPort)}:${String(electionPort)}`;
}
