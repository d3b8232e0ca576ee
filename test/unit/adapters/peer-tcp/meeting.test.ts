import assert from 'node:assert/strict';
import { isLoopback } from '../../../../src/adapters/peer-tcp/meeting.ts';

describe('loopback', () => {
  it('knows an address of loopback', () => {
    assert.ok(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].every(isLoopback));
    for (const address of ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '1127.0.0.1', 'unknown']) {
      assert.equal(isLoopback(address), false, address);
    }
  });
});
