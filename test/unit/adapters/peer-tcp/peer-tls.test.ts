import assert from 'node:assert/strict';
import { connect as connectTls } from 'node:tls';
import { serverId } from '../../../../src/model/ids.ts';
import { peerUri } from '../../../../src/model/peer-name.ts';
import type { PeerNetworkOptions } from '../../../../src/adapters/peer-tcp/plane.ts';
import { NetworkRecorder } from '../../../support/peer-network/network-recorder.ts';
import { TcpBed, stopped } from '../../../support/peer-network/tcp-bed.ts';
import {
  Authority,
  peerSecurities,
  testClusterId,
  TestSecurity,
  type Issue,
} from '../../../support/tls/authority.ts';

const one = serverId(1);

function uriOf(id: number, clusterId = testClusterId): string {
  return peerUri({ clusterId, id: serverId(id) });
}

describe('peer-tcp over TLS', () => {
  let authority: Authority;
  let securities: Map<number, TestSecurity>;
  let bed: TcpBed;

  before(async () => {
    authority = await Authority.make();
    securities = await peerSecurities(authority, [1, 2, 3]);
  });

  afterEach(() => bed.close());

  /** Peer 1 as it should be, and peer 2 as it is told. Gives what happened at both. */
  async function meet(
    second: Partial<PeerNetworkOptions>,
    first: Partial<PeerNetworkOptions> = { security: securities.get(1) },
  ) {
    bed = await TcpBed.make(2, (id) => (id === 1 ? first : second));
    const [leader, learner] = bed.networks;
    assert.ok(leader !== undefined && learner !== undefined);
    const [atLeader, atLearner] = [new NetworkRecorder(), new NetworkRecorder()];
    leader.start(atLeader);
    learner.start(atLearner);
    const dialled = learner.dial(one);
    const isOver = () => atLearner.isConnected(dialled) || atLearner.closings(dialled).length === 1;
    return { leader, learner, atLeader, atLearner, dialled, isOver };
  }

  const closedAt = ({ events }: NetworkRecorder) =>
    events.filter(({ event }) => event === 'closed').length;

  async function isRefused(second: Partial<PeerNetworkOptions>, why: RegExp): Promise<void> {
    const { atLeader, atLearner, dialled, isOver } = await meet(second);
    await bed.until(isOver, 'the dial ends');
    assert.equal(atLearner.isConnected(dialled), false);
    assert.equal(atLeader.accepted().length, 0);
    const told = () =>
      bed.lines.filter(({ event }) => event === 'peerRefused' || event === 'peerNotMet');
    await bed.until(
      () => told().some(({ fields }) => why.test(String(fields['why']))),
      `${String(why)} is told: ${JSON.stringify(told())}`,
    );
  }

  async function keysOf(issue: Issue, by = authority): Promise<TestSecurity> {
    return new TestSecurity({ ...(await by.keys(issue)), ca: authority.ca });
  }

  it('knows a peer by its certificate, on whatever port it dials', async () => {
    const { dialled, isOver, atLearner, atLeader } = await meet({ security: securities.get(2) });
    await bed.until(isOver, 'the dial ends');
    assert.ok(atLearner.isConnected(dialled));
    await bed.until(() => atLeader.accepted().length === 1, 'it is accepted');
    const port = bed.servers[0]?.quorumPort ?? 0;
    const keys = await authority.issue({ uris: [uriOf(3)] });
    const socket = connectTls({ port, host: '127.0.0.1', ca: authority.ca, ...keys });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    assert.match(socket.getProtocol() ?? '', /TLSv1\.[23]/);
    socket.destroy();
  });

  it('takes nobody for another than his certificate says', async () => {
    // As a thief of peer 3's keys would: his own program does not mind whose they are.
    const stolen = await authority.keys({ uris: [uriOf(3)] });
    const thief = new TestSecurity(await authority.keys({ uris: [uriOf(2)] }));
    bed = await TcpBed.make(1, { security: securities.get(1) });
    bed.addServer(2);
    bed.addServer(3);
    const second = await bed.open(2, { security: thief });
    thief.renew(stolen);
    const [first] = bed.networks;
    const [atFirst, atSecond] = [new NetworkRecorder(), new NetworkRecorder()];
    first?.start(atFirst);
    second.start(atSecond);
    const dialled = second.dial(one);
    await bed.until(() => atSecond.closings(dialled).length === 1, 'the dial fails');
    assert.match(atSecond.closings(dialled)[0] ?? '', /peer 2 shows the certificate of peer 3/);
    assert.equal(atFirst.accepted().length, 0);
  });

  it('dials nobody who shows the certificate of another', async () => {
    const impostor = new TestSecurity(await authority.keys({ uris: [uriOf(1)] }));
    const { learner, atLearner, dialled, isOver } = await meet(
      { security: securities.get(2) },
      { security: impostor },
    );
    await bed.until(isOver, 'the dial ends');
    assert.ok(atLearner.isConnected(dialled));
    impostor.renew(await authority.keys({ uris: [uriOf(3)] }));
    const again = learner.dial(one);
    await bed.until(() => atLearner.closings(again).length === 1, 'the dial fails');
    assert.match(atLearner.closings(again)[0] ?? '', /peer 1 shows the certificate of peer 3/);
  });

  const bad: Record<string, () => Promise<TestSecurity>> = {
    'has expired': () => keysOf({ uris: [uriOf(2)], from: -3, to: -1 }),
    'is not valid yet': () => keysOf({ uris: [uriOf(2)], from: 1 }),
    'not made for this purpose': () => keysOf({ uris: [uriOf(2)], purposes: ['server'] }),
    'not one that is believed': async () =>
      keysOf({ uris: [uriOf(2)] }, await Authority.make('of another')),
    'of the ensemble fedcba9876543210': () => keysOf({ uris: [uriOf(2, 'fedcba9876543210')] }),
  };
  for (const [why, security] of Object.entries(bad)) {
    it(`refuses a certificate: ${why}`, async () => {
      await isRefused({ security: await security() }, new RegExp(why));
    });
  }

  it('refuses a certificate that names no peer, as that of a client', async () => {
    bed = await TcpBed.make(1, { security: securities.get(1) });
    const [network] = bed.networks;
    network?.start(new NetworkRecorder());
    const port = bed.servers[0]?.quorumPort ?? 0;
    const keys = await authority.issue({ name: 'admin', purposes: ['client'] });
    for (const shown of [keys, {}]) {
      const socket = connectTls({ port, host: '127.0.0.1', ca: authority.ca, ...shown });
      let text = '';
      socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
      await new Promise((resolve) => socket.once('close', resolve));
      assert.match(text, 'cert' in shown ? /names no peer/ : /shows no certificate/);
    }
  });

  it('refuses a revoked one once the list says so, and ends the links that there are', async () => {
    const stolen = await authority.issue({ uris: [uriOf(2)] });
    const first = new TestSecurity(await authority.keys({ uris: [uriOf(1)] }));
    const second = new TestSecurity({ ...stolen, ca: authority.ca, crl: undefined });
    const { learner, leader, atLearner, atLeader, dialled, isOver } = await meet(
      { security: second },
      { security: first },
    );
    await bed.until(isOver, 'the dial ends');
    assert.ok(atLearner.isConnected(dialled));
    await bed.until(() => atLeader.accepted().length === 1, 'it is accepted');
    const other = await authority.issue({ uris: [uriOf(2)] });
    first.renew({ ...first.keys, crl: await authority.crl([other]) });
    assert.equal(closedAt(atLeader), 0, 'it is that of another');
    // A link that is cut closes a moment later.
    assert.ok(!bed.lines.some(({ event }) => event === 'peerCut'));
    first.renew({ ...first.keys, crl: await authority.crl([other, stolen]) });
    await bed.until(() => atLearner.closings(dialled).length === 1, 'the link ends');
    assert.equal(closedAt(atLeader), 1);
    assert.ok(
      bed.lines.some(
        ({ event, fields }) => event === 'peerCut' && /revoked/.test(String(fields['why'])),
      ),
    );
    const again = learner.dial(one);
    await bed.until(() => atLearner.closings(again).length === 1, 'the dial fails');
    assert.match(atLearner.closings(again)[0] ?? '', /was revoked/);
    assert.equal(atLeader.accepted().length, 1);
    await stopped(leader);
    assert.equal(first.takers, 0, 'who has stopped hears of no keys');
  });

  it('ends the link to a revoked one that it has dialled itself', async () => {
    const stolen = await authority.issue({ uris: [uriOf(1)] });
    const second = new TestSecurity(await authority.keys({ uris: [uriOf(2)] }));
    const { atLearner, dialled, isOver } = await meet(
      { security: second },
      { security: new TestSecurity({ ...stolen, ca: authority.ca, crl: undefined }) },
    );
    await bed.until(isOver, 'the dial ends');
    second.renew({ ...second.keys, crl: await authority.crl([stolen]) });
    await bed.until(() => atLearner.closings(dialled).length === 1, 'the link ends');
    assert.match(atLearner.closings(dialled)[0] ?? '', /was revoked/);
  });

  it('asks for no shared secret, whoever has one', async () => {
    const secret = new TextEncoder().encode('between us');
    const { atLearner, dialled, isOver } = await meet(
      { security: securities.get(2) },
      { security: securities.get(1), secret },
    );
    await bed.until(isOver, 'the dial ends');
    assert.ok(atLearner.isConnected(dialled));
  });

  it('tells who speaks plaintext that TLS is spoken, and is told who does not speak it', async () => {
    await isRefused({}, /refused by the other side: .*speaks no TLS/);
    await bed.close();
    const { atLearner, dialled, isOver } = await meet({ security: securities.get(2) }, {});
    await bed.until(isOver, 'the dial ends');
    assert.match(atLearner.closings(dialled)[0] ?? '', /it speaks no TLS/);
    assert.ok(bed.lines.some(({ event }) => event === 'peerNotMet'));
  });

  it('goes over from plaintext to TLS and back, where both will do', async () => {
    const secret = new TextEncoder().encode('between us');
    const changing = (id: number) => ({
      secret,
      security: securities.get(id),
      acceptsPlaintext: true,
    });
    const both = { 1: changing(1), 2: changing(2) } as const;
    for (const [first, second] of [
      [{ secret }, both[2]],
      [both[1], { secret }],
      [both[1], both[2]],
      [{ secret, security: securities.get(1) }, both[2]],
      [both[1], { secret, security: securities.get(2) }],
    ] as const) {
      const { learner, atLearner, dialled, isOver } = await meet(second, first);
      await bed.until(isOver, 'the dial ends');
      // In plaintext the one after.
      const again = atLearner.isConnected(dialled) ? dialled : learner.dial(one);
      await bed.until(() => atLearner.isConnected(again), 'they meet');
      await bed.close();
    }
  });

  it('closes who does not go on with the handshake, so that others have their turn', async () => {
    bed = await TcpBed.make(2, (id) => ({ security: securities.get(id) }));
    const [first, second] = bed.networks;
    const atSecond = new NetworkRecorder();
    first?.start(new NetworkRecorder());
    second?.start(atSecond);
    const port = bed.servers[0]?.quorumPort ?? 0;
    const stalling = await Promise.all(Array.from({ length: 80 }, () => bed.socketTo(port)));
    for (const socket of stalling) socket.resume().write(Buffer.from([0x16, 3, 1, 2, 0]));
    await bed.until(
      () => stalling.filter(({ destroyed, closed }) => destroyed || closed).length >= 16,
      'some are closed for the sake of others',
    );
    const dialled = second?.dial(one);
    assert.ok(dialled !== undefined);
    await bed.until(() => atSecond.isConnected(dialled), 'a peer is met all the same');
  });

  it('does not start with keys that no other peer would believe', async () => {
    bed = new TcpBed();
    bed.addServer(1);
    bed.addServer(2);
    const open = (security: TestSecurity) => bed.open(2, { security });
    const { keys } = securities.get(2) ?? assert.fail();
    const noName = new TestSecurity(await authority.keys());
    await assert.rejects(open(noName), /names no peer/);
    await assert.rejects(open(securities.get(1) ?? assert.fail()), /names peer 1/);
    await assert.rejects(open(new TestSecurity({ ...keys, ca: undefined })), /tls\.caFile/);
  });
});
