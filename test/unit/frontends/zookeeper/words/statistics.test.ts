import assert from 'node:assert/strict';
import {
  DoorStatistics,
  type Latency,
} from '../../../../../src/frontends/zookeeper/words/statistics.ts';
import { sessionIdFromWords } from '../../../../../src/model/ids.ts';
import { zxid } from '../../../../../src/model/zxid.ts';

const createSession = -10;
const noOperation = 0;
const getData = 4;
const setData = 5;
const ping = 11;
const auth = 100;

describe("the ZooKeeper door's statistics", () => {
  it('remember of a connection what its last operation was, and how long answers took', () => {
    const door = new DoorStatistics();
    const connection = door.opened('127.0.0.1:4711', 1_000);
    assert.equal(connection.lastOperation, 'NA');
    connection.received();
    connection.answered(-10, 0, zxid(1, 1), 8);
    connection.attached(sessionIdFromWords(1, 2), 30_000);
    connection.received();
    connection.received();
    assert.equal(connection.outstanding, 2);
    connection.answered(getData, 7, zxid(1, 2), 1);
    connection.answered(setData, 8, zxid(1, 3), 3);
    connection.notified();
    connection.flushed(2_000);
    const { latency, outstanding, packetsReceived, packetsSent } = connection;
    assert.deepEqual([packetsReceived, packetsSent, outstanding], [3, 4, 0]);
    assert.deepEqual([latency.minMs, latency.avgMs, latency.maxMs], [1, 4, 8]);
    assert.equal(connection.lastOperation, 'SETD');
    assert.equal(connection.lastCxid, 8);
    assert.deepEqual(connection.lastZxid, zxid(1, 3));
    assert.equal(connection.lastLatencyMs, 3);
    assert.equal(connection.lastResponseMs, 2_000);
    assert.equal(connection.establishedMs, 1_000);
    assert.equal(connection.timeoutMs, 30_000);
  });

  it('take a ping for an operation but not its xid, and auth for none', () => {
    const connection = new DoorStatistics().opened('127.0.0.1:1', 0);
    for (const [operation, cxid] of [
      [getData, 5],
      [ping, -2],
      [auth, -4],
    ] as const) {
      connection.received();
      connection.answered(operation, cxid, zxid(1, 1), 0);
    }
    assert.equal(connection.lastOperation, 'PING');
    assert.equal(connection.lastCxid, 5);
    assert.equal(connection.packetsSent, 3);
    assert.equal(connection.outstanding, 0);
  });

  it('add up for the door, and count what a closed connection left open no longer', () => {
    const door = new DoorStatistics();
    const [first, second] = [door.opened('127.0.0.1:1', 0), door.opened('[::1]:2', 0)];
    first.received();
    second.received();
    second.received();
    first.answered(getData, 1, zxid(1, 1), 2);
    assert.deepEqual([door.received, door.sent, door.outstanding], [3, 1, 2]);
    second.dropped();
    second.closed();
    second.closed();
    // What was under way is answered into nothing.
    second.answered(getData, 1, zxid(1, 1), 5);
    assert.deepEqual([door.received, door.sent, door.outstanding], [3, 1, 0]);
    assert.deepEqual([...door.connections], [first]);
    assert.deepEqual([door.connectionCount, door.droppedCount], [1, 1]);
    assert.deepEqual([door.latency.minMs, door.latency.maxMs], [2, 2]);
  });

  it('tell reads from updates, new sessions from those that came back, and words from both', () => {
    const door = new DoorStatistics();
    const connection = door.opened('127.0.0.1:1', 0);
    for (const [operation, latencyMs] of [
      [createSession, 6],
      [noOperation, 50],
      [getData, 1],
      [getData, 3],
      [setData, 2],
    ] as const) {
      connection.received();
      connection.answered(operation, 0, zxid(1, 1), latencyMs);
    }
    const figuresOf = ({ count, totalMs, minMs, maxMs }: Latency): number[] => [
      ...[count, totalMs, minMs, maxMs],
    ];
    assert.deepEqual(figuresOf(door.reads), [2, 4, 1, 3]);
    assert.deepEqual(figuresOf(door.updates), [2, 8, 2, 6]);
    assert.deepEqual(door.latency, { minMs: 1, avgMs: 3, maxMs: 6 });
    assert.deepEqual([door.sessionsCreated, door.sessionsResumed], [1, 1]);
    const asking = door.opened('127.0.0.1:2', 0);
    asking.asked();
    asking.notified();
    assert.deepEqual([asking.packetsReceived, asking.packetsSent, asking.outstanding], [1, 1, 0]);
    assert.deepEqual([asking.isAsking, connection.isAsking], [true, false]);
    assert.deepEqual([door.received, door.sent, door.outstanding], [6, 6, 0]);
  });

  it('begin anew when told so, but for what is open', () => {
    const door = new DoorStatistics();
    const connection = door.opened('127.0.0.1:1', 0);
    connection.received();
    connection.answered(getData, 1, zxid(1, 1), 2);
    connection.received();
    door.rejected();
    door.reset();
    const { received, sent, outstanding, rejectedCount, latency } = door;
    assert.deepEqual([received, sent, outstanding, rejectedCount], [0, 0, 1, 0]);
    assert.deepEqual([latency.minMs, latency.avgMs, latency.maxMs], [0, 0, 0]);
    assert.equal(connection.packetsReceived, 2);
    door.resetConnections();
    assert.deepEqual([connection.packetsReceived, connection.packetsSent], [0, 0]);
    assert.equal(connection.lastOperation, 'NA');
    assert.equal(connection.lastCxid, -1);
    assert.equal(connection.outstanding, 1);
    assert.equal(connection.latency.count, 0);
  });
});
