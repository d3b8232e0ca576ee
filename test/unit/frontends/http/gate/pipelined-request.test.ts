import assert from 'node:assert/strict';
import { canPutBack } from '../../../../../src/frontends/http/gate/pipelined-request.ts';

describe('requests that may be put back', () => {
  it('are made where Node is known to stop for them', () => {
    for (const version of ['20.19.0', '22.12.0', '24.21.0']) {
      assert.ok(canPutBack(version), version);
    }
  });

  it('are left to Node where it is not', () => {
    for (const version of ['25.0.0', '26.0.0', '30.1.2', '']) {
      assert.ok(!canPutBack(version), version);
    }
  });
});
