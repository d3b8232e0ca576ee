import { refused, type Refusal } from '../../model/error-code.ts';

// What the leader says of a change of members or level that it does not look at now.

const unseen: ReadonlySet<string> = new Set(['notLeading', 'busy', 'changeInFlight']);

/** Of these nothing was read that could have changed since. */
export function isUnseen({ why }: { readonly why: string }): boolean {
  return unseen.has(why);
}

export function notLeading(): Refusal {
  return refused('noQuorum', 'This peer does not lead: a leader is being elected. Ask again.');
}

export function tooBusy(): Refusal {
  return refused('throttled', 'Too many writes are under way. Ask again a little later.');
}
