// Planted bugs that dice hardly ever come upon: a conversation of the protocol, or a test, leads to where they show. As in
// mutants-list.ts.

import type { Mutant } from './mutant.ts';

export const directedMutants: readonly Mutant[] = [
  {
    name: 'the guard compares no chains',
    judge: { test: 'contract/store/sqlite-faults.test.ts' },
    edits: [
      {
        file: 'src/adapters/sqlite/load.ts',
        find: 'found !== acked.chain) {',
        replace: 'found === undefined) {',
      },
    ],
  },
  {
    name: 'a leader forgets what a lost connection had acked (A17)',
    judge: 'scripts',
    edits: [
      {
        file: 'src/zab/broadcast.ts',
        find: 'const counter = this.#ackedByNonce.get(nonce);',
        replace:
          'const counter = [...this.#learners.values()].some(({ nonce: connected, acked }) => connected === nonce && acked > 0) ? this.#ackedByNonce.get(nonce) : undefined;',
      },
    ],
  },
  {
    name: 'a barrier is met by an older ping',
    quick: true,
    judge: 'scripts',
    edits: [
      {
        file: 'src/zab/read-barriers.ts',
        find: 'this.#waiting.push({ round, asks });',
        replace: 'this.#waiting.push({ round: round - 1, asks });',
      },
    ],
  },
  {
    name: 'a heartbeat is confirmed without a barrier',
    judge: { test: 'unit/server/sessions/liveness.test.ts' },
    edits: [
      {
        file: 'src/server/sessions/liveness.ts',
        find: "this.#parts.reads.confirm('barrier', ownTimeoutMs, (confirmed) => {",
        replace:
          "((...[, , done]) => done({ epoch: 0, counter: 0 }))('barrier', ownTimeoutMs, (confirmed) => {",
      },
    ],
  },
  {
    name: 'a grant without its last look at the session',
    judge: { test: 'unit/server/locks/waits.test.ts' },
    edits: [
      {
        file: 'src/server/locks/waits.ts',
        find: ' && this.#isAlive(held)) {',
        replace: ') {',
      },
    ],
  },
  {
    name: 'D2: of two states that of the fewer is right',
    ring: 'peer',
    seed: 102,
    edits: [
      {
        file: 'src/server/applied/digests.ts',
        find: "most[0] === digest ? 'right' : 'astray'",
        replace: "most[0] === digest ? 'astray' : 'right'",
      },
    ],
  },
  {
    name: 'D2: who was found to be wrong leaves no mark',
    ring: 'peer',
    seed: 102,
    edits: [
      {
        file: 'src/server/running-peer.ts',
        find: "if (comparison.verdict === 'undecided') throw failure;",
        replace: 'throw failure;',
      },
    ],
  },
  {
    name: 'V4: who starts goes on though another lives under its id',
    ring: 'peer',
    seed: 35,
    edits: [
      {
        file: 'src/server/running-peer.ts',
        find: 'if (!this.#hasServed) throw new TwinRefused(',
        replace: 'if (Number.isNaN(by)) throw new TwinRefused(',
      },
    ],
  },
];
