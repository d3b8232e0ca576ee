import assert from 'node:assert/strict';
import { watchService } from '../../../../../src/frontends/grpc/messages/protocol.ts';
import {
  fieldInSteps,
  madeAtOnce,
  SharedMessage,
  someAtOnce,
} from '../../../../../src/frontends/grpc/messages/sized-message.ts';

const encode = watchService.Watch.responseSerialize;

describe('a message that is encoded in steps', () => {
  it('has the bytes that it has in one piece, and is encoded once', () => {
    for (const count of [1, 64, 65, 1_000]) {
      const events = Array.from({ length: count }, (_, index) => ({
        path: `/${String(index)}`,
        data: Buffer.alloc(index),
      }));
      let encoded = 0;
      const make = () =>
        fieldInSteps(someAtOnce(events, 64), ({ some, isFirst }) => {
          encoded++;
          return encode({ events: { ...(isFirst && { zxid: '7' }), events: [...some] } });
        });
      const shared = new SharedMessage({ bytes: 0, make });
      const one = shared.make();
      one.next();
      assert.equal(encoded, 1);
      const whole = encode({ events: { zxid: '7', events } });
      assert.deepEqual(madeAtOnce(shared), whole);
      assert.equal(one.next().value, madeAtOnce(shared));
      assert.equal(encoded, Math.ceil(count / 64));
    }
  });
});
