import type { ServerId } from '../model/ids.ts';
import type { Zxid } from '../model/zxid.ts';

/**
 * In place of the current epoch in an ACKEPOCH, when the epoch had been accepted before: it tells the position but counts
 * nowhere (A3). `newcomer`: and this peer never took a history over whole.
 */
export const spentAck = { member: -1, newcomer: -2 };

/**
 * What handling an input may ask for besides outputs. `violation`: the other side broke the protocol, its connection is
 * closed and counted, never ignored (brief A3, D9). `appointed`: the leader gives way to that peer. `removed`: this peer is no
 * member any more, by that version. Undefined: carry on.
 */
export type StepResult =
  | { readonly goLooking: string }
  | { readonly violation: string }
  | { readonly appointed: Appointment }
  | { readonly removed: Zxid }
  | undefined;

/** Whom a leader that gave way has named, and the round in which everybody votes for that peer. */
export interface Appointment {
  readonly leader: ServerId;
  readonly round: number;
}

export function violation(detail: string): StepResult {
  return { violation: detail };
}
