import assert from 'node:assert/strict';
import { requestBytes } from '../../../../src/state/prepare/fingerprint.ts';
import { check, create, multi } from '../../../support/model/requests.ts';

describe('the bytes of a request that its fingerprint is of', () => {
  it('take a buffer of their size at once, however many ops there are', () => {
    const path = `/${'n'.repeat(2_000)}`;
    for (const op of [check(path), create(path, { data: Buffer.alloc(500) })]) {
      const bytes = requestBytes(multi(Array.from({ length: 300 }, () => op)), undefined);
      const unused = bytes.buffer.byteLength - bytes.length;
      assert.ok(unused < bytes.length / 10, `${String(unused)} of ${String(bytes.length)} bytes`);
    }
  });
});
