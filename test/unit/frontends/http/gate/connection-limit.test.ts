import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import {
  ConnectionLimit,
  reservedConnectionsMax,
} from '../../../../../src/frontends/http/gate/connection-limit.ts';
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
    for (const socket of [first, first, second]) limit.busy(socket);
    limit.answered(second);
    limit.answered(first);
    opened(limit, 1);
    assert.deepEqual(closed(sockets), [false, false, true]);
    opened(limit, 1);
    assert.deepEqual(closed(sockets), [false, true, true]);
    // Still owed one answer.
    opened(limit, 2);
    assert.equal(first.destroyed, false);
    limit.answered(first);
    opened(limit, 3);
    assert.equal(first.destroyed, true);
  });

  it('keeps places for operators when all are busy, and closes what is beyond', async () => {
    const limit = new ConnectionLimit(2);
    const sockets = opened(limit, 2);
    for (const socket of sockets) limit.busy(socket);
    const [probe, ...probes] = Array.from({ length: reservedConnectionsMax }, () => {
      const [socket = new Socket()] = opened(limit, 1);
      limit.busy(socket);
      return socket;
    });
    assert.ok(probe !== undefined);
    const [late] = opened(limit, 1);
    assert.equal(late?.destroyed, true);
    assert.deepEqual([...new Set(closed([...sockets, probe, ...probes]))], [false]);
    assert.deepEqual(
      [sockets[0], probe].map((socket) => socket && limit.isReserved(socket)),
      [false, true],
    );
    // One of those with a place of their own goes, and leaves it.
    sockets[0]?.destroy();
    await until('its close', () => sockets[0]?.closed);
    assert.equal(limit.isReserved(probe), false);
    // It counts with the others now, and there is no more room than for it.
    assert.equal(
      probes.every((socket) => limit.isReserved(socket)),
      true,
    );
  });

  it('gives a place of the operators to the next one once its answer is over', () => {
    const limit = new ConnectionLimit(0);
    const [probe] = opened(limit, 1);
    assert.ok(probe !== undefined);
    const [next] = opened(limit, 1);
    assert.deepEqual([probe.destroyed, next?.destroyed], [true, false]);
  });

  it('forgets those that close', async () => {
    const limit = new ConnectionLimit(2);
    const [first, second] = opened(limit, 2);
    assert.ok(first !== undefined && second !== undefined);
    limit.busy(first);
    first.destroy();
    await until('its close', () => first.closed);
    const [third] = opened(limit, 1);
    assert.deepEqual(closed([second, third ?? second]), [false, false]);
    // Of no use any more, and of no harm.
    limit.answered(first);
    limit.busy(first);
    opened(limit, 1);
    assert.equal(second.destroyed, true);
  });
});
