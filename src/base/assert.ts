/** A rule of our own was broken. The process must stop: limping on would spread the damage. */
export class InvariantBroken extends Error {
  constructor(rule: string, details: Readonly<Record<string, unknown>>) {
    super(`invariant broken: ${rule} ${JSON.stringify(details)}`);
    this.name = 'InvariantBroken';
  }
}

/** One for all: what every request passes makes no object to say that a rule holds. */
const noDetails = Object.freeze({});

/**
 * Throws when a rule that our own code must keep does not hold. Never for a client's mistake: that is a refusal.
 * `details` go into the last log line, so give what a post-mortem would ask for.
 */
export function assert(
  holds: boolean,
  rule: string,
  details: Readonly<Record<string, unknown>> = noDetails,
): asserts holds {
  if (!holds) throw new InvariantBroken(rule, details);
}

/**
 * Gives what to throw when a rule of our own does not hold: for paths that every request takes, where `assert` would make
 * the details of each that holds.
 */
export function broken(rule: string, details: Readonly<Record<string, unknown>>): InvariantBroken {
  return new InvariantBroken(rule, details);
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new InvariantBroken('unreachable case', { value });
}
