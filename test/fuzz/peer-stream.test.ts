import assert from 'node:assert/strict';
import fc from 'fast-check';
import { serverId } from '../../src/model/ids.ts';
import { zeroZxid } from '../../src/model/zxid.ts';
import type { PeerMessage } from '../../src/model/peer-message.ts';
import { NetworkRecorder } from '../support/peer-network/network-recorder.ts';
import { peerMessages } from '../support/wire/arbitraries.ts';
import { TcpBed } from '../support/peer-network/tcp-bed.ts';

// Scenario "fuzzed peer stream": bit flips, truncations and oversize in the stream of a peer that proved itself. The
// connection is closed, or what comes is still a message; the others do not notice.

const seed = Number(process.env['QUOLL_FUZZ_SEED'] ?? Date.now() >>> 0);
const rounds = 60;

interface Damage {
  readonly kind: 'flip' | 'cut' | 'insert';
  /** Where in the stream, as a part of all of it. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

const damages: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('flip' as const, 'cut' as const, 'insert' as const),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
});

function damaged(stream: Buffer, { kind, at, bytes }: Damage): Buffer {
  const place = Math.floor(at * stream.length);
  const before = stream.subarray(0, place);
  const after = stream.subarray(place);
  switch (kind) {
    case 'flip': {
      const flipped = Buffer.from(stream);
      flipped[place] = (flipped[place] ?? 0) ^ (bytes[0] ?? 1);
      return flipped;
    }
    case 'cut':
      return Buffer.concat([before, after.subarray(bytes.length)]);
    case 'insert':
      return Buffer.concat([before, bytes, after]);
  }
}

describe('peer stream fuzz', () => {
  let bed: TcpBed;
  beforeEach(async () => {
    bed = await TcpBed.make(3);
  });
  afterEach(async () => {
    await bed.close();
  });

  it(`closes or understands a damaged stream (seed ${String(seed)})`, async () => {
    const [leader, learner, other] = bed.networks;
    assert.ok(leader !== undefined && learner !== undefined && other !== undefined);
    let damage: Damage | undefined;
    const tappedPort = await bed.tap(leader.addresses().quorumPort, (client, through) => {
      through.pipe(client);
      client.on('data', (chunk) => {
        through.write(damage === undefined ? chunk : damaged(chunk, damage));
      });
    });
    const recorders = [leader, learner, other].map((network) => {
      const recorder = new NetworkRecorder();
      network.start(recorder);
      return recorder;
    });
    const [atLeader, atLearner, atOther] = recorders;
    assert.ok(atLeader !== undefined && atLearner !== undefined && atOther !== undefined);
    const steady = other.dial(serverId(1));
    await bed.until(() => atLeader.accepted().length === 1, 'the bystander is accepted');
    Object.assign(bed.servers[0] ?? {}, { quorumPort: tappedPort });

    const any = fc.oneof(...(Object.values(peerMessages) as fc.Arbitrary<PeerMessage>[]));
    const streams = fc.sample(fc.tuple(damages, fc.array(any, { minLength: 5, maxLength: 30 })), {
      seed,
      numRuns: rounds,
    });
    for (const [which, messages] of streams) {
      const before = atLeader.accepted().length;
      damage = undefined;
      const up = learner.dial(serverId(1));
      await bed.until(() => atLearner.isConnected(up), 'the dial succeeds');
      await bed.until(() => atLeader.accepted().length > before, 'the dial is accepted');
      const down = atLeader.accepted().at(-1);
      assert.ok(down !== undefined);
      damage = which;
      for (const message of messages) learner.send(up, message);
      learner.close(up, { code: 'roleChange', detail: 'for the test' });
      await bed.until(() => atLeader.closings(down).length > 0, 'it is closed');
      assert.equal(atLeader.closings(down).length, 1);
    }
    other.send(steady, { kind: 'commit', zxid: zeroZxid });
    await bed.until(
      () => atLeader.events.at(-1)?.event === 'message',
      'the bystander is still heard',
    );
    assert.deepEqual(atOther.closings(steady), []);
  }).timeout(60_000);
});
