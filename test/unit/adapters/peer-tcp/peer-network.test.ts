import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { serverId, type ConnectionId } from '../../../../src/model/ids.ts';
import type { PeerMessage } from '../../../../src/model/peer-message.ts';
import { drainedBelowBytes } from '../../../../src/ports/peer-network.ts';
import type { TcpPeerNetwork } from '../../../../src/adapters/peer-tcp/peer-network.ts';
import {
  NetworkRecorder,
  notificationOf,
  pong,
} from '../../../support/peer-network/network-recorder.ts';
import { TcpBed, stopped } from '../../../support/peer-network/tcp-bed.ts';

const one = serverId(1);
const two = serverId(2);

function start(network: TcpPeerNetwork | undefined): NetworkRecorder {
  assert.ok(network !== undefined);
  const recorder = new NetworkRecorder();
  network.start(recorder);
  return recorder;
}

function chunkOf(bytes: number): PeerMessage {
  return { kind: 'snapChunk', sequence: 0, bytes: new Uint8Array(bytes) };
}

describe('peer-tcp', () => {
  let bed: TcpBed;
  beforeEach(async () => {
    bed = await TcpBed.make(2);
  });
  afterEach(async () => {
    await bed.close();
  });

  async function connected(): Promise<{
    readonly leader: TcpPeerNetwork;
    readonly learner: TcpPeerNetwork;
    readonly atLeader: NetworkRecorder;
    readonly atLearner: NetworkRecorder;
    readonly up: ConnectionId;
    readonly down: ConnectionId;
  }> {
    const [leader, learner] = bed.networks;
    assert.ok(leader !== undefined && learner !== undefined);
    const atLeader = start(leader);
    const atLearner = start(learner);
    const up = learner.dial(one);
    await bed.until(() => atLearner.isConnected(up), 'the dial succeeds');
    await bed.until(() => atLeader.accepted().length === 1, 'the dial is accepted');
    const [down] = atLeader.accepted();
    assert.ok(down !== undefined);
    return { leader, learner, atLeader, atLearner, up, down };
  }

  /** Between peer 2 and peer 1's port. */
  async function tap(
    port: 'quorumPort' | 'electionPort',
    onPair: (client: Socket, through: Socket) => void,
  ): Promise<void> {
    const server = bed.servers[0];
    assert.ok(server !== undefined);
    Object.assign(server, { [port]: await bed.tap(server[port], onPair) });
  }

  it('lives with a peer whose name cannot be resolved, and finds it once it can', async () => {
    const [first, second] = bed.networks;
    assert.ok(first !== undefined && second !== undefined);
    const place = bed.servers[0];
    assert.ok(place !== undefined);
    // Longer than a label may be: no resolver anywhere has to be asked.
    Object.assign(place, { host: `${'x'.repeat(64)}.localhost` });
    const atFirst = start(first);
    const atSecond = start(second);
    const lost = second.dial(one);
    second.notify(one, notificationOf(two, 1));
    await bed.until(() => atSecond.closings(lost).length === 1, 'the dial fails');
    Object.assign(place, { host: '127.0.0.1' });
    const found = second.dial(one);
    await bed.until(() => atSecond.isConnected(found), 'the name is resolved anew');
    await bed.until(
      () => atFirst.events.some(({ event }) => event === 'notification'),
      'the newest notification arrives after all',
    );
  });

  it('writes all that one turn sends at once', async () => {
    const fromLearner: number[] = [];
    await tap('quorumPort', (client, through) => {
      through.pipe(client);
      client.on('data', (chunk) => {
        fromLearner.push(chunk.length);
        through.write(chunk);
      });
    });
    const { learner, atLeader, up, down } = await connected();
    const before = fromLearner.length;
    for (let round = 0; round < 100; round++) learner.send(up, pong(round));
    await bed.until(() => atLeader.messages(down).length === 100, 'all came');
    assert.equal(fromLearner.length - before, 1);
  });

  it('keeps the older of two connections of one learner until it is told to close it', async () => {
    const { leader, learner, atLeader, atLearner, up, down } = await connected();
    const again = learner.dial(one);
    await bed.until(() => atLeader.accepted().length === 2, 'the second is accepted');
    leader.send(down, pong(1));
    leader.send(atLeader.accepted()[1] ?? down, pong(2));
    await bed.until(() => atLearner.messages(again).length === 1, 'the newer works');
    await bed.until(() => atLearner.messages(up).length === 1, 'and so does the older');
  });

  it('tells the other side why it closes', async () => {
    const { leader, atLearner, up, down } = await connected();
    leader.close(down, { code: 'refused', detail: 'of another ensemble' });
    await bed.until(() => atLearner.closings(up).length > 0, 'the learner hears of it');
    assert.deepEqual(atLearner.closings(up), [
      'closed by the other side: refused: of another ensemble',
    ]);
  });

  it('says when the queue of a slow reader has drained', async () => {
    let isHeld = true;
    let release = (): void => undefined;
    await tap('quorumPort', (client, through) => {
      client.pipe(through);
      through.on('data', (chunk) => {
        client.write(chunk);
        if (isHeld && chunk.length > 10_000) through.pause();
      });
      release = () => {
        isHeld = false;
        through.resume();
      };
    });
    const { leader, atLeader, atLearner, up, down } = await connected();
    let sent = 0;
    // More than the system's own buffers hold, or nothing would ever wait.
    while (sent < 64) {
      leader.send(down, chunkOf(500_000));
      sent += 1;
    }
    await bed.until(() => leader.queuedBytes(down) > drainedBelowBytes, 'it waits');
    assert.equal(
      atLeader.events.some(({ event }) => event === 'drained'),
      false,
    );
    release();
    await bed.until(() => atLeader.events.some(({ event }) => event === 'drained'), 'it drains');
    assert.ok(leader.queuedBytes(down) < drainedBelowBytes);
    await bed.until(() => atLearner.messages(up).length === sent, 'all came');
    assert.equal(atLeader.events.filter(({ event }) => event === 'drained').length, 1);
  });

  it('closes a reader that is too slow', async () => {
    const queuedBytesMax = 4_000_000;
    await stopped(bed.networks[0] ?? (await bed.open(1)));
    bed.networks[0] = await bed.open(1, { queuedBytesMax });
    await tap('quorumPort', (client, through) => {
      client.pipe(through);
      through.once('data', (greeting) => {
        client.write(greeting);
        through.once('data', (welcome) => {
          client.write(welcome);
          through.pause();
        });
      });
    });
    const { leader, atLeader, down } = await connected();
    for (let sent = 0; sent < 100 && atLeader.closings(down).length === 0; sent++) {
      atLeader.calling(() => {
        leader.send(down, chunkOf(500_000));
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await bed.until(() => atLeader.closings(down).length > 0, 'it is closed');
    assert.match(atLeader.closings(down).join(), /^slow: \d+ bytes/);
    assert.equal(leader.queuedBytes(down), 0);
  });

  for (const [bytes, why] of [
    [[0x7f, 0xff, 0xff, 0xff, 1], /a frame of 2147483647 bytes/],
    [[0, 0, 0, 2, 250, 0], /250 is none of/],
    [[0, 0, 0, 0], /the end came too early/],
    [[0, 0, 0, 10, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], /1 bytes too many/],
  ] as const) {
    it(`closes a stream that turns into garbage: ${why.source}`, async () => {
      let inject: (bytes: Uint8Array) => unknown = () => undefined;
      await tap('quorumPort', (client, through) => {
        client.pipe(through).pipe(client);
        inject = (garbage) => through.write(garbage);
      });
      const { atLeader, atLearner, up, down } = await connected();
      inject(Uint8Array.from(bytes));
      await bed.until(() => atLeader.closings(down).length > 0, 'the leader closes it');
      assert.match(atLeader.closings(down).join(), why);
      await bed.until(() => atLearner.closings(up).length > 0, 'the learner hears of it');
      assert.deepEqual(atLeader.messages(down), []);
      assert.equal(bed.lines.filter(({ event }) => event === 'peerStreamMalformed').length, 1);
    });
  }

  it('sends the newest notification again when a peer has come back', async () => {
    const [low, high] = bed.networks;
    const atLow = start(low);
    start(high);
    assert.ok(low !== undefined && high !== undefined);
    high.notify(one, notificationOf(2, 1));
    low.notify(two, notificationOf(1, 7));
    await bed.until(() => atLow.notifications().length === 1, 'the first came');
    await stopped(low);
    const again = await bed.open(1);
    const atAgain = start(again);
    await bed.until(() => atAgain.notifications().length > 0, 'it came again');
    assert.deepEqual(
      atAgain.notifications().map(({ round }) => round),
      [1],
    );

    // And the one who is dialled keeps its own for the one who dials.
    again.notify(two, notificationOf(1, 8));
    await stopped(high);
    again.notify(two, notificationOf(1, 9));
    const atHigh = start(await bed.open(2));
    await bed.until(() => atHigh.notifications().at(-1)?.round === 9, 'the newest came');
    assert.equal(atHigh.notifications().length, 1);
  });

  it('drops notifications that cannot be read or name another peer, and keeps the link', async () => {
    let inject: (bytes: Uint8Array) => unknown = () => undefined;
    let links = 0;
    await tap('electionPort', (client, through) => {
      links += 1;
      client.pipe(through);
      through.pipe(client);
      inject = (bytes) => through.write(bytes);
    });
    const atLow = start(bed.networks[0]);
    const high = bed.networks[1];
    start(high);
    high?.notify(one, notificationOf(2, 1));
    await bed.until(() => atLow.notifications().length === 1, 'the link works');
    inject(Buffer.from([0, 0, 0, 3, 255, 255, 255]));
    high?.notify(one, notificationOf(1, 2));
    const dropped = (): unknown[] =>
      bed.lines
        .filter(({ event }) => event === 'notificationDropped')
        .map(({ fields }) => fields['why']);
    await bed.until(() => dropped().length === 2, 'both are dropped');
    high?.notify(one, notificationOf(2, 3));
    await bed.until(() => atLow.notifications().at(-1)?.round === 3, 'the link still works');
    assert.deepEqual(
      atLow.notifications().map(({ round }) => round),
      [1, 3],
    );
    assert.equal(links, 1);
  });

  it('makes a link anew on which nothing is heard', async () => {
    let links = 0;
    await tap('electionPort', (client, through) => {
      links += 1;
      // The first link swallows everything after the handshake, as a cut cable would.
      let passed = 0;
      for (const [from, to] of [
        [client, through],
        [through, client],
      ] as const) {
        from.on('data', (chunk) => {
          passed += 1;
          if (links > 1 || passed <= 3) to.write(chunk);
        });
      }
    });
    const atLow = start(bed.networks[0]);
    start(bed.networks[1]);
    bed.networks[1]?.notify(one, notificationOf(2, 1));
    await bed.until(() => atLow.notifications().length > 0, 'it came on the second link');
    assert.equal(links, 2);
  }).timeout(20_000);

  it('leaves an election link to the process that has it, and tells another one', async () => {
    const atLow = start(bed.networks[0]);
    start(bed.networks[1]);
    bed.networks[1]?.notify(one, notificationOf(2, 1));
    await bed.until(() => atLow.notifications().length === 1, 'the link is up');
    const twin = await bed.openElsewhere(2, bed.servers);
    const atTwin = start(twin);
    twin.notify(one, notificationOf(2, 77));
    await bed.until(() => atTwin.events.some(({ event }) => event === 'twin'), 'it is told');
    bed.networks[1]?.notify(one, notificationOf(2, 2));
    await bed.until(() => atLow.notifications().length === 2, 'the link is still up');
    assert.deepEqual(
      atLow.notifications().map(({ round }) => round),
      [1, 2],
    );
  }).timeout(20_000);

  it('tells a process that nobody dials of the one that is dialled', async () => {
    start(bed.networks[0]);
    const atHigh = start(bed.networks[1]);
    bed.networks[0]?.notify(two, notificationOf(1, 1));
    await bed.until(() => atHigh.notifications().length === 1, 'the link is up');
    const atTwin = start(await bed.openElsewhere(1, bed.servers));
    await bed.until(() => atTwin.events.some(({ event }) => event === 'twin'), 'it is told');
    assert.deepEqual(atHigh.notifications().length, 1);
  }).timeout(20_000);

  it('gives an election link to another process once the one that had it is silent', async () => {
    let links = 0;
    await tap('electionPort', (client, through) => {
      links += 1;
      // All but the second swallow everything after the handshake, as a machine without power would.
      const isSecond = links === 2;
      let passed = 0;
      for (const [from, to] of [
        [client, through],
        [through, client],
      ] as const) {
        from.on('data', (chunk) => {
          passed += 1;
          if (isSecond || (links === 1 && passed <= 3)) to.write(chunk);
        });
      }
    });
    const atLow = start(bed.networks[0]);
    const atFirst = start(bed.networks[1]);
    await bed.until(
      () => bed.lines.filter(({ event }) => event === 'electionLinkUp').length === 2,
      'the link is up',
    );
    const next = await bed.openElsewhere(2, bed.servers);
    const atNext = start(next);
    next.notify(one, notificationOf(2, 3));
    await bed.until(() => atLow.notifications().length > 0, 'the next one has the link');
    assert.deepEqual([...atFirst.events, ...atNext.events], []);
  }).timeout(20_000);

  it('waits for a peer that listens already and starts later', async () => {
    const learner = bed.networks[1];
    const atLearner = start(learner);
    const up = learner?.dial(one);
    assert.ok(up !== undefined);
    learner?.notify(one, notificationOf(2, 1));
    await new Promise((resolve) => setImmediate(resolve));
    const atLeader = start(bed.networks[0]);
    await bed.until(() => atLearner.isConnected(up), 'the dial succeeds');
    await bed.until(() => atLeader.notifications().length === 1, 'the notification comes');
    assert.deepEqual(
      bed.lines.filter(({ event }) => event === 'electionLinkFailed'),
      [],
    );
  });

  it('rejects when its port is taken, and leaves nothing open', async () => {
    await assert.rejects(bed.open(1), (error: Error) => {
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'EADDRINUSE');
      return true;
    });
  });
});
