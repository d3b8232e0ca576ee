// Planted bugs of the whole-peer ring in what is reaped, what a client is shown (H2), the order of a session (H3) and
// what was told (H4). As in mutants-list.ts.

import type { Mutant } from './mutant.ts';

export const toldMutants: readonly Mutant[] = [
  {
    name: 'reaped after half its time',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/tree/overdue.ts',
        find: 'return keptMs + 1 - untouchedMs;',
        replace: 'return keptMs / 2 - untouchedMs;',
      },
    ],
  },
  {
    name: 'reaped by a wall clock that was set',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/steady-clock.ts',
        find: 'if (aheadMs - this.#wallAheadMs > doubtMs)',
        replace: 'if (aheadMs - this.#wallAheadMs > 1e12)',
      },
    ],
  },
  {
    name: 'reaped although a touch is under way',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/chores/reaper.ts',
        find: "{ kind: 'reap', ...found }",
        replace: "{ kind: 'reap', path: found.path, expected: { version: -1 } }",
      },
      {
        file: 'src/state/prepare/prepare.ts',
        find: '{ owned, creates, numChildren, mtime }, reapTime) > 0)',
        replace: '{ owned, creates, numChildren, mtime }, reapTime) === Infinity)',
      },
    ],
  },
  {
    name: 'nothing reaped after the first leader',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/chores/reaper.ts',
        find: '    this.#walk = undefined;\n',
        replace: '    this.leading = () => undefined;\n    this.#walk = undefined;\n',
      },
    ],
  },
  {
    name: 'H2: a refusal told before what it rests on',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/pending-write.ts',
        find: "verdict.kind === 'proposed' ? verdict.zxid : verdict.basis;",
        replace: "verdict.kind === 'proposed' ? verdict.zxid : zeroZxid;",
      },
    ],
  },
  {
    name: 'H2: a session reads what it has seen past',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/read-path.ts',
        find: 'if (local && compareZxid(applier.applied, least) >= 0) {',
        replace: 'if (local) {',
      },
    ],
  },
  {
    name: 'H3: a request passes those that wait for a leader',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/write-path.ts',
        find: 'if (this.#waiting.length === 0 && !this.#pumping && this.#canSend)',
        replace: 'if (this.#canSend)',
      },
      {
        file: 'src/server/requests/write-path.ts',
        find: 'this.#waiting.push(pending);',
        replace: 'this.#waiting.unshift(pending);',
      },
    ],
  },
  {
    name: 'H3: a keyed write is sent again past others',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/write-path.ts',
        find: 'context.idempotencyKey !== undefined && !isFollowed',
        replace: 'context.idempotencyKey !== undefined',
      },
    ],
  },
  {
    name: 'H3: a request passes one whose session is being looked up',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/local/credentials.ts',
        find: "if (known !== 'gone' && ahead === undefined) {",
        replace: "if (known !== 'gone') {",
      },
    ],
  },
  {
    name: 'H4: a replay gives another answer than the first',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/replicated/idempotency.ts',
        find: 'return { zxid: write.zxid, ...decodeRecordedOutcome(write.outcome), replayed: true };',
        replace:
          'return { ...decodeRecordedOutcome(write.outcome), replayed: true, zxid: [...this.#writes.values()].at(-1)?.zxid ?? write.zxid };',
      },
    ],
  },
  {
    name: 'H4: a write that a fail-over dropped reported as done',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/pending-write.ts',
        find: "if (fate === 'vanished' || (fate === 'unknown' && verdict.kind !== 'proposed')) {",
        replace:
          "if (fate === 'vanished' && verdict.kind === 'proposed') {\n    return { zxid: verdict.zxid, results: [], branch: 'ops', replayed: false };\n  }\n  if (fate === 'vanished' || (fate === 'unknown' && verdict.kind !== 'proposed')) {",
      },
    ],
  },
];
