import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { ServerId } from '../../model/ids.ts';
import { membersLevel } from '../../model/level.ts';
import { levelOf, type Member, type Membership } from '../../model/membership.ts';
import type { ReconfigureRequest } from '../../model/request.ts';
import { zxidToDecimal, type Zxid } from '../../model/zxid.ts';
import type { MembershipVerdict } from '../../zab/membership-change.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { EnsembleServerOptions } from '../options.ts';
import { membersOf, nextMembers } from './next-members.ts';
import { isUnseen, notLeading, tooBusy } from './not-now.ts';

export interface MembershipDecisionsParts {
  readonly zab: ZabCore;
  readonly options: Pick<EnsembleServerOptions, 'self' | 'memberLines' | 'listensForPeers'>;
}

/** What the leader makes of a change: an entry, nothing to do, or a refusal (`isUnseen`: nothing was looked at for it). */
export type MembershipDecision =
  | { readonly kind: 'proposed'; readonly zxid: Zxid }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refusal'; readonly refusal: Refusal; readonly isUnseen: boolean };

type Refused = Extract<MembershipVerdict, { verdict: 'refused' }>;

/** Does the leader's side of a change of the membership: puts the wish into a list, and the core's refusals into words. */
export function decideMembership(
  { zab, options }: MembershipDecisionsParts,
  request: ReconfigureRequest,
): MembershipDecision {
  const current = zab.status.membership;
  if (levelOf(current) < membersLevel) return seen(levelTooLow());
  const members = nextMembers(request, membersOf(current, options.memberLines));
  if (isRefusal(members)) return seen(members);
  const refusal = withoutAddress(current, options) ?? withoutPorts(members, options);
  if (refusal !== undefined) return seen(refusal);
  const { fromVersion, force } = request;
  const verdict = zab.changeMembership({ members, fromVersion, force, mayJoin: true });
  if (verdict.verdict === 'proposed') return { kind: 'proposed', zxid: verdict.zxid };
  if (verdict.why === 'unchanged') return { kind: 'nothing' };
  return { kind: 'refusal', refusal: inWords(verdict, members), isUnseen: isUnseen(verdict) };
}

function seen(refusal: Refusal): MembershipDecision {
  return { kind: 'refusal', refusal, isUnseen: false };
}

/** The first change writes down where everybody is, as the leader's configuration has it. */
function withoutAddress(
  current: Membership | null,
  { self, memberLines }: MembershipDecisionsParts['options'],
): Refusal | undefined {
  if (current === null || current.members !== undefined) return undefined;
  const missing = current.voters.filter(({ id }) => !memberLines.some((line) => line.id === id));
  if (missing.length === 0) return undefined;
  const detail =
    `The first change writes down where every server is, and the configuration of the leader, server ${String(self)}, has ` +
    `no line for server ${idsOf(missing.map(({ id }) => id))}: add it there, and start the leader again.`;
  return refused('badArguments', detail);
}

/** An ensemble of one need not listen for peers: then nobody can join it. */
function withoutPorts(
  members: readonly Member[],
  { self, listensForPeers }: MembershipDecisionsParts['options'],
): Refusal | undefined {
  if (listensForPeers || members.every(({ id }) => id === self)) return undefined;
  const id = String(self);
  const detail =
    `Server ${id} is alone and does not listen for others. Start it again with a line for itself and for each that is to ` +
    `join (--servers ${id}=HOST:2888:3888,N=HOST:2888:3888; in a zoo.cfg server.${id}=HOST:2888:3888), and with ` +
    'peer.secretFile or TLS where they are on several machines. Then add them.';
  return refused('badArguments', detail);
}

function inWords({ why, members, version }: Refused, wanted: readonly Member[]): Refusal {
  const who = idsOf(members);
  switch (why) {
    case 'notLeading':
      return notLeading();
    case 'busy':
      return tooBusy();
    case 'changeInFlight':
      return refused(
        'reconfigInProgress',
        'The last change is not committed by a quorum of old and new voters yet. Ask again once it is.',
      );
    case 'otherVersion':
      return refused(
        'badVersion',
        `The membership was changed since you looked: it is at version ${zxidToDecimal(version)}. Look again: quoll member list`,
      );
    case 'noVoter':
      return refused('badArguments', 'Nobody would vote: at least one member is a participant.');
    case 'doubled':
      return refused('badArguments', `Server ${who} has the number or an address of another one.`);
    case 'tooLarge':
      return refused('tooLarge', 'The membership would be too large: use shorter host names.');
    case 'notCaughtUp':
      return refused(
        'newConfigNoQuorum',
        `Server ${who} would vote and has not caught up: nobody would be left who can. Wait until a member has its vote.`,
      );
    case 'noQuorum':
      return refused(
        'newConfigNoQuorum',
        `Of the new voters (${idsOf(votersOf(wanted))}) a majority must be there and up to date, and server ${who} is not. ` +
          'Start it first. With force it need be there only, however far it is.',
      );
    case 'levelTooLow':
      return levelTooLow();
    case 'unchanged':
      return refused('badArguments', 'Nothing would change.');
  }
}

function levelTooLow(): Refusal {
  return refused(
    'levelTooLow',
    `Members are written down from level ${String(membersLevel)} on, which the version before can't read. Once every server ` +
      'runs this version, and none is to go back: quoll upgrade finish',
  );
}

function votersOf(members: readonly Member[]): readonly ServerId[] {
  return members.filter(({ role }) => role === 'participant').map(({ id }) => id);
}

function idsOf(ids: readonly ServerId[]): string {
  return ids.map(String).join(', ');
}
