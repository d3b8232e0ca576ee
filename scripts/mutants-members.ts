// Classic bugs of changing the membership (ZK-1324, ZK-2172, ZK-2212, Raft's one about changes before an own entry).

import type { Mutant } from './mutant.ts';

const quorum = 'src/zab/quorum.ts';
const history = 'src/zab/history.ts';
const leader = 'src/zab/leader.ts';
const reconfiguration = 'src/zab/reconfiguration.ts';
const election = 'src/zab/election.ts';
const electors = 'src/zab/electors.ts';
const zab = 'src/zab/zab.ts';
const change = { test: 'unit/zab/membership-change.test.ts' };

export const memberMutants: readonly Mutant[] = [
  {
    name: 'the old quorum alone commits a change (A16)',
    edits: [
      {
        file: history,
        find: 'return committed === null ? inForce : [committed, ...inForce];',
        replace: 'return committed === null ? inForce : [committed];',
      },
    ],
  },
  {
    name: 'the new quorum alone commits a change (A16)',
    edits: [
      {
        file: history,
        find: 'return committed === null ? inForce : [committed, ...inForce];',
        replace:
          'return inForce.length > 0 ? inForce.slice(-1) : committed === null ? [] : [committed];',
      },
    ],
  },
  {
    name: 'a vote counts in a membership that does not have it (A16)',
    edits: [
      {
        file: quorum,
        find: 'if (id === voter.id && nonce === voter.nonce) return reached;\n  }\n  return -1;',
        replace: 'if (id === voter.id) return reached;\n  }\n  return progress[0]?.reached ?? -1;',
      },
    ],
  },
  {
    name: 'a change is begun before the last is known for good (A16)',
    judge: 'scripts',
    edits: [
      {
        file: reconfiguration,
        find: 'if (current === undefined || others.length > 0 || this.#mark !== undefined) {',
        replace: 'if (current === undefined) {',
      },
    ],
  },
  {
    name: 'a truncated change stays in force (scenario 96)',
    judge: { test: 'unit/zab/history.test.ts' },
    edits: [
      {
        file: history,
        find: 'this.#memberships = this.#memberships.filter((entry) => compareZxid(entry.zxid, to.zxid) <= 0);',
        replace: '',
      },
    ],
  },
  {
    name: 'a leader without a vote goes on (scenario 94)',
    edits: [
      {
        file: leader,
        find: 'return !this.#reconfiguration.isLeaving;',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'a joiner votes with an empty log',
    edits: [
      {
        file: zab,
        find: 'return this.#peer.isVoter;',
        replace: "return this.#peer.role === 'participant';",
      },
    ],
  },
  {
    name: 'a vote for who has not caught up',
    judge: change,
    edits: [
      {
        file: 'src/zab/membership-change.ts',
        find: 'return nonce === undefined ? undefined : { id, nonce };',
        replace: "return { id, nonce: nonce ?? ('' as Nonce) };",
      },
    ],
  },
  {
    name: 'a removed peer is told before those who stay know of it',
    judge: 'scripts',
    edits: [
      {
        file: reconfiguration,
        find: 'if (this.#mark === undefined || compareZxid(history.committed, this.#mark) < 0) return;',
        replace: 'if (this.#mark === undefined) return;',
      },
    ],
  },
  {
    name: "a removed peer's word counts (scenario 100)",
    judge: { test: 'unit/zab/election.test.ts' },
    edits: [
      {
        file: election,
        find: '(voters) => voters.filter((id) => ids.has(id)).length >= majorityOf(voters.length),',
        replace: '(voters) => ids.size >= majorityOf(voters.length),',
      },
    ],
  },
  {
    name: 'who looks goes as soon as its own log says that it is removed',
    judge: 'scripts',
    edits: [
      {
        file: zab,
        find: "if (this.#role.role === 'looking') this.#electors.hear(message);",
        replace: `if (this.#role.role === 'looking') {
          this.#electors.hear(message);
          if (this.#peer.removedBy !== null) {
            this.#becomeRemoved(this.#peer.removedBy);
            return;
          }
        }`,
      },
    ],
  },
  {
    name: 'who looks goes by the word of any peer, which may be stale',
    judge: 'scripts',
    edits: [
      {
        file: zab,
        find: "if (this.#role.role === 'looking') this.#electors.hear(message);",
        replace: `if (this.#role.role === 'looking') {
          this.#electors.hear(message);
          const { membership } = message;
          if (membership?.version !== undefined && this.#peer.isRemovedBy(membership)) {
            this.#becomeRemoved(membership.version);
            return;
          }
        }`,
      },
    ],
  },
  {
    name: 'a new peer is taken for one that was removed under its id',
    judge: 'scripts',
    edits: [
      {
        file: 'src/model/membership.ts',
        find: "gone.id === id && gone.nonce === '' && compareZxid(logEnd, gone.at ?? zeroZxid) < 0,",
        replace: "gone.id === id && gone.nonce === '',",
      },
    ],
  },
  {
    name: 'an empty peer goes to the first ensemble that it hears of',
    judge: { test: 'conversations/members.test.ts' },
    edits: [
      {
        file: electors,
        find: 'return agreeing.length >= majorityOf(asked.length);',
        replace: 'return agreeing.length > 0 || majorityOf(asked.length) < 0;',
      },
    ],
  },
  {
    name: 'by force a leader gives its quorum away',
    judge: 'scripts',
    edits: [
      {
        file: 'src/zab/membership-change.ts',
        find: 'if (!isQuorum([next], counted)) {',
        replace: 'if (change.force !== true && !isQuorum([next], counted)) {',
      },
    ],
  },
  {
    name: 'two that look answer each other for ever (N1)',
    judge: { test: 'conversations/members.test.ts' },
    edits: [
      {
        file: 'src/zab/answers.ts',
        find: 'if (before >= answersMax) return false;',
        replace: 'if (before < 0) return false;',
      },
    ],
  },
  {
    name: 'who alone knows of a commit says nothing to an answer',
    judge: { test: 'conversations/members.test.ts' },
    edits: [
      {
        file: zab,
        find: '(!isAnswer || this.#electors.knowsMoreThan(message))',
        replace: '!isAnswer',
      },
    ],
  },
  {
    name: 'a candidate has won by who followed it in the round before',
    judge: { test: 'unit/zab/election.test.ts' },
    edits: [
      {
        file: election,
        find: '(id) => this.#established.get(id)?.round === this.#round,',
        replace: '(id) => this.#established.get(id) !== undefined,',
      },
    ],
  },
  {
    name: 'of those who counted on one that took no part the leader alone tells it (L1)',
    judge: 'scripts',
    edits: [
      {
        file: zab,
        find: 'for (const id of this.#election.followers) this.#notify(id);',
        replace:
          'if (leader === self) for (const id of this.#election.followers) this.#notify(id);',
      },
    ],
  },
  {
    name: 'a leader that has its seat by a change in flight is not heard',
    judge: 'scripts',
    edits: [
      {
        file: zab,
        find: "const followed = this.#peer.clusterId === '' ? [] : this.#election.followed;",
        replace: "const followed = this.#peer.clusterId === '' ? this.#election.followed : [];",
      },
    ],
  },
  {
    name: 'a first synchronisation that broke off makes a former member',
    judge: 'scripts',
    edits: [
      {
        file: reconfiguration,
        find: 'return !isNew && isRemovedUnknown(settled, id, logEnd);',
        replace: 'return (!isNew || isNew) && isRemovedUnknown(settled, id, logEnd);',
      },
    ],
  },
  {
    name: 'an empty peer waits for who was removed',
    judge: 'scripts',
    edits: [
      {
        file: electors,
        find: "return id !== self && this.#named.get(id) !== '' && !isGone;",
        replace: "return id !== self && (isGone || this.#named.get(id) !== '');",
      },
    ],
  },
  {
    name: 'who has a vote and does not know it is none (L1)',
    seed: 940644,
    edits: [
      {
        file: reconfiguration,
        find: "if (role === 'participant' || this.#peer.hasSeat(id, nonce)) learner.role = 'follower';",
        replace: "if (role === 'participant' && nonce !== '') learner.role = 'follower';",
      },
    ],
  },
  {
    name: 'a candidate takes the votes for another for its own (L1)',
    judge: { test: 'unit/zab/election.test.ts' },
    edits: [
      {
        file: election,
        find: 'const mine = new Set([leader, ...this.#supportersOf(leader)]);',
        replace: 'const mine = new Set(this.supporters);',
      },
    ],
  },
  {
    name: 'one member twice',
    judge: change,
    edits: [
      {
        file: 'src/zab/membership-change.ts',
        find: "if (doubled.length > 0) return refused('doubled', doubled);",
        replace: '',
      },
    ],
  },
];
