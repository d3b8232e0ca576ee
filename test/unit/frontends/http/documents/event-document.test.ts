import assert from 'node:assert/strict';
import {
  batchDocuments,
  batchTexts,
  documentsOf,
  textsOf,
} from '../../../../../src/frontends/http/documents/event-document.ts';
import { gatheredBytes } from '../../../../../src/frontends/http/documents/parts.ts';
import type { ZnodePath } from '../../../../../src/model/path.ts';
import type { WatchEvent } from '../../../../../src/model/watch-event.ts';
import { zxid } from '../../../../../src/model/zxid.ts';
import { SharedBatch } from '../../../../../src/server/watch/event-batch.ts';

const large = [Buffer.alloc(1_000_000, 'é'), Buffer.alloc(1_000_000, 0xfe)];
const events: readonly WatchEvent[] = [Buffer.from('small'), null, undefined, ...large].map(
  (data) => ({
    type: 'dataChanged',
    path: '/a' as ZnodePath,
    acl: [],
    ...(data !== undefined && { data }),
  }),
);
const at = zxid(1, 2);

describe('events as JSON in parts', () => {
  for (const values of [true, false]) {
    const form = { values, encoding: undefined };

    it(`are the documents that they are in one piece, ${values ? 'with' : 'without'} values`, () => {
      const batch = new SharedBatch(
        at,
        events.map((event, index) => ({ index, event })),
      );
      const initial = { kind: 'initial', zxid: at, events } as const;
      for (const [documents, texts] of [
        [batchDocuments(batch, form), [...batchTexts(batch, form)]],
        [documentsOf(initial, form, '/'), [...textsOf(initial, form, '/')]],
      ] as const) {
        assert.deepEqual(
          texts.map(({ parts }) => [...parts()].join('')),
          documents.map((document) => JSON.stringify(document)),
        );
        assert.deepEqual(
          texts.map(({ type, place }) => ({ type, place })),
          documents.map(({ type, place }) => ({ type, place })),
        );
      }
    });
  }

  it('of a megabyte come in pieces of some tens of kilobytes', () => {
    for (const data of large) {
      const batch = new SharedBatch(at, [
        { index: 0, event: { ...events[0], data } as WatchEvent },
      ]);
      const [text] = batchTexts(batch, { values: true, encoding: undefined });
      const pieces = [...gatheredBytes(text?.parts() ?? [])];
      assert.ok(pieces.length >= 10, String(pieces.length));
      assert.ok(pieces.every(({ length }) => length < 200_000));
    }
  });
});
