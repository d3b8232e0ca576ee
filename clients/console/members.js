// What the console says of who belongs to the ensemble.

/** Says in a word what a peer is in the ensemble; by its number, of the members that a peer shows. */
export function standingOf({ id, removed }, members) {
  if (removed) return 'removed';
  const member = members.find((each) => each.id === id);
  if (member === undefined) return 'no member';
  if (member.joining) return 'joining';
  return member.voter ? 'voter' : 'observer';
}

/** Says what would be otherwise by the change that is under way; nothing when none is. */
export function wordsOf({ members, pending }) {
  if (pending === null) return '';
  const comes = pending.members.flatMap(({ id, role, voter }) => {
    const now = members.find((member) => member.id === id);
    if (now === undefined) return [`peer ${id} comes as ${voter ? 'voter' : role}`];
    if (now.voter !== voter) return [`peer ${id} ${voter ? 'gets a vote' : 'votes no more'}`];
    return now.role === role ? [] : [`peer ${id} is to be ${role}`];
  });
  const goes = members
    .filter(({ id }) => !pending.members.some((member) => member.id === id))
    .map(({ id }) => `peer ${id} goes`);
  const words = [...comes, ...goes].join(', ');
  return `A change is under way, not committed yet: ${words === '' ? 'addresses' : words}.`;
}
