import assert from 'node:assert/strict';
import { urgencyOf } from '../../../../src/frontends/zookeeper/urgent.ts';
import { opCode } from '../../../../src/wire/jute/protocol.ts';
import { bool, bytes, frame, int32, int64, text } from '../../../support/zookeeper/jute-frames.ts';

/** Where the id of its session ends, in what a client begins with. */
const sessionEnd = 28;

function connectRequest(session: bigint): Buffer {
  const password = bytes(Buffer.alloc(16, 1));
  return frame(int32(0), int64(7n), int32(30_000), int64(session), password, bool(false));
}

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

  it('is a session that is taken up again, which ends where that comes too late', () => {
    for (const session of [0x0100_0000_0000_0000n, 1n]) {
      assert.equal(urgencyOf(connectRequest(session), true), 'urgent', String(session));
    }
    assert.equal(urgencyOf(connectRequest(1n).subarray(0, sessionEnd), true), 'urgent');
  });

  it('is less where a session is founded, or it can not be told', () => {
    assert.equal(urgencyOf(connectRequest(0n), true), 'begins');
    assert.equal(urgencyOf(connectRequest(1n).subarray(0, sessionEnd - 1), true), 'begins');
    assert.equal(urgencyOf(Buffer.alloc(3), true), 'begins');
  });
});
