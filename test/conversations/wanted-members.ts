import { serverId } from '../../src/model/ids.ts';
import type { MembershipChange } from '../../src/zab/membership-change.ts';

/** Reads `1 2 4o`: three members, the last an observer. `join`: who has not caught up may join; `force`. */
export function wantedMembers(words: readonly string[]): MembershipChange {
  return {
    members: words
      .filter((word) => /^\d/.test(word))
      .map((word) => ({
        id: serverId(Number.parseInt(word, 10)),
        role: word.endsWith('o') ? 'observer' : 'participant',
        host: `h${String(Number.parseInt(word, 10))}`,
        quorumPort: 2888,
        electionPort: 3888,
      })),
    mayJoin: words.includes('join'),
    force: words.includes('force'),
  };
}
