import type { ServerId } from '../model/ids.ts';
import { newestLevelFor, protocolOf, type ProtocolRange } from '../model/level.ts';
import { levelOf, type Membership } from '../model/membership.ts';
import type { Zxid } from '../model/zxid.ts';

/** That the ensemble be at a higher level from now on. */
export interface LevelWish {
  readonly level: number;
  /** Peers that belong to the ensemble as far as is known, beside those that the membership names. */
  readonly alsoKnown: readonly ServerId[];
  /** Only says whether it could be done. */
  readonly isTrial: boolean;
}

export type LevelRefusal =
  /** This peer does not lead, or does not serve (any more). */
  | 'notLeading'
  /** A limit is reached: the same may be taken a moment later. */
  | 'busy'
  /** A change of the membership, or of the level, is not committed yet. */
  | 'changeInFlight'
  /** It is at a higher one already. */
  | 'lower'
  /** This build knows no such level. */
  | 'unknown'
  /** Not all that are known are here and know it. */
  | 'notAll';

export type LevelVerdict =
  | { readonly verdict: 'proposed'; readonly zxid: Zxid }
  /** It is at that level, or could be raised to it. */
  | { readonly verdict: 'unchanged' | 'possible' }
  | {
      readonly verdict: 'refused';
      readonly why: LevelRefusal;
      /** In force. */
      readonly level: number;
      /** Known, and not here. */
      readonly absent: readonly ServerId[];
      /** Here, and of a version that does not know the level. */
      readonly older: readonly ServerId[];
    };

/** What a leader knows when it is asked for a level. */
interface LevelSituation {
  /** In force, and alone. */
  readonly current: Membership;
  /** The entry would have it. */
  readonly zxid: Zxid;
  readonly self: ServerId;
  readonly protocols: ProtocolRange;
  /** Its learners, and what each has said that it speaks. */
  readonly here: readonly { readonly id: ServerId; readonly protocol: number }[];
}

/** Gives what is to be proposed, or why nothing is. Nobody is passed over, by no word of an operator. */
export function judgeLevel(
  { level, alsoKnown, isTrial }: LevelWish,
  { current, zxid, self, protocols, here }: LevelSituation,
): Membership | LevelVerdict {
  const before = levelOf(current);
  if (level === before) return { verdict: 'unchanged' };
  if (level < before) return levelRefused('lower', current);
  if (level > newestLevelFor(protocols)) return levelRefused('unknown', current);
  const known = new Set([
    ...current.voters.map(({ id }) => id),
    ...(current.members ?? []).map(({ id }) => id),
    ...alsoKnown,
  ]);
  const present = new Set([self, ...here.map(({ id }) => id)]);
  const absent = inOrder([...known].filter((id) => !present.has(id)));
  const older = inOrder(
    here.filter(({ protocol }) => protocol < protocolOf(level)).map(({ id }) => id),
  );
  if (absent.length > 0 || older.length > 0) {
    return { verdict: 'refused', why: 'notAll', level: before, absent, older };
  }
  if (isTrial) return { verdict: 'possible' };
  return { ...current, level, ...(current.members === undefined ? {} : { version: zxid }) };
}

export function levelRefused(
  why: LevelRefusal,
  current: Membership | null,
): Extract<LevelVerdict, { verdict: 'refused' }> {
  return { verdict: 'refused', why, level: levelOf(current), absent: [], older: [] };
}

function inOrder(ids: readonly ServerId[]): readonly ServerId[] {
  return [...new Set(ids)].sort((left, right) => left - right);
}
