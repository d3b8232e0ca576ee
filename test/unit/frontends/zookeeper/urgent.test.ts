import assert from 'node:assert/strict';
import { urgencyOf } from '../../../../src/frontends/zookeeper/urgent.ts';
import { opCode } from '../../../../src/wire/jute/protocol.ts';
import { bool, frame, int32, text } from '../../../support/zookeeper/jute-frames.ts';

describe('what is urgent of what a ZooKeeper client sends', () => {
  it('keeps its session alive, ends it, or gives up a lock', () => {
    assert.equal(urgencyOf(frame(int32(-2), int32(opCode.ping)), false), 'urgent');
    assert.equal(urgencyOf(frame(int32(7), int32(opCode.closeSession)), false), 'urgent');
    const path = text('/locks/mine/x-lock-0000000001');
    assert.equal(
      urgencyOf(frame(int32(8), int32(opCode.delete), path, int32(-1)), false),
      'urgent',
    );
  });

  it('is nothing else, and nothing of which too little is there', () => {
    const get = frame(int32(9), int32(opCode.getData), text('/a'), bool(false));
    assert.equal(urgencyOf(get, false), 'none');
    assert.equal(urgencyOf(frame(int32(-2), int32(opCode.ping)).subarray(0, 11), false), 'none');
  });

  it('is what begins a session, of which no more may be there than a part', () => {
    assert.equal(urgencyOf(Buffer.alloc(3), true), 'begins');
  });
});
