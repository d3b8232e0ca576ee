import assert from 'node:assert/strict';
import { DoorStatistics } from '../../../../../src/frontends/zookeeper/words/statistics.ts';
import {
  TraceMask,
  type WatchingConnection,
  type WordSources,
} from '../../../../../src/frontends/zookeeper/words/sources.ts';
import {
  answerWord as answerInParts,
  beginningOf,
} from '../../../../../src/frontends/zookeeper/words/words.ts';
import { utf8 } from '../../../../../src/base/bytes.ts';
import { fourLetterWords } from '../../../../../src/model/four-letter-word.ts';
import { serverId, sessionIdFromWords } from '../../../../../src/model/ids.ts';
import { formatZxid, zxid } from '../../../../../src/model/zxid.ts';
import type { CoordinationService } from '../../../../../src/service/coordination-service.ts';
import { SimulatedEnsemble } from '../../../../support/simulated-ensemble.ts';
import { create, single } from '../../../../support/model/requests.ts';

const nowMs = Date.UTC(2026, 10, 24, 22, 6, 31);
const session = sessionIdFromWords(0x0000_0123, 0x0000_abcd);
const getData = 4;
const setData = 5;

/** What the process and the machine would say. */
const host = {
  builtMs: Date.UTC(2026, 2, 4, 5, 6, 7),
  now: () => nowMs,
  openFiles: () => 46,
  openFilesMax: () => undefined,
  directoryBytes: () => 4_096,
  environment: () => [['host.name', 'node01']] as const,
};

const servers = [1, 2, 3].map((id) => ({
  id: serverId(id),
  host: id === 3 ? '::1' : '127.0.0.1',
  quorumPort: 2_887 + id,
  electionPort: 3_887 + id,
  role: id === 3 ? ('observer' as const) : ('participant' as const),
}));

function sourcesOf(
  service: CoordinationService,
  more: { readonly words?: readonly string[]; readonly watching?: readonly string[][] } = {},
): WordSources {
  const statistics = new DoorStatistics();
  const connections = (more.watching ?? []).map((paths, index): WatchingConnection => {
    const connection = statistics.opened(`127.0.0.1:${String(index + 1)}`, 0);
    connection.attached(sessionIdFromWords(0, index + 1), 1_000);
    return { statistics: connection, watchedPaths: () => paths };
  });
  return {
    service,
    statistics,
    connections,
    host,
    clientPort: 2_181,
    isSecure: false,
    trace: new TraceMask(),
    configuration: {
      serverId: serverId(1),
      role: 'participant',
      dataDir: '/var/lib/quoll',
      servers,
      peer: { tickMs: 20, initLimitTicks: 250, syncLimitTicks: 50 },
      zookeeperDoor: { words: more.words ?? fourLetterWords, connectionsPerAddressMax: 60 },
    },
  };
}

function answerWord(...asked: Parameters<typeof answerInParts>): string {
  return [...answerInParts(...asked)].join('');
}

/** The names of `mntr`, in order. */
const namesOf = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');

const figureOf = (text: string, name: string): string | undefined =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${name}\t`))
    ?.split('\t')[1];

describe('the four-letter words', () => {
  let ensemble: SimulatedEnsemble;
  let alone: SimulatedEnsemble;
  let leader: CoordinationService;
  let follower: CoordinationService;
  let standalone: CoordinationService;

  before(async () => {
    const founded = async (size: number): Promise<SimulatedEnsemble> => {
      const made = new SimulatedEnsemble(size, { tuning: { digestEveryTxns: 1 } });
      await made.established();
      return made;
    };
    ensemble = await founded(3);
    alone = await founded(1);
    const [first] = ensemble.followers;
    assert(ensemble.leader && first);
    leader = ensemble.leader.server.service;
    await ensemble.until(() => leader.monitoring.leadership()?.followers === 2);
    follower = first.server.service;
    standalone = alone.member(1).server.service;
  });

  it('are told from frames by their bytes', () => {
    for (const word of fourLetterWords) {
      const begins = beginningOf(Buffer.from(word));
      assert(begins.kind === 'word' && begins.word === word, word);
    }
    const kindOf = (...bytes: number[]): string => beginningOf(Buffer.from(bytes)).kind;
    assert.equal(kindOf(0xff, 0xf4, 0xff, 0xfd), 'telnetClose');
    assert.equal(kindOf(0, 0, 0, 45), 'frame');
    assert.equal(kindOf(0), 'frame');
    assert.equal(beginningOf(Buffer.from('ru')).kind, 'incomplete');
    assert.equal(beginningOf(Buffer.from('rubs')).kind, 'frame');
    const withLineFeed = beginningOf(Buffer.from('srvr\n'));
    assert(withLineFeed.kind === 'word' && withLineFeed.argument.length === 1);
  });

  it('are not answered unless they are in the whitelist', () => {
    const sources = sourcesOf(leader, { words: ['srvr'] });
    for (const word of fourLetterWords) {
      if (word !== 'srvr') {
        assert.equal(
          answerWord(word, sources),
          `${word} is not executed because it is not in the whitelist.\n`,
        );
      }
    }
    assert.match(answerWord('srvr', sources), /^Zookeeper version: /);
  });

  it('show with srvr what every tool reads', () => {
    const sources = sourcesOf(follower);
    const connection = sources.statistics.opened('127.0.0.1:4711', nowMs);
    for (const [operation, latencyMs] of [
      [getData, 0.2],
      [setData, 3.4],
      [getData, 1.1],
    ] as const) {
      connection.received();
      connection.answered(operation, 1, zxid(1, 1), latencyMs);
    }
    connection.received();
    assert.equal(
      answerWord('srvr', sources),
      [
        `Zookeeper version: 3.9.0-quoll-${follower.describe().version}, built on 03/04/2026 05:06 GMT`,
        'Latency min/avg/max: 0/1.5667/3',
        'Received: 4',
        'Sent: 3',
        'Connections: 1',
        'Outstanding: 1',
        `Zxid: ${formatZxid(follower.meta().zxid)}`,
        'Mode: follower',
        `Node count: ${String(follower.describe().znodes)}`,
        '',
      ].join('\n'),
    );
    const stat = answerWord('stat', sources).split('\n');
    assert.deepEqual(stat.slice(1, 4), [
      'Clients:',
      ' /127.0.0.1:4711[1](queued=1,recved=4,sent=3)',
      '',
    ]);
    assert.match(
      answerWord('srvr', sourcesOf(leader)),
      /\nMode: leader\nNode count: \d+\nProposal sizes last\/min\/max: -1\/-1\/-1\n$/,
    );
    const ofOne = answerWord('srvr', sourcesOf(standalone));
    assert.match(
      ofOne,
      /\nLatency min\/avg\/max: 0\/0\.0\/0\n[^]*\nMode: standalone\nNode count: \d+\n$/,
    );
  });

  it('show with cons what each connection did, in the fields that ZooKeeper has', () => {
    const sources = sourcesOf(follower);
    const connection = sources.statistics.opened('[::1]:4711', 1_795_557_959_193);
    const asking = sources.statistics.opened('127.0.0.1:4712', nowMs);
    asking.asked();
    connection.received();
    connection.answered(-10, 0, zxid(1, 6), 9.7);
    connection.attached(session, 30_000);
    connection.received();
    connection.answered(setData, 26, zxid(1, 7), 1.2);
    connection.flushed(1_795_557_960_000);
    assert.equal(
      answerWord('cons', sources),
      ' /[::1]:4711[1](queued=0,recved=2,sent=2,sid=0x1230000abcd,lop=SETD,est=1795557959193,to=30000,' +
        'lcxid=0x1a,lzxid=0x10000000007,lresp=1795557960000,llat=1,minlat=1,avglat=5,maxlat=9)\n' +
        ' /127.0.0.1:4712[0](queued=0,recved=1,sent=0)\n\n',
    );
    assert.equal(answerWord('crst', sources), 'Connection stats reset.\n');
    assert.match(
      answerWord('cons', sources),
      /recved=0,sent=0,sid=0x1230000abcd,lop=NA,est=\d+,to=30000,lzxid=0xffffffffffffffff,lresp=0,llat=0,/,
    );
  });

  it('count with srst anew', () => {
    const sources = sourcesOf(leader);
    const connection = sources.statistics.opened('127.0.0.1:1', 0);
    connection.received();
    connection.answered(getData, 1, zxid(1, 1), 4);
    assert.equal(answerWord('srst', sources), 'Server stats reset.\n');
    assert.match(
      answerWord('srvr', sources),
      /Latency min\/avg\/max: 0\/0\.0\/0\nReceived: 0\nSent: 0\nConnections: 1\n[^]*max: -1\/-1\/-1\n$/,
    );
  });

  it('show with wchs, wchc and wchp who watches what', () => {
    const sources = sourcesOf(leader, { watching: [['/a', '/b'], [], ['/a']] });
    assert.equal(answerWord('wchs', sources), '2 connections watching 2 paths\nTotal watches:3\n');
    assert.equal(answerWord('wchc', sources), '0x1\n\t/a\n\t/b\n0x3\n\t/a\n\n');
    assert.equal(answerWord('wchp', sources), '/a\n\t0x1\n\t0x3\n/b\n\t0x1\n\n');
  });

  it('are answered a little at a time, however many watches there are', () => {
    let taken = 0;
    function* many(): Generator<string> {
      for (let index = 0; index < 20_000; index++) {
        taken++;
        yield `/n${String(index)}`;
      }
    }
    const sources = sourcesOf(leader, { watching: [[]] });
    const connections = [...sources.connections].map(({ statistics }) => ({
      statistics,
      watchedPaths: many,
    }));
    for (const word of ['wchs', 'wchc', 'wchp'] as const) {
      let most = 0;
      let length = 0;
      taken = 0;
      for (const part of answerInParts(word, { ...sources, connections })) {
        most = Math.max(most, taken);
        taken = 0;
        length = Math.max(length, part.length);
      }
      assert.ok(most <= 100 && length < 10_000, `${word} ${String(most)} ${String(length)}`);
    }
  });

  it('show with dump the sessions and what goes with them', async () => {
    const secret = utf8('secret');
    const { session: opened } = await ensemble.settle(
      leader.sessions.open({ timeoutMs: 10_000, secret, requestTimeoutMs: 5_000 }),
    );
    await ensemble.settle(
      leader.write(
        single(create('/mine', { kind: 'ephemeral' })),
        { identities: [], credential: { session: opened, secret } },
        { timeoutMs: 5_000 },
      ),
    );
    await ensemble.until(() => follower.monitoring.figures().ephemerals === 1);
    const id = `0x${opened.replace(/^0+/, '')}`;
    const rest = [
      'ephemeral nodes dump:',
      'Sessions with Ephemerals (1):',
      `${id}:`,
      '\t/mine',
      'Connections dump:',
      '',
    ].join('\n');
    const [left] = [...leader.monitoring.sessions()];
    const endsAt = Math.ceil((nowMs + (left?.expiresInMs ?? 0)) / 1_000) * 1_000;
    const date = `Tue Nov 24 22:06:${String(new Date(endsAt).getUTCSeconds())} UTC 2026`;
    assert.equal(
      answerWord('dump', sourcesOf(leader)),
      `SessionTracker dump:\nSession Sets (1)/(1):\n1 expire at ${date}:\n\t${id}\n${rest}`,
    );
    assert.equal(
      answerWord('dump', sourcesOf(follower)),
      `SessionTracker dump:\nGlobal Sessions(1):\n${id}\t10000ms\n${rest}`,
    );
  });

  it('show the sizes of proposals, and with hash what the state amounted to', () => {
    const sizes = leader.monitoring.leadership()?.proposalBytes;
    assert(sizes !== undefined && sizes.min < sizes.max);
    const text = [sizes.last, sizes.min, sizes.max].map(String).join('/');
    assert(answerWord('srvr', sourcesOf(leader)).endsWith(`max: ${text}\n`));
    const digests = answerWord('hash', sourcesOf(follower));
    assert.match(digests, /^(1[0-9a-f]{10}: [0-9a-f]{16}\n)+$/);
    assert.equal(digests, answerWord('hash', sourcesOf(leader)));
  });

  it('show with conf what was configured, and of an ensemble who is in it', () => {
    const own = [
      'clientPort=2181',
      'secureClientPort=-1',
      'dataDir=/var/lib/quoll',
      'dataDirSize=4096',
      'dataLogDir=/var/lib/quoll',
      'dataLogSize=4096',
      'tickTime=20',
      'maxClientCnxns=60',
      'minSessionTimeout=2000',
      'maxSessionTimeout=60000',
      'clientPortListenBacklog=-1',
      'serverId=1',
      '',
    ].join('\n');
    assert.equal(answerWord('conf', sourcesOf(standalone)), own);
    assert.equal(
      answerWord('conf', sourcesOf(follower)),
      own +
        [
          'initLimit=250',
          'syncLimit=50',
          'electionAlg=3',
          'electionPort=3888',
          'quorumPort=2888',
          'peerType=0',
          'membership: ',
          'server.1=127.0.0.1:2888:3888:participant',
          'server.2=127.0.0.1:2889:3889:participant',
          'server.3=[::1]:2890:3890:observer',
          'version=0',
        ].join('\n'),
    );
    assert.equal(
      answerWord('dirs', sourcesOf(follower)),
      'datadir_size: 4096\nlogdir_size: 4096\n',
    );
  });

  it('show with conf the secure port where TLS is spoken', () => {
    const portsOf = (isSecure: boolean): string[] | null =>
      answerWord('conf', { ...sourcesOf(standalone), isSecure }).match(/^\w*lientPort=.*$/gm);
    assert.deepEqual(portsOf(false), ['clientPort=2181', 'secureClientPort=-1']);
    assert.deepEqual(portsOf(true), ['clientPort=-1', 'secureClientPort=2181']);
  });

  it('show with mntr one figure a line, and more of them on the leader', () => {
    const sources = sourcesOf(leader);
    const connection = sources.statistics.opened('127.0.0.1:1', 0);
    for (const [operation, latencyMs] of [
      [-10, 5],
      [getData, 0.5],
    ] as const) {
      connection.received();
      connection.answered(operation, 1, zxid(1, 1), latencyMs);
    }
    const text = answerWord('mntr', sources);
    for (const line of text.trimEnd().split('\n')) assert.match(line, /^zk_\w+\t[\w.-]+/);
    assert.deepEqual(namesOf(text).slice(0, 3), ['zk_version', 'zk_server_state', 'zk_peer_state']);
    for (const [name, value] of [
      ['zk_server_state', 'leader'],
      ['zk_peer_state', 'leading - broadcast'],
      ['zk_quorum_size', '3'],
      ['zk_num_alive_connections', '1'],
      ['zk_packets_received', '2'],
      ['zk_packets_sent', '2'],
      ['zk_min_latency', '0'],
      ['zk_avg_latency', '2.75'],
      ['zk_max_latency', '5'],
      ['zk_cnt_updatelatency', '1'],
      ['zk_avg_updatelatency', '5.0'],
      ['zk_avg_readlatency', '0.5'],
      ['zk_connection_request_count', '1'],
      ['zk_synced_followers', '2'],
      ['zk_learners', '2'],
      ['zk_pending_syncs', '0'],
      ['zk_znode_count', String(leader.describe().znodes)],
      ['zk_open_file_descriptor_count', '46'],
      // What the machine does not tell is left out.
      ['zk_max_file_descriptor_count', undefined],
    ] as const) {
      assert.equal(figureOf(text, name), value, name);
    }
    const ofFollower = namesOf(answerWord('mntr', sourcesOf(follower)));
    const onLeaderAlone = namesOf(text).filter((name) => !ofFollower.includes(name));
    assert.deepEqual(onLeaderAlone, [
      ...['zk_learners', 'zk_followers', 'zk_synced_followers', 'zk_synced_non_voting_followers'],
      ...['zk_synced_observers', 'zk_pending_syncs', 'zk_leader_uptime'],
      ...['zk_last_proposal_size', 'zk_min_proposal_size', 'zk_max_proposal_size'],
    ]);
    const ofOne = namesOf(answerWord('mntr', sourcesOf(standalone)));
    assert.deepEqual(
      ofFollower.filter((name) => !ofOne.includes(name)),
      ['zk_peer_state', 'zk_quorum_size'],
    );
  });

  it('keep a mask of what is traced', () => {
    const sources = sourcesOf(leader);
    assert.equal(answerWord('gtmk', sources), '306');
    const mask = Buffer.alloc(8);
    mask.writeBigInt64BE(-5n);
    assert.equal(answerWord('stmk', sources, mask), '-5');
    assert.equal(answerWord('gtmk', sources), '-5');
    assert.equal(answerWord('stmk', sources, mask.subarray(1)), '');
    assert.equal(answerWord('gtmk', sources), '-5');
  });

  it('begin the environment with the version, where kazoo looks for it', () => {
    const [title, version, name] = answerWord('envi', sourcesOf(leader)).split('\n');
    assert.equal(title, 'Environment:');
    assert.match(version ?? '', /^zookeeper\.version=3\.9\.0-quoll-/);
    assert.equal(name, 'host.name=node01');
  });

  it('say without a quorum that nothing is served, but for what needs none', async () => {
    const member = ensemble.leader;
    assert(member);
    assert.equal(answerWord('isro', sourcesOf(leader)), 'rw');
    ensemble.isolate(member);
    await ensemble.until(() => !leader.monitoring.figures().isServing);
    const sources = sourcesOf(leader);
    const notServing = 'This ZooKeeper instance is not currently serving requests';
    const answered = {
      ruok: 'imok',
      isro: 'null',
      gtmk: '306',
      stmk: '',
      hash: notServing,
      envi: answerWord('envi', sources),
    };
    for (const word of fourLetterWords) {
      assert.equal(
        answerWord(word, sources),
        word in answered ? answered[word as keyof typeof answered] : `${notServing}\n`,
        word,
      );
    }
    assert.match(answered.envi, /^Environment:\n/);
  });

  it('end with <NA> where something throws, at any part of them, and throw nothing', () => {
    const sources = sourcesOf(leader);
    const broken = (): never => {
      throw new Error('not to be told');
    };
    const everything = {
      ...sources,
      statistics: new Proxy(sources.statistics, { get: broken }),
      connections: { [Symbol.iterator]: broken },
      trace: new Proxy(sources.trace, { get: broken }),
      host: {
        ...host,
        openFiles: broken,
        directoryBytes: broken,
        environment: broken,
        now: broken,
        get builtMs() {
          return broken();
        },
      },
    } as unknown as WordSources;
    for (const word of fourLetterWords) {
      const causes: unknown[] = [];
      const parts = answerInParts(word, everything, Buffer.alloc(8), (cause) => causes.push(cause));
      const text = [...parts].join('');
      assert.equal(text.endsWith('<NA>\n'), causes.length === 1, word);
    }
  });
});
