import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { ByteWriter } from '../../../../src/base/bytes.ts';
import { serverId, type ConnectionId } from '../../../../src/model/ids.ts';
import { handshakeTimeoutMs } from '../../../../src/adapters/peer-tcp/meeting.ts';
import {
  handshakeBytesMax,
  peerProtocolVersion,
  writeGreeting,
  type Terms,
} from '../../../../src/adapters/peer-tcp/handshake.ts';
import { Doorway, startId, strangersMax } from '../../../../src/adapters/peer-tcp/plane.ts';
import type { TcpPeerNetwork } from '../../../../src/adapters/peer-tcp/peer-network.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import {
  NetworkRecorder,
  notificationOf,
  pong,
} from '../../../support/peer-network/network-recorder.ts';
import { TcpBed, stopped } from '../../../support/peer-network/tcp-bed.ts';

const one = serverId(1);

function secretOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Everything that came, and whether it is over. */
function listenTo(socket: Socket): { bytes: () => Buffer; isClosed: () => boolean } {
  const chunks: Buffer[] = [];
  let isClosed = false;
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('close', () => (isClosed = true));
  return { bytes: () => Buffer.concat(chunks), isClosed: () => isClosed };
}

function framed(write: (to: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter().u32(0);
  write(to);
  to.patchU32(0, to.length - 4);
  return to.take();
}

function start(network: TcpPeerNetwork): NetworkRecorder {
  const recorder = new NetworkRecorder();
  network.start(recorder);
  return recorder;
}

describe('peer-tcp handshake', () => {
  let bed: TcpBed;
  afterEach(async () => {
    await bed.close();
  });

  function network(index: number): TcpPeerNetwork {
    const found = bed.networks[index];
    assert.ok(found !== undefined);
    return found;
  }

  async function failedDial(recorder: NetworkRecorder, dialler: TcpPeerNetwork): Promise<string> {
    const id: ConnectionId = dialler.dial(one);
    await bed.until(() => recorder.closings(id).length > 0, 'the dial fails');
    assert.equal(recorder.isConnected(id), false);
    return recorder.closings(id).join();
  }

  function complaints(): string[] {
    return bed.lines
      .filter(({ level }) => level === 'warn')
      .map(({ fields }) => String(fields['why']));
  }

  for (const { title, theirs, ours, why } of [
    { title: 'another secret', theirs: secretOf('a'), ours: secretOf('b'), why: /secrets differ/ },
    { title: 'no secret', theirs: undefined, ours: secretOf('b'), why: /peer 2 has none/ },
    {
      title: 'a secret that was not asked for',
      theirs: secretOf('a'),
      ours: undefined,
      why: /peer 1 has none/,
    },
  ]) {
    it(`refuses a peer with ${title}, on both planes, and says so on both sides`, async () => {
      bed = await TcpBed.make(0);
      bed.addServer(1);
      bed.addServer(2);
      const acceptor = await bed.open(1, ours === undefined ? {} : { secret: ours });
      const dialler = await bed.open(2, theirs === undefined ? {} : { secret: theirs });
      const atAcceptor = start(acceptor);
      const atDialler = start(dialler);
      dialler.notify(one, notificationOf(2, 1));
      assert.match(await failedDial(atDialler, dialler), why);
      const byPlane = (plane: string): boolean =>
        bed.lines.some(({ event, fields }) => event === 'peerNotMet' && fields['plane'] === plane);
      await bed.until(() => byPlane('election') && byPlane('broadcast'), 'both planes are refused');
      assert.ok(complaints().every((complaint) => why.test(complaint)));
      assert.deepEqual(atAcceptor.events, []);
    });
  }

  it('never sends the secret', async () => {
    const secret = secretOf('0123456789abcdef0123456789abcdef');
    bed = await TcpBed.make(1, { secret });
    start(network(0));
    const { quorumPort } = network(0).addresses();
    const socket = await bed.socketTo(quorumPort);
    const heard = listenTo(socket);
    await bed.until(() => heard.bytes().length > 0, 'the greeting comes');
    assert.equal(heard.bytes().includes(Buffer.from(secret)), false);
  });

  it('refuses a peer that is not among the servers', async () => {
    bed = await TcpBed.make(0);
    bed.addServer(1);
    const shut = await bed.open(1, { servers: [...bed.servers] });
    const atShut = start(shut);
    bed.addServer(7);
    const unknown = await bed.open(7);
    assert.match(await failedDial(start(unknown), unknown), /peer 7 is not among the servers/);
    assert.deepEqual(atShut.events, []);
  });

  it('finds out that it dialled another peer than it meant', async () => {
    bed = await TcpBed.make(3);
    start(network(0));
    start(network(1));
    Object.assign(bed.servers[0] ?? {}, network(1).addresses());
    const recorder = start(network(2));
    assert.match(await failedDial(recorder, network(2)), /looked for peer 1 and found peer 2/);
  });

  it('finds out that it dialled the other plane', async () => {
    bed = await TcpBed.make(2);
    start(network(0));
    const recorder = start(network(1));
    Object.assign(bed.servers[0] ?? {}, { quorumPort: network(0).addresses().electionPort });
    assert.match(await failedDial(recorder, network(1)), /this is the broadcast port/);
  });

  it('closes on garbage, with one line each and a limit to the lines', async () => {
    bed = await TcpBed.make(2);
    const recorder = start(network(0));
    const { quorumPort, electionPort } = network(0).addresses();
    const garbage = [
      Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      Buffer.alloc(100_000, 0xff),
      Buffer.from([0, 0, 0, 0]),
      Buffer.concat([Buffer.from([0, 0, 0, 60]), Buffer.alloc(60, 7)]),
      Buffer.from([0, 0, 2, 1]),
    ];
    for (let round = 0; round < 6; round++) {
      for (const port of [quorumPort, electionPort]) {
        for (const bytes of garbage) {
          const socket = await bed.socketTo(port);
          const heard = listenTo(socket);
          socket.write(bytes);
          await bed.until(heard.isClosed, 'the connection is closed');
        }
      }
    }
    const lines = bed.lines.filter(({ event }) => event === 'peerRefused');
    for (const plane of ['broadcast', 'election']) {
      assert.equal(lines.filter(({ fields }) => fields['plane'] === plane).length, 10);
    }
    assert.ok(Number(lines.at(-1)?.fields['silentForMs']) > 0);
    assert.deepEqual(recorder.events, []);
    const dialler = start(network(1));
    const id = network(1).dial(one);
    await bed.until(() => dialler.isConnected(id), 'a peer is still welcome');
  });

  it('holds little of what a stranger sends', async () => {
    bed = await TcpBed.make(1);
    start(network(0));
    const socket = await bed.socketTo(network(0).addresses().quorumPort);
    const heard = listenTo(socket);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(handshakeBytesMax);
    socket.write(head);
    socket.write(Buffer.alloc(handshakeBytesMax - 1));
    // Nothing to complain of yet: the frame is not whole. One byte more, and it is refused.
    await bed.until(() => heard.bytes().length > 0, 'the greeting comes');
    assert.equal(heard.isClosed(), false);
    socket.write(Buffer.alloc(1));
    await bed.until(heard.isClosed, 'the connection is closed');
  });

  it('gives up a handshake that does not end, on either side', async () => {
    const due: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      after(ms, run) {
        if (ms !== handshakeTimeoutMs) return systemClock.after(ms, run);
        due.push(run);
        return { cancel: () => due.splice(due.indexOf(run), 1) };
      },
    };
    bed = await TcpBed.make(2, { clock });
    start(network(0));
    const recorder = start(network(1));
    const { quorumPort } = network(0).addresses();
    await bed.until(() => due.length === 0, 'the election link is up');
    const silent = listenTo(await bed.socketTo(quorumPort));
    await bed.until(() => due.length === 1, 'the handshake began');
    due[0]?.();
    await bed.until(silent.isClosed, 'the stranger is closed');
    assert.match(complaints().join(), /the handshake took too long/);

    // And a dialler whom nobody greets.
    due.length = 0;
    await stopped(network(0));
    await bed.listen(() => undefined, quorumPort);
    const id = network(1).dial(one);
    const mine = due.at(-1);
    mine?.();
    await bed.until(() => recorder.closings(id).length > 0, 'the dial fails');
    assert.match(recorder.closings(id).join(), /took too long/);
  });

  it('lets the oldest stranger go when too many wait', async () => {
    bed = await TcpBed.make(2);
    start(network(0));
    const { quorumPort } = network(0).addresses();
    const first = listenTo(await bed.socketTo(quorumPort));
    await bed.until(() => first.bytes().length > 0, 'the first is greeted');
    for (let count = 0; count < strangersMax; count++) await bed.socketTo(quorumPort);
    await bed.until(first.isClosed, 'the first has to go');
    const dialler = start(network(1));
    const id = network(1).dial(one);
    await bed.until(() => dialler.isConnected(id), 'a peer is still welcome');
  });

  it('lets a stranger go of the address that most of them come from', async () => {
    bed = await TcpBed.make(2);
    start(network(0));
    const { quorumPort: port } = network(0).addresses();
    const elsewhere = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' });
    const lone = listenTo(elsewhere);
    await bed.until(() => lone.bytes().length > 0, 'the first of all is greeted');
    const first = listenTo(await bed.socketTo(port));
    for (let count = 0; count < strangersMax; count++) await bed.socketTo(port);
    await bed.until(first.isClosed, 'the first of the crowd has to go');
    assert.equal(lone.isClosed(), false);
    elsewhere.destroy();
  });

  it('asks the one who is dialled for proof, too', async () => {
    bed = await TcpBed.make(2, { secret: secretOf('between us') });
    const pretended: Terms = {
      plane: 'broadcast',
      self: one,
      start: startId(systemRandom),
      isKnown: () => true,
      secret: secretOf('something else'),
    };
    const impostorPort = await bed.listen((socket) => {
      socket.write(
        framed((to) => {
          writeGreeting(to, pretended, new Uint8Array(32));
        }),
      );
      // Whatever the answer was: welcome!
      socket.once('data', () =>
        socket.write(
          framed((to) => {
            to.u32(0x51_55_4f_4c).u32(peerProtocolVersion).u8(3).raw(new Uint8Array(32));
          }),
        ),
      );
    });
    Object.assign(bed.servers[0] ?? {}, { quorumPort: impostorPort });
    const recorder = start(network(1));
    assert.match(await failedDial(recorder, network(1)), /secrets differ/);
  });

  it('refuses another version of the protocol, and says so', async () => {
    bed = await TcpBed.make(1);
    start(network(0));
    const socket = await bed.socketTo(network(0).addresses().quorumPort);
    const heard = listenTo(socket);
    socket.write(
      framed((to) => {
        to.u32(0x51_55_4f_4c)
          .u32(peerProtocolVersion + 1)
          .u8(2);
      }),
    );
    await bed.until(heard.isClosed, 'it is closed');
    assert.match(heard.bytes().toString('latin1'), /peer protocol 3 meets 2: run the same version/);
  });

  it('lets only the higher id dial an election link', async () => {
    bed = await TcpBed.make(2);
    start(network(1));
    const doorway = new Doorway('election', {
      self: one,
      servers: bed.servers,
      listenHost: '127.0.0.1',
      clock: systemClock,
      random: systemRandom,
      logger: bed.logger,
    });
    let isClosed = false;
    doorway.dial(serverId(2), {
      onMet(socket) {
        socket.listener = { onFrame: () => undefined, onClosed: () => (isClosed = true) };
      },
      onFailed: () => (isClosed = true),
    });
    await bed.until(() => isClosed, 'the link is closed');
    assert.match(complaints().join(), /the peer with the higher id dials/);
  });

  it('refuses a recorded stream that is played again', async () => {
    bed = await TcpBed.make(2, { secret: secretOf('between us') });
    const { quorumPort } = network(0).addresses();
    const recorded: Buffer[] = [];
    const tappedPort = await bed.tap(quorumPort, (client, through) => {
      client.on('data', (chunk) => recorded.push(chunk));
      client.pipe(through).pipe(client);
    });
    Object.assign(bed.servers[0] ?? {}, { quorumPort: tappedPort });
    const acceptor = start(network(0));
    const dialler = start(network(1));
    const id = network(1).dial(one);
    await bed.until(() => dialler.isConnected(id), 'the dial succeeds');
    network(1).send(id, pong(1));
    await bed.until(() => acceptor.events.some(({ event }) => event === 'message'), 'it came');
    const before = acceptor.events.length;

    const replayed = await bed.socketTo(quorumPort);
    const heard = listenTo(replayed);
    replayed.write(Buffer.concat(recorded));
    await bed.until(heard.isClosed, 'the replay is closed');
    assert.equal(acceptor.events.length, before);
    assert.match(complaints().join(), /secrets differ/);
  });
});
