import type {
  ChangeMembersRequest__Output,
  ChangeMembersResponse,
  ListMembersResponse,
  Member__Output,
  PendingChange,
} from '../../../generated/quoll/v1/cluster.ts';
import { serverId } from '../../../model/ids.ts';
import type { Member, MemberRole } from '../../../model/membership.ts';
import { zeroZxid } from '../../../model/zxid.ts';
import type { MemberStep } from '../../../model/request.ts';
import type { MembershipView } from '../../../service/members.ts';
import { encodeMeta } from '../messages/encode.ts';
import { badField, longOfZxid, zxidOf } from '../messages/numbers.ts';
import type { OtherOperation } from './operation.ts';

// Who belongs to the ensemble, and changes of that.

export const listMembers: OtherOperation<unknown, ListMembersResponse> = {
  ask: ({ service }) => {
    const view = service.members.list();
    const pending = encodePending(view);
    return Promise.resolve({ ...encodeMembers(view), pending, meta: encodeMeta(service.meta()) });
  },
};

export const changeMembers: OtherOperation<ChangeMembersRequest__Output, ChangeMembersResponse> = {
  async ask({ service }, request, asking) {
    const steps = stepsOf(request);
    if (steps.length === 0) {
      throw badField('add', 'or remove, promote or demote names whom the change is about');
    }
    const { force, checksVersion } = request;
    // 0 is what an ensemble was founded with.
    const version = zxidOf(request.fromVersion, 'from_version') ?? zeroZxid;
    const wish = {
      steps,
      isWhole: false,
      force,
      ...(checksVersion && { fromVersion: version }),
    };
    const { meta, ...view } = await service.members.change(wish, asking);
    return { ...encodeMembers(view), meta: encodeMeta(meta) };
  },
};

function stepsOf({ add, remove, promote, demote }: ChangeMembersRequest__Output): MemberStep[] {
  return [
    ...remove.map((id) => ({ step: 'remove', id: serverId(id) }) as const),
    ...add.map((member) => ({ step: 'add', member: memberIn(member) }) as const),
    ...promote.map((id) => ({ step: 'role', id: serverId(id), role: 'participant' }) as const),
    ...demote.map((id) => ({ step: 'role', id: serverId(id), role: 'observer' }) as const),
  ];
}

function memberIn({ id, role, host, quorumPort, electionPort, client }: Member__Output): Member {
  return {
    id: serverId(id),
    role: role === 'MEMBER_ROLE_OBSERVER' ? 'observer' : 'participant',
    host,
    quorumPort,
    electionPort,
    ...(client !== '' && { client }),
  };
}

const memberRoles = {
  participant: 'MEMBER_ROLE_PARTICIPANT',
  observer: 'MEMBER_ROLE_OBSERVER',
} as const satisfies Record<MemberRole, string>;

function encodePending({ pending }: MembershipView): PendingChange | null {
  if (pending === undefined) return null;
  return {
    version: longOfZxid(pending.version),
    members: pending.members.map((member) => ({ ...member, role: memberRoles[member.role] })),
  };
}

function encodeMembers({
  version,
  members,
}: MembershipView): Omit<ListMembersResponse, 'meta' | 'pending'> {
  return {
    version: longOfZxid(version),
    members: members.map((member) => ({
      id: member.id,
      role: memberRoles[member.role],
      host: member.host,
      quorumPort: member.quorumPort,
      electionPort: member.electionPort,
      client: member.client,
      votes: member.votes,
      isJoining: member.isJoining,
      isUp: member.isUp,
      leads: member.leads,
      inConfig: member.isConfigured,
    })),
  };
}
