import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { RealZooKeeper, zooKeeperJar } from '../support/zookeeper/real-zookeeper.ts';
import { commandsOf, type Command, type Profile } from './zookeeper-door/commands.ts';
import { madeAt } from './zookeeper-door/creates.ts';
import { play, type Servers } from './zookeeper-door/play.ts';
import { transcriptOf } from './zookeeper-door/transcript.ts';

// Our ZooKeeper door beside a real ZooKeeper: generated sequences of requests from several sessions, sent to both, and the
// same said by both, events at their place among the replies. `npm run test:zookeeper` plays many, new ones every time;
// QUOLL_ZOOKEEPER_RUNS says how many, QUOLL_ZOOKEEPER_SEED repeats.

const runs = Number(process.env['QUOLL_ZOOKEEPER_RUNS'] ?? '40');
const seedText = process.env['QUOLL_ZOOKEEPER_SEED'];
const isLong = process.env['QUOLL_ZOOKEEPER_RUNS'] !== undefined;
const commandsMax = 40;
const fixedSeed = 4;
/** Longer than the test: when one is looked for is chance. */
const containersLive = 'znode.container.checkIntervalMs=86400000';

describe('the ZooKeeper door beside a real ZooKeeper', function () {
  this.timeout(isLong ? 86_400_000 : 180_000);
  let zooKeeper: RealZooKeeper | undefined;
  let ensemble: TestEnsemble | undefined;
  let rivals: readonly [Servers, Servers];
  let sequence = 0;

  before(async () => {
    assert(existsSync(zooKeeperJar), 'sudo apt-get install -y zookeeper');
    zooKeeper = await RealZooKeeper.start(
      [
        'extendedTypesEnabled=true',
        // Its cache of replies knows nothing of an ACL that was set since.
        ...['maxResponseCacheSize=0', 'maxGetChildrenResponseCacheSize=0'],
      ],
      [`-D${containersLive}`],
    );
    ensemble = await startEnsemble({
      peers: 3,
      zookeeper: true,
      lines: ['extendedTypesEnabled=true', containersLive],
    });
    rivals = [
      { name: 'ZooKeeper', addresses: [zooKeeper.address] },
      { name: 'Quoll', addresses: ensemble.peers.map((peer) => peer.zookeeper) },
    ];
  });

  after(async () => {
    await zooKeeper?.stop();
    await ensemble?.stop();
  });

  async function compare(commands: readonly Command[]): Promise<void> {
    const root = `/r${String(sequence++)}`;
    const [theirs, ours] = await Promise.all(rivals.map((one) => play(one, commands, root))).catch(
      (error: unknown) => {
        const logs = (ensemble?.peers ?? []).map(({ log }) => log.slice(-2_000));
        throw new Error([String(error), ...logs].join('\n'), { cause: error });
      },
    );
    assert.ok(theirs !== undefined && ours !== undefined);
    assert.deepEqual(transcriptOf(ours), transcriptOf(theirs));
  }

  const profiles: readonly [Profile, string][] = [
    ['watches', 'the same is answered, and the same events come at the same place'],
    ['acls', 'the same callers may do the same, and are told the same'],
  ];
  for (const [index, [profile, title]] of profiles.entries()) {
    it(title, async () => {
      const seed = seedText === undefined ? fixedSeed + index : Number(seedText);
      await fc.assert(fc.asyncProperty(commandsOf(profile, commandsMax), compare), {
        numRuns: runs,
        ...(isLong && seedText === undefined ? {} : { seed }),
      });
    });
  }
});

describe('what is created, beside a real ZooKeeper', function () {
  this.timeout(120_000);
  const containersLiveBriefly = 'znode.container.checkIntervalMs=1000';
  let zooKeeper: RealZooKeeper | undefined;
  let ensemble: TestEnsemble | undefined;

  before(async () => {
    [zooKeeper, ensemble] = await Promise.all([
      RealZooKeeper.start(['extendedTypesEnabled=true'], [`-D${containersLiveBriefly}`]),
      startEnsemble({
        peers: 1,
        zookeeper: true,
        lines: ['extendedTypesEnabled=true', containersLiveBriefly],
      }),
    ]);
  });

  after(async () => {
    await zooKeeper?.stop();
    await ensemble?.stop();
  });

  it('by every op code with every flag, alone and in a multi, is the same and is reaped alike', async () => {
    assert.ok(zooKeeper !== undefined && ensemble !== undefined);
    const [theirs, ours] = await Promise.all(
      [zooKeeper.address, ensemble.peer(1).zookeeper].map((address) => madeAt(address)),
    );
    assert.deepEqual(ours, theirs);
  });
});
