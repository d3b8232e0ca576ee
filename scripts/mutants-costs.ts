// Planted bugs of the whole-peer ring in what a peer does at a time; they cost a leader its place only where work takes
// time. As in mutants-list.ts.

import type { Mutant } from './mutant.ts';

export const costMutants: readonly Mutant[] = [
  {
    name: 'T1: a sweep of sessions without budget',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/sessions/expiry.ts',
        find: 'if (clock.now() > untilMs) return;',
        replace: '',
      },
    ],
  },
  {
    name: 'T1: all that is delivered is applied in one turn',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/applied/applier.ts',
        find: 'if (this.#clock.now() > until) break;',
        replace: '',
      },
    ],
  },
  {
    name: 'Q2: a leader that ignores slow appliers',
    ring: 'peer',
    edits: [
      {
        file: 'src/zab/broadcast.ts',
        find: 'if (this.#isApplyingTooSlow()) return undefined;',
        replace: '',
      },
    ],
  },
  {
    name: 'T1: all that waited for a leader is decided in one turn',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/write-path.ts',
        find: 'isOver = clock.now() > until;',
        replace: '',
      },
    ],
  },
  {
    name: 'T1: all who shared a read barrier go on in one turn',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/read-path.ts',
        find: 'if (clock.now() <= until || next + 1 === asked.length) continue;',
        replace: 'if (next < asked.length) continue;',
      },
    ],
  },
  {
    name: 'Q1: a queue that frees nothing',
    ring: 'peer',
    edits: [
      {
        file: 'src/base/fifo.ts',
        find: 'if (this.#head === this.#items.length) {',
        replace: 'if (this.#head < 0) {',
      },
      {
        file: 'src/base/fifo.ts',
        find: 'this.#head > takenMin && this.#head * 2 > this.#items.length',
        replace: 'this.#head > takenMin * 1e9',
      },
    ],
  },
  {
    name: 'S5: sessions not given time after a pause',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/running-peer.ts',
        find: 'this.sessions.paused();',
        replace: '',
      },
    ],
  },
];
