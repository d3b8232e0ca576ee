import { refused, type Refusal } from '../model/error-code.ts';
import { serverIdMax, type ServerId } from '../model/ids.ts';
import { mistakeInId, mistakeInMember } from '../model/member-address.ts';
import type { MembershipWish } from './members.ts';

/** Steps of one change of the members, where each server may go and come; more are refused: badArguments. */
export const memberStepsMax = 2 * serverIdMax;

/**
 * Checks a wish for other members by itself, for every door. Undefined when it may be sent on; what it makes of those who
 * are there is judged by the leader.
 */
export function validateMembers({ steps }: MembershipWish): Refusal | undefined {
  if (steps.length > memberStepsMax) {
    const detail = `A change of the members has at most ${String(memberStepsMax)} steps, and not ${String(steps.length)}.`;
    return refused('badArguments', detail);
  }
  const coming = new Set<ServerId>();
  for (const step of steps) {
    if (step.step === 'remove' || step.step === 'role') {
      const mistake = mistakeInId(step.id);
      if (mistake !== undefined) return refused('badArguments', mistake);
      continue;
    }
    const { id } = step.member;
    const mistake = coming.has(id)
      ? `Server ${String(id)} is to join twice: give each server a number of its own.`
      : mistakeInMember(step.member);
    if (mistake !== undefined) return refused('badArguments', mistake);
    coming.add(id);
  }
  return undefined;
}
