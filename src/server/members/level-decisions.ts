import { refused, type Refusal } from '../../model/error-code.ts';
import type { ServerId } from '../../model/ids.ts';
import { newestLevel } from '../../model/level.ts';
import type { RaiseLevelRequest } from '../../model/request.ts';
import type { LevelVerdict } from '../../zab/level-change.ts';
import type { MembershipDecision, MembershipDecisionsParts } from './membership-decisions.ts';
import { isUnseen, notLeading, tooBusy } from './not-now.ts';

type Refused = Extract<LevelVerdict, { verdict: 'refused' }>;

/** Does the leader's side of a wish for a higher level: whoever stands in the configuration belongs to the ensemble too. */
export function decideLevel(
  { zab, options }: MembershipDecisionsParts,
  { level, isTrial }: RaiseLevelRequest,
): MembershipDecision {
  const { membership } = zab.status;
  // Once members are written down, a line that is left over says nothing.
  const lines = membership?.members === undefined ? options.memberLines : [];
  const alsoKnown = lines.map(({ id }) => id);
  const verdict = zab.raiseLevel({ level, alsoKnown, isTrial });
  switch (verdict.verdict) {
    case 'proposed':
      return { kind: 'proposed', zxid: verdict.zxid };
    case 'possible':
    case 'unchanged':
      return { kind: 'nothing' };
    case 'refused':
      return { kind: 'refusal', refusal: inWords(verdict, level), isUnseen: isUnseen(verdict) };
  }
}

function inWords({ why, level, absent, older }: Refused, wanted: number): Refusal {
  switch (why) {
    case 'notLeading':
      return notLeading();
    case 'busy':
      return tooBusy();
    case 'changeInFlight':
      return refused(
        'reconfigInProgress',
        'The last change is not committed by a quorum yet. Ask again once it is.',
      );
    case 'lower':
      return cannot(
        `The ensemble is at level ${String(level)}, and a level is never lowered: what it brought may be written already. ` +
          'The way back is a copy that was taken before: quoll restore',
      );
    case 'unknown':
      return cannot(
        `This version knows no level ${String(wanted)}: its newest is ${String(newestLevel)}. Upgrade every server first.`,
      );
    case 'notAll':
      return cannot(whoIsMissing(absent, older), { retryable: true });
  }
}

function whoIsMissing(absent: readonly ServerId[], older: readonly ServerId[]): string {
  const reasons = [
    ...(older.length > 0 ? [`${serversIn(older)} of an earlier version: upgrade first`] : []),
    ...(absent.length > 0
      ? [`${serversIn(absent)} not there: start, or remove for good (quoll member remove)`]
      : []),
  ];
  return `Every server must be there and know the level, for it can't be taken back. Not so: ${reasons.join('; ')}.`;
}

function serversIn(ids: readonly ServerId[]): string {
  const named = ids.map(String).join(', ');
  return ids.length === 1 ? `server ${named} is` : `servers ${named} are`;
}

function cannot(detail: string, more: { readonly retryable?: boolean } = {}): Refusal {
  return refused('cannotRaiseLevel', detail, more);
}
