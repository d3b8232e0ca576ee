import { refused, type Refusal } from '../../model/error-code.ts';
import type { Limits } from '../../model/limits.ts';
import type { ZnodePath } from '../../model/path.ts';
import { sessionBytes } from '../replicated/sessions.ts';
import type { Draft, SpeculativeView } from './draft.ts';

// How large the state may become. What makes it smaller passes always, or nobody could make room.

/**
 * Says why a branch may not grow by so many bytes more. What it has freed before counts for it: a transaction that takes
 * no more than it gives passes, however full it is.
 */
export function aboveStateBytes(
  draft: Draft,
  path: ZnodePath,
  more: number,
  limits: Limits,
): Refusal | undefined {
  if (more <= 0 || draft.bytes + more <= 0) return undefined;
  const refusal = tooFull(draft.view, draft.bytes + more, limits);
  return refusal && { ...refusal, path };
}

/** Says why no session more may be opened. */
export function tooManySessions(view: SpeculativeView, limits: Limits): Refusal | undefined {
  const limit = limits.sessionsMax;
  const actual = view.sessions;
  if (actual < limit) return tooFull(view, sessionBytes, limits);
  view.noteAll();
  const detail = `The ensemble keeps ${String(limit)} sessions, and as many are alive: close some, or try again when some have expired.`;
  return refused('throttled', detail, { limit, actual });
}

function tooFull(view: SpeculativeView, more: number, limits: Limits): Refusal | undefined {
  const limit = limits.stateBytesMax;
  const actual = view.bytes + more;
  if (actual <= limit) return undefined;
  view.noteAll();
  const detail = `The state of the ensemble may take ${String(limit)} bytes in memory (limits.stateBytesMax): delete some of it, or have the limit raised on every peer.`;
  return refused('quotaExceeded', detail, { limit, actual });
}
