import assert from 'node:assert/strict';
import { serverId, type ConnectionId } from '../../../src/model/ids.ts';
import type { PeerMessage } from '../../../src/model/peer-message.ts';
import type { PeerNetwork } from '../../../src/ports/peer-network.ts';
import {
  type NetworkBed,
  NetworkRecorder,
  notificationOf,
  pong,
} from '../../support/peer-network/network-recorder.ts';

// What every `PeerNetwork` keeps, whatever it is made of.

function roundsOf(messages: readonly PeerMessage[]): number[] {
  return messages.map((message) => (message.kind === 'pong' ? message.round : -1));
}

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  assert.ok(item !== undefined);
  return item;
}

interface Peer {
  readonly network: PeerNetwork;
  readonly recorder: NetworkRecorder;
}

const one = serverId(1);
const two = serverId(2);
const nobody = serverId(9);
const stranger = serverId(200);

export function peerNetworkContract(
  name: string,
  makeBed: (peers: number) => Promise<NetworkBed>,
): void {
  describe(`peer network: ${name}`, () => {
    let bed: NetworkBed;
    beforeEach(async () => {
      bed = await makeBed(2);
    });
    afterEach(async () => {
      await bed.close();
    });

    function start(index: number): Peer {
      const network = bed.networks[index];
      assert.ok(network !== undefined);
      const recorder = new NetworkRecorder();
      recorder.calling(() => {
        network.start(recorder);
      });
      return { network, recorder };
    }

    async function connect(from: Peer, to: Peer): Promise<readonly [ConnectionId, ConnectionId]> {
      const before = to.recorder.accepted().length;
      const id = from.recorder.calling(() => from.network.dial(one));
      await bed.until(() => from.recorder.isConnected(id), 'the dial succeeds');
      await bed.until(() => to.recorder.accepted().length > before, 'the dial is accepted');
      const accepted = to.recorder.accepted().at(-1);
      assert.ok(accepted !== undefined);
      return [id, accepted];
    }

    function closeBy(peer: Peer, id: ConnectionId): void {
      peer.recorder.calling(() => {
        peer.network.close(id, { code: 'roleChange', detail: 'for the test' });
      });
    }

    it('names both ends when a learner dials', async () => {
      const leader = start(0);
      const learner = start(1);
      const [dialled, accepted] = await connect(learner, leader);
      assert.deepEqual(learner.recorder.events, [{ event: 'connected', id: dialled, peer: one }]);
      assert.deepEqual(leader.recorder.events, [{ event: 'accepted', id: accepted, peer: two }]);
    });

    it('keeps the order of a stream, both ways, under load', async () => {
      const leader = start(0);
      const learner = start(1);
      const [up, down] = await connect(learner, leader);
      const rounds = Array.from({ length: 5_000 }, (_, round) => round);
      for (const round of rounds) {
        learner.recorder.calling(() => {
          learner.network.send(up, pong(round));
        });
        leader.recorder.calling(() => {
          leader.network.send(down, pong(round));
        });
      }
      await bed.until(() => leader.recorder.messages(down).length >= rounds.length, 'all came up');
      await bed.until(() => learner.recorder.messages(up).length >= rounds.length, 'all came down');
      assert.deepEqual(roundsOf(leader.recorder.messages(down)), rounds);
      assert.deepEqual(roundsOf(learner.recorder.messages(up)), rounds);
    });

    it('carries a large message whole', async () => {
      const leader = start(0);
      const learner = start(1);
      const [up, down] = await connect(learner, leader);
      const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
      leader.network.send(down, { kind: 'snapChunk', sequence: 1, bytes });
      leader.network.send(down, pong(1));
      await bed.until(() => learner.recorder.messages(up).length === 2, 'both came');
      const chunk = first(learner.recorder.messages(up));
      assert.ok(chunk.kind === 'snapChunk' && Buffer.compare(chunk.bytes, bytes) === 0);
    });

    it('says why a dial failed, and only later', async () => {
      const peer = start(1);
      for (const to of [nobody, stranger, two]) {
        const id = peer.recorder.calling(() => peer.network.dial(to));
        assert.deepEqual(peer.recorder.closings(id), []);
        await bed.until(
          () => peer.recorder.closings(id).length > 0,
          `dialling ${String(to)} fails`,
        );
        assert.equal(peer.recorder.isConnected(id), false);
        assert.notEqual(peer.recorder.closings(id)[0], '');
      }
    });

    it('delivers nothing of a connection after closing it, and tells the other side once', async () => {
      const leader = start(0);
      const learner = start(1);
      const [up, down] = await connect(learner, leader);
      leader.network.send(down, pong(1));
      leader.network.send(down, pong(2));
      closeBy(learner, up);
      leader.network.send(down, pong(3));
      await bed.until(() => leader.recorder.closings(down).length > 0, 'the leader hears of it');
      // A later connection works, and by then the earlier messages would have come.
      await connect(learner, leader);
      assert.deepEqual(learner.recorder.messages(up), []);
      assert.deepEqual(learner.recorder.closings(up), []);
      assert.equal(leader.recorder.closings(down).length, 1);
    });

    it('drops what is sent to a closed connection', async () => {
      const leader = start(0);
      const learner = start(1);
      const [up, down] = await connect(learner, leader);
      closeBy(learner, up);
      closeBy(learner, up);
      learner.network.send(up, pong(1));
      assert.equal(learner.network.queuedBytes(up), 0);
      await bed.until(() => leader.recorder.closings(down).length > 0, 'the leader hears of it');
      leader.network.send(down, pong(2));
      assert.equal(leader.network.queuedBytes(down), 0);
      assert.deepEqual(leader.recorder.messages(down), []);
    });

    it('closes from within a message: the next of the same turn is not delivered', async () => {
      const leader = start(0);
      const learner = start(1);
      const [up, down] = await connect(learner, leader);
      const taken: number[] = [];
      learner.recorder.onMessage = (id, message) => {
        taken.push(message.kind === 'pong' ? message.round : -1);
        learner.network.close(id, { code: 'protocol', detail: 'for the test' });
      };
      for (let round = 1; round <= 3; round++) leader.network.send(down, pong(round));
      await bed.until(() => leader.recorder.closings(down).length > 0, 'the leader hears of it');
      assert.deepEqual(taken, [1]);
      assert.deepEqual(learner.recorder.closings(up), []);
    });

    it('never uses an id twice', async () => {
      const leader = start(0);
      const learner = start(1);
      const ids: ConnectionId[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const [up] = await connect(learner, leader);
        ids.push(up);
        closeBy(learner, up);
      }
      ids.push(learner.network.dial(nobody));
      assert.equal(new Set(ids).size, ids.length);
      const accepted = leader.recorder.accepted();
      assert.equal(new Set(accepted).size, accepted.length);
    });

    it('closes a dial that is still under way without a word', async () => {
      const leader = start(0);
      const learner = start(1);
      const given = learner.network.dial(one);
      closeBy(learner, given);
      await connect(learner, leader);
      assert.equal(learner.recorder.isConnected(given), false);
      assert.deepEqual(learner.recorder.closings(given), []);
    });

    it('carries notifications both ways, the newest at last', async () => {
      const low = start(0);
      const high = start(1);
      for (let round = 1; round <= 50; round++) {
        low.recorder.calling(() => {
          low.network.notify(two, notificationOf(1, round));
        });
        high.network.notify(one, notificationOf(2, round));
      }
      const newest = (peer: Peer): number | undefined =>
        peer.recorder.notifications().at(-1)?.round;
      await bed.until(() => newest(low) === 50 && newest(high) === 50, 'the newest came');
      assert.ok(low.recorder.notifications().every(({ from }) => from === two));
      const rounds = high.recorder.notifications().map(({ round }) => round);
      assert.deepEqual(
        rounds,
        [...rounds].sort((left, right) => left - right),
      );
    });

    it('keeps the newest notification for a peer that comes later', async () => {
      const low = start(0);
      low.network.notify(two, notificationOf(1, 1));
      low.network.notify(two, notificationOf(1, 2));
      const high = start(1);
      await bed.until(() => high.recorder.notifications().at(-1)?.round === 2, 'it came');
    });

    it('takes notifications to itself, to nobody and to strangers without a word', async () => {
      const low = start(0);
      const high = start(1);
      for (const to of [one, nobody, stranger]) low.network.notify(to, notificationOf(1, 1));
      low.network.notify(two, notificationOf(1, 2));
      await bed.until(() => high.recorder.notifications().length > 0, 'the one that counts came');
      assert.deepEqual(low.recorder.events, []);
    });

    it('stops: the other side hears of every connection, and this side of none', async () => {
      const leader = start(0);
      const learner = start(1);
      const [up, down] = await connect(learner, leader);
      let isDone = false;
      learner.recorder.calling(() => {
        learner.network.stop(() => {
          isDone = true;
        });
        assert.equal(isDone, false);
      });
      await bed.until(() => isDone, 'it stops');
      await bed.until(() => leader.recorder.closings(down).length > 0, 'the leader hears of it');
      assert.deepEqual(learner.recorder.closings(up), []);
    });
  });
}
