import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { ConnectionLimit } from '../../../../../src/frontends/http/gate/connection-limit.ts';
import { until } from '../../../../support/until.ts';

describe('the limit of connections', () => {
  function opened(limit: ConnectionLimit, count: number): Socket[] {
    return Array.from({ length: count }, () => {
      const socket = new Socket();
      limit.opened(socket);
      return socket;
    });
  }

  const closed = (sockets: readonly Socket[]): boolean[] =>
    sockets.map((socket) => socket.destroyed);

  it('closes the longest idle one for each that is too many', () => {
    const limit = new ConnectionLimit(3);
    const sockets = opened(limit, 5);
    assert.deepEqual(closed(sockets), [true, true, false, false, false]);
  });

  it('spares those that are owed an answer, and counts from their last', () => {
    const limit = new ConnectionLimit(3);
    const sockets = opened(limit, 3);
    const [first, second] = sockets;
    assert.ok(first !== undefined && second !== undefined);
    const answers = Array.from({ length: 3 }, () => new EventEmitter());
    limit.busy(first, answers[0]);
    limit.busy(first, answers[1]);
    limit.busy(second, answers[2]);
    answers[2]?.emit('close');
    answers[0]?.emit('close');
    opened(limit, 1);
    assert.deepEqual(closed(sockets), [false, false, true]);
    opened(limit, 1);
    assert.deepEqual(closed(sockets), [false, true, true]);
    // Still owed one answer.
    opened(limit, 2);
    assert.equal(first.destroyed, false);
    answers[1]?.emit('close');
    opened(limit, 3);
    assert.equal(first.destroyed, true);
  });

  it('closes the new one when all are busy', () => {
    const limit = new ConnectionLimit(2);
    const sockets = opened(limit, 2);
    for (const socket of sockets) limit.busy(socket);
    const [late] = opened(limit, 1);
    assert.deepEqual([...closed(sockets), late?.destroyed], [false, false, true]);
  });

  it('forgets those that close', async () => {
    const limit = new ConnectionLimit(2);
    const [first, second] = opened(limit, 2);
    assert.ok(first !== undefined && second !== undefined);
    const answer = new EventEmitter();
    limit.busy(first, answer);
    first.destroy();
    await until('its close', () => first.closed);
    const [third] = opened(limit, 1);
    assert.deepEqual(closed([second, third ?? second]), [false, false]);
    // Of no use any more, and of no harm.
    answer.emit('close');
    limit.busy(first);
    opened(limit, 1);
    assert.equal(second.destroyed, true);
  });
});
