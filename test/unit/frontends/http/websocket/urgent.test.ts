import assert from 'node:assert/strict';
import { urgencyOf } from '../../../../../src/frontends/http/websocket/urgent.ts';

const of = (message: object): string => urgencyOf(Buffer.from(JSON.stringify(message)));

describe('what is urgent of what comes on a WebSocket', () => {
  it('keeps a session alive, or ends one or a place in a queue', () => {
    for (const op of ['heartbeat', 'closeSession', 'renew', 'release', 'resign']) {
      assert.equal(of({ id: 1, op }), 'urgent', op);
    }
  });

  it('is a session that is taken up again, which ends where that comes too late', () => {
    const session = { id: '0100000000000000', secret: 'c2VjcmV0' };
    assert.equal(of({ id: 1, op: 'hello', session }), 'urgent');
    assert.equal(
      urgencyOf(Buffer.from(JSON.stringify({ session, op: 'hello', id: 1 }, null, 2))),
      'urgent',
    );
  });

  it('is less where a session is opened, or its name only looks like one', () => {
    assert.equal(of({ id: 1, op: 'hello', openSession: {} }), 'begins');
    assert.equal(of({ id: 1, op: 'hello' }), 'begins');
    const authorization = 'Basic "session": {}';
    assert.equal(of({ id: 1, op: 'hello', authorization, openSession: {} }), 'begins');
  });

  it('is nothing else, and nothing that is long', () => {
    assert.equal(of({ id: 1, op: 'get', path: '/a' }), 'none');
    assert.equal(of({ id: 1, op: 'get', path: '/a', session: {} }), 'none');
    assert.equal(of({ id: 1, op: 'heartbeat', filling: 'x'.repeat(1_024) }), 'none');
  });
});
