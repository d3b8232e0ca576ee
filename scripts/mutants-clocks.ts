// Planted bugs of the whole-peer ring in what is made of clocks that are set. As in mutants-list.ts.

import type { Mutant } from './mutant.ts';

export const clockMutants: readonly Mutant[] = [
  {
    name: 'W1: a leader stamps by its own clock, whatever that says',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/ensemble-time.ts',
        find: 'Math.abs(own - agreed) <= agreesWithinMs ? own : Math.round(agreed)',
        replace: 'Math.abs(own - agreed) <= Infinity ? own : Math.round(agreed)',
      },
    ],
  },
  {
    name: 'W1: of two clocks the one that jumps ahead is believed',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/ensemble-time.ts',
        find: 'return lower < least ? upper : lower;',
        replace: 'return lower < least ? lower : upper;',
      },
    ],
  },
  {
    name: 'W1: times never run back',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/prepare/prepare.ts',
        find: 'lastTimeMs - at.wallMs > timeAheadMsMax ? at.wallMs',
        replace: 'lastTimeMs - at.wallMs > Infinity ? at.wallMs',
      },
    ],
  },
  {
    name: 'keys are forgotten because a clock said so',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/apply.ts',
        find: 'if (txn.forgetsByTime === true) state',
        replace: 'state',
      },
    ],
  },
  {
    name: 'a stamp of the future is believed',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/tree/overdue.ts',
        find: 'isOfTheFuture ? rightMs : wallMs - mtime',
        replace: 'isOfTheFuture && rightMs < 0 ? rightMs : wallMs - mtime',
      },
    ],
  },
];
