// Bugs in what watches are given; see mutants-list.ts.

import type { Mutant } from './mutant.ts';

export const watchMutants: readonly Mutant[] = [
  {
    name: 'a watch joins one txn late',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/replays.ts',
        find: 'compareZxid(replay.position, this.#parts.applied()) >= 0',
        replace:
          'compareZxid({ ...replay.position, counter: replay.position.counter + 1 }, this.#parts.applied()) >= 0',
      },
    ],
  },
  {
    name: 'a snapshot forgets who watches',
    ring: 'peer',
    edits: [{ file: 'src/server/running-peer.ts', find: 'this.watches.replaced();', replace: '' }],
  },
  {
    name: 'a watch comes back to where it was once more',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/replays.ts',
        find: 'index === undefined || at.counter === 0 ? at',
        replace: 'at.counter === 0 ? at',
      },
    ],
  },
  {
    name: 'answers pass what a slow reader has lost',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/watch-outlet.ts',
        find: 'this.#queue = new Fifo(first < 0 ? waiting : waiting.slice(0, first));',
        replace: 'this.#queue = new Fifo(waiting.filter((each) => !isDroppable(each)));',
      },
      {
        file: 'src/server/watch/watch-outlet.ts',
        find: 'for (const each of waiting.slice(first)) if (!isDroppable(each)) this.#queue.push(each);',
        replace: '',
      },
    ],
  },
  {
    name: 'a log is called gone because the own one is',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/log-relay.ts',
        find: "if (found.found === 'entries' || zab.status.role !== 'leading') answer(found);",
        replace: "if (found.found !== 'unavailable') answer(none);",
      },
    ],
  },
  {
    name: 'who comes back with watches is not told of what has changed',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/local/local-connection-watches.ts',
        find: "return compareZxid(stat.mzxid, since) > 0 ? 'dataChanged' : undefined;",
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'connections of ZooKeeper clients are no reason to publish',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/watch-hub.ts',
        find: 'return this.#index.size + this.connections.size > 0;',
        replace: 'return this.#index.size > 0;',
      },
    ],
  },
  {
    name: 'an answer passes what its connection was not told of yet',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/watch-hub.ts',
        find: 'if (watcher.count > 0) this.#tellConnectionAhead(watcher);',
        replace: '',
      },
    ],
  },
  {
    name: 'a watch of children hears nothing of children',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/watch/connection-watchers.ts',
        find: 'childrenChanged: bit.children | bit.persistent,',
        replace: 'childrenChanged: bit.persistent,',
      },
    ],
  },
];
