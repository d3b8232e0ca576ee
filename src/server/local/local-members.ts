import { bracketed } from '../../base/bracketed.ts';
import { bytesEqual, utf8 } from '../../base/bytes.ts';
import { superIdentities } from '../../model/acl.ts';
import { isRefusal, type Refusal } from '../../model/error-code.ts';
import type { ServerId } from '../../model/ids.ts';
import { isJoining, versionOf, type Membership } from '../../model/membership.ts';
import { zookeeperConfigPath } from '../../model/path.ts';
import type { MemberStep, MultiRequest } from '../../model/request.ts';
import { compareZxid, zxidToBigint, type Zxid } from '../../model/zxid.ts';
import type { Asking } from '../../service/auth.ts';
import type { AnswerMeta } from '../../service/call.ts';
import type {
  MembershipView,
  MembershipWish,
  MemberService,
  PendingChange,
} from '../../service/members.ts';
import { validateMembers } from '../../service/validate-members.ts';
import { validateTimeout } from '../../service/validate.ts';
import { membersOf } from '../members/next-members.ts';
import type { EnsembleServerOptions, ServerPorts } from '../options.ts';
import type { WriteResult } from '../requests/write-path.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Admission } from './admission.ts';
import type { AnswerCallback } from './entrance.ts';
import { whoIs } from './local-auth.ts';
import { judgeOperator } from './operators.ts';

type Changed = MembershipView & { readonly meta: AnswerMeta };
type Judge = (peer: RunningPeer, judged: (refusal: Refusal | undefined) => void) => void;

/** The public face of the membership is looked at this often, until it shows a change. */
const publishedLookMs = 20;
/** No znode is ever at this version: the ACL is asked, and nothing is changed. */
const neverAVersion = -2_147_483_648;

const changeRequest = { kind: 'admin', op: 'changeMembership', path: '' } as const;

/** Is `MemberService` on this peer: lets in who may, and brings the change to the leader as any write. */
export class LocalMembers implements MemberService {
  readonly #admission: Admission;
  readonly #options: EnsembleServerOptions;
  readonly #ports: Pick<ServerPorts, 'clock'>;

  constructor(
    admission: Admission,
    options: EnsembleServerOptions,
    ports: Pick<ServerPorts, 'clock'>,
  ) {
    this.#admission = admission;
    this.#options = options;
    this.#ports = ports;
  }

  list(): MembershipView {
    const { peer } = this.#admission.entrance;
    const { memberLines } = this.#options;
    const membership = peer?.applier.membership ?? null;
    const cluster = peer?.reporting.view();
    return {
      version: versionOf(membership),
      pending: pendingIn(peer?.zab.status.newestMembership ?? null, membership),
      members: membersOf(membership, memberLines).map((member) => ({
        ...member,
        votes: membership?.voters.some(({ id }) => id === member.id) === true,
        isJoining: membership !== null && isJoining(membership, member.id),
        client: member.client ?? '',
        isUp: cluster?.peers.some(({ id, state }) => id === member.id && state === 'up') === true,
        leads: cluster?.leaderId === member.id,
        isConfigured: memberLines.some(({ id }) => id === member.id),
      })),
    };
  }

  change(wish: MembershipWish, asking: Asking): Promise<Changed> {
    return this.#changeOnce(wish, asking, (peer, judged) => {
      judgeOperator({ admission: this.#admission, peer }, asking, 'change the membership', judged);
    });
  }

  async reconfigure(wish: MembershipWish, asking: Asking): Promise<Changed> {
    const { caller, timeoutMs } = asking;
    const expected = { version: neverAVersion };
    const op = { op: 'set', path: zookeeperConfigPath, data: null, expected } as const;
    const request: MultiRequest = { kind: 'multi', single: true, ops: [op] };
    const changed = await this.#changeOnce(wish, asking, (peer, judged) => {
      const context = this.#admission.contextOf(caller, undefined);
      peer.writes.submit(request, context, timeoutMs, (result) => {
        judged(isRefusal(result) && result.code !== 'badVersion' ? result : undefined);
      });
    });
    await this.#published(changed.version, timeoutMs);
    return changed;
  }

  /** The znode follows the change by a write of its own; ZooKeeper's clients are answered with what it says. */
  #published(version: Zxid, timeoutMs: number): Promise<void> {
    const { clock } = this.#ports;
    const wanted = `version=${zxidToBigint(version).toString(16)}`;
    const until = clock.now() + timeoutMs;
    return new Promise((resolve) => {
      const look = (): void => {
        const query = { read: 'data', path: zookeeperConfigPath } as const;
        const found = this.#admission.entrance.peer?.applier.state.read(query, superIdentities);
        const data = found !== undefined && 'data' in found ? found.data : null;
        const isThere = data !== null && endsWith(data, utf8(wanted));
        if (isThere || clock.now() >= until || this.#admission.entrance.isOver) resolve();
        else clock.after(publishedLookMs, look);
      };
      look();
    });
  }

  #changeOnce(
    wish: MembershipWish,
    { caller, timeoutMs }: Asking,
    mayCome: Judge,
  ): Promise<Changed> {
    const asked = { request: changeRequest, asker: caller };
    const who = validateTimeout(timeoutMs) ?? validateMembers(wish) ?? whoIs(caller);
    return this.#admission.promise<Changed>(asked, who, timeoutMs, (peer, given) => {
      const answer: AnswerCallback<Changed> = given;
      const done = (result: WriteResult): void => {
        this.#admission.audit.changedMembers(caller, describeSteps(wish), result);
        if (isRefusal(result)) answer(result);
        else answer({ ...this.list(), meta: this.#admission.entrance.meta() });
      };
      mayCome(peer, (refusal) => {
        if (refusal !== undefined) done(refusal);
        else {
          // Of no session: that of who asks has nothing to do with it.
          const context = { identities: this.#admission.recognize(caller.identities) };
          peer.writes.submit({ kind: 'reconfigure', ...wish }, context, timeoutMs, done);
        }
      });
    });
  }
}

function pendingIn(
  newest: Membership | null,
  membership: Membership | null,
): PendingChange | undefined {
  const version = versionOf(newest);
  if (newest?.members === undefined || compareZxid(version, versionOf(membership)) <= 0) {
    return undefined;
  }
  const votes = (id: ServerId): boolean => newest.voters.some((voter) => voter.id === id);
  return {
    version,
    members: newest.members.map(({ id, role }) => ({ id, role, votes: votes(id) })),
  };
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return bytesEqual(bytes.subarray(Math.max(0, bytes.length - end.length)), end);
}

/** For the audit log. */
function describeSteps({ steps, isWhole, force }: MembershipWish): string {
  const words = steps.map(describeStep).join(', ');
  return `${isWhole ? 'nobody but ' : ''}${words}${force ? ' (forced)' : ''}`;
}

function describeStep(step: MemberStep): string {
  switch (step.step) {
    case 'add':
    case 'put': {
      const { id, host, quorumPort, role } = step.member;
      return `${step.step} server ${String(id)} at ${bracketed(host)}:${String(quorumPort)} as ${role}`;
    }
    case 'remove':
      return `remove server ${String(step.id)}`;
    case 'role':
      return `server ${String(step.id)} as ${step.role}`;
  }
}
