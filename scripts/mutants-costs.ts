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
        find: 'if (!this.#hasTime()) break;',
        replace: '',
      },
    ],
  },
  {
    name: 'T1: a hand-over to watchers without slices',
    ring: 'peer',
    seed: 35,
    edits: [
      {
        file: 'src/server/watch/deliveries.ts',
        find: 'outlet.serve(tuning.itemsPerServing, until);',
        replace: 'outlet.serve(tuning.itemsPerServing, Number.POSITIVE_INFINITY);',
      },
      {
        file: 'src/server/watch/deliveries.ts',
        find: 'if (left === 0 || clock.now() >= until) break;',
        replace: 'if (left === 0) break;',
      },
    ],
  },
  {
    name: 'T1: a publish without slices',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/slices.ts',
        find: 'while (!takeSteps(steps, costPerLook)) if (clock.now() >= untilMs) return false;',
        replace:
          'while (!takeSteps(steps, costPerLook)) if (clock.now() < 0 * untilMs) return false;',
      },
    ],
  },
  {
    name: 'T1: all that waits for a watch is handed over in one step',
    ring: 'peer',
    seed: 7,
    edits: [
      {
        file: 'src/server/watch/fan-out.ts',
        find: 'while (this.#calls.makeRoom(watching, batches)) yield 1;',
        replace: '',
      },
    ],
  },
  {
    name: 'Q2: a leader that ignores slow appliers',
    ring: 'peer',
    seed: 173,
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
    seed: 127,
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
    seed: 6,
    edits: [
      {
        file: 'src/server/in-slices.ts',
        find: 'if (clock.now() <= until || next + 1 === items.length) continue;',
        replace: 'if (next < items.length) continue;',
      },
    ],
  },
  {
    name: 'T1: all who waited for a session to be found go on in one turn',
    ring: 'peer',
    seed: 1_765_377_243,
    edits: [
      {
        file: 'src/server/local/credentials.ts',
        find: 'if (clock.now() > until) {',
        replace: 'if (clock.now() > until + 1e9) {',
      },
    ],
  },
  {
    name: 'Q1: a queue that frees nothing',
    ring: 'peer',
    seed: 56,
    edits: [
      {
        file: 'src/base/fifo.ts',
        find: 'if (this.#length === this.#items.length) this.#resize(this.#length * 2);',
        replace:
          'if (this.#head + this.#length >= this.#items.length) this.#resize(this.#items.length * 2);',
      },
      {
        file: 'src/base/fifo.ts',
        find: 'places > roomKept && this.#length * 4 < places',
        replace: 'places > roomKept * 1e9',
      },
    ],
  },
  {
    name: 'S5: sessions ended before their signs of life are read',
    ring: 'peer',
    seed: 14,
    edits: [
      {
        file: 'src/server/sessions/expiry.ts',
        find: 'const reached = Math.floor(this.#readUpToMs / bucketMs);',
        replace: 'const reached = Math.floor(now / bucketMs);',
      },
      {
        file: 'src/server/running-peer.ts',
        find: 'this.sessions.paused();',
        replace: '',
      },
    ],
  },
];
