import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeComplaints } from '../../../src/config/complaint.ts';
import type { PeerConfig } from '../../../src/config/config.ts';
import { clientUrl, loadConfig, type LoadOutcome } from '../../../src/config/load.ts';
import { fourLetterWords } from '../../../src/model/four-letter-word.ts';
import { readPeerSecret, writeNewSecret } from '../../../src/config/secret.ts';

/** Of `super:admin`, as `org.apache.zookeeper.server.auth.DigestAuthenticationProvider super:admin` prints it. */
const superDigest = 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=';

describe('the configuration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  const write = (name: string, content: string): string => {
    mkdirSync(join(at(name), '..'), { recursive: true });
    writeFileSync(at(name), content);
    return at(name);
  };
  const load = (file?: string, flags = {}, environment = {}): LoadOutcome =>
    loadConfig({ file, flags, environment });
  const loaded = (outcome: LoadOutcome): PeerConfig => {
    if (outcome.kind === 'refused') assert.fail(describeComplaints(outcome.complaints));
    return outcome.config;
  };
  /** `where: problem`, the folder left out. */
  const complaints = (outcome: LoadOutcome): string[] => {
    assert.equal(outcome.kind, 'refused');
    return outcome.complaints.map(({ where, problem }) =>
      `${where}: ${problem}`.replaceAll(`${folder}/`, ''),
    );
  };
  const notices = (outcome: LoadOutcome): string[] =>
    outcome.notices.map(({ level, where, text }) =>
      `${level} ${where}: ${text}`.replaceAll(`${folder}/`, ''),
    );

  describe('where nothing is said', () => {
    it('is an ensemble of one on loopback with every door at its usual port', () => {
      const config = loaded(load());
      assert.deepEqual(
        config.servers.map(({ id, role }) => ({ id, role })),
        [{ id: 1, role: 'participant' }],
      );
      assert.deepEqual(config.http, { host: '127.0.0.1', port: 2180 });
      assert.deepEqual(config.zookeeper, { host: '127.0.0.1', port: 2181 });
      assert.deepEqual(config.grpc, { host: '127.0.0.1', port: 2182 });
      assert.equal(config.advertise, '127.0.0.1');
      assert.equal(config.bootstrap, false);
      assert.equal(config.limits.sessionTimeoutMsMin, 2_000);
      assert.equal(config.limits.sessionTimeoutMsMax, 60_000);
      assert.deepEqual(config.retention, {
        keepTxns: 100_000,
        keepMs: 600_000,
        keepBytesMax: 536_870_912,
      });
      assert.deepEqual(config.auth, {
        superDigest: undefined,
        certificateNames: 'dn',
        jwt: undefined,
        saslUsersFile: undefined,
        saslWithoutTls: false,
      });
      assert.equal(config.audit, undefined);
      assert.deepEqual(config.quota, { enforce: false });
      assert.deepEqual(config.zookeeperDoor, {
        extendedTypes: true,
        words: ['isro', 'mntr', 'ruok', 'srvr'],
        connectionsPerAddressMax: 0,
        connectionsMax: 20_000,
        reconfigEnabled: false,
      });
    });

    it('is frozen through and through', () => {
      const config = loaded(load());
      const parts = [config, config.servers, config.servers[0], config.http, config.peer];
      for (const part of [...parts, config.limits, config.log]) assert(Object.isFrozen(part));
    });
  });

  describe('a zoo.cfg', () => {
    const ensemble = [
      'tickTime=2000',
      'initLimit=10',
      'syncLimit=5',
      'clientPort=2191',
      'server.1=127.0.0.1:2888:3888',
      'server.2=127.0.0.1:2889:3889:participant;127.0.0.1:2201',
      'server.3=[::1]:2890:3890:observer',
    ];

    it('makes the ensemble, with the number from myid in dataDir', () => {
      write('data/myid', '2\n');
      const file = write('zoo.cfg', [`dataDir=${at('data')}`, ...ensemble].join('\n'));
      const config = loaded(load(file));
      assert.equal(config.serverId, 2);
      assert.equal(config.dataDir, at('data'));
      assert.deepEqual(config.servers, [
        { id: 1, host: '127.0.0.1', quorumPort: 2888, electionPort: 3888, role: 'participant' },
        { id: 2, host: '127.0.0.1', quorumPort: 2889, electionPort: 3889, role: 'participant' },
        { id: 3, host: '::1', quorumPort: 2890, electionPort: 3890, role: 'observer' },
      ]);
      assert.equal(config.zookeeper?.port, 2191);
      assert.equal(config.peer.host, '127.0.0.1');
      assert.equal(config.peer.tickMs, 20, 'tickTime is not the tick of the links');
      assert.equal(config.limits.sessionTimeoutMsMin, 4_000);
      assert.equal(config.limits.sessionTimeoutMsMax, 40_000);
    });

    it('takes role and client port from its own server line', () => {
      const lines = 'server.1=127.0.0.1:1:2;2201\nserver.2=127.0.0.1:3:4:observer;[::1]:2301';
      const file = write('zoo.cfg', lines);
      const first = loaded(load(file, { serverId: '1' }));
      assert.deepEqual(first.zookeeper, { host: '127.0.0.1', port: 2201 });
      const second = loaded(load(file, { serverId: '2' }));
      assert.equal(second.role, 'observer');
      assert.deepEqual(second.zookeeper, { host: '::1', port: 2301 });
    });

    it('finds more servers in a dynamic file', () => {
      const servers = write('zoo.cfg.dynamic', 'server.7=127.0.0.1:1:2\nversion=100000000');
      const outcome = load(write('zoo.cfg', `dynamicConfigFile=${servers}`), { serverId: '7' });
      assert.equal(loaded(outcome).serverId, 7);
      assert.deepEqual(notices(outcome), []);
    });

    it('holds our own keys with a prefix', () => {
      const own = [
        ['quoll.http.port', '0'],
        ['quoll.grpc.port', 'off'],
        ['quoll.advertise', 'node01'],
        ['quoll.peer.tickMs', '50'],
        ['quoll.http.allowedHosts', 'a.example, b.example'],
        ['quoll.http.allowedOrigins', 'https://console.example,http://localhost:*'],
        ['quoll.proxies', '10.0.0.7, 10.1.0.0/16,2001:db8::/64'],
        ['quoll.log.level', 'debug'],
      ];
      const config = loaded(load(write('zoo.cfg', own.map((pair) => pair.join(' = ')).join('\n'))));
      assert.equal(config.http?.port, 0);
      assert.equal(config.grpc, undefined);
      assert.equal(config.advertise, 'node01');
      assert.equal(config.peer.tickMs, 50);
      assert.deepEqual(config.allowedHosts, ['node01', '127.0.0.1', 'a.example', 'b.example']);
      assert.deepEqual(config.allowedOrigins, ['https://console.example', 'http://localhost:*']);
      assert.deepEqual(config.proxies, ['10.0.0.7', '10.1.0.0/16', '2001:db8::/64']);
      assert.equal(config.log.level, 'debug');
    });

    it('lowers the limit of data with the one of requests', () => {
      const { limits } = loaded(load(write('zoo.cfg', 'jute.maxbuffer=500')));
      assert.deepEqual([limits.requestBytesMax, limits.dataBytesMax], [500, 500]);
    });

    it("sets session bounds by ZooKeeper's keys, where -1 means the default", () => {
      const text = 'tickTime=1000\nminSessionTimeout=-1\nmaxSessionTimeout=90000';
      const { limits } = loaded(load(write('zoo.cfg', text)));
      assert.equal(limits.sessionTimeoutMsMin, 2_000);
      assert.equal(limits.sessionTimeoutMsMax, 90_000);
    });

    it("takes ZooKeeper's keys for its door, for quotas and for the super user", () => {
      const lines = [
        `DigestAuthenticationProvider.superDigest=${superDigest}`,
        'extendedTypesEnabled=FALSE',
        '4lw.commands.whitelist=ruok, wchs ,stat',
        'maxClientCnxns=60',
        'maxCnxns=0',
        'enforceQuota=true',
        'znode.container.checkIntervalMs=5000',
      ];
      // As ZooKeeper's system properties are called.
      const prefixed = lines.map((line) =>
        line.startsWith('maxClientCnxns') ? line : `zookeeper.${line}`,
      );
      for (const text of [lines, prefixed]) {
        const outcome = load(write('zoo.cfg', text.join('\n')));
        const config = loaded(outcome);
        assert.equal(config.auth.superDigest, superDigest);
        assert.deepEqual(config.quota, { enforce: true });
        assert.deepEqual(config.reaper, { intervalMs: 5_000 });
        assert.deepEqual(config.zookeeperDoor, {
          extendedTypes: false,
          words: ['ruok', 'srvr', 'stat', 'wchs'],
          connectionsPerAddressMax: 60,
          connectionsMax: 0,
          reconfigEnabled: false,
        });
        const found = notices(outcome);
        assert.equal(found.length, text === lines ? 0 : 6);
        assert.ok(found.every((line) => line.endsWith('ZooKeeper would not see it')));
      }
    });

    it('never ends a start by a value that ZooKeeper takes, and says what is used', () => {
      const lines = [
        'znode.container.checkIntervalMs=100',
        'jute.maxbuffer=0x100000',
        'maxClientCnxns=-1',
        'maxCnxns=many',
        'minSessionTimeout=0',
        'enforceQuota=yes',
        'quorumListenOnAllIPs=TRUE',
        'clientPort=+02191',
      ];
      const outcome = load(write('zoo.cfg', lines.join('\n')));
      const config = loaded(outcome);
      assert.equal(config.reaper.intervalMs, 1_000);
      assert.equal(config.limits.requestBytesMax, 1_048_576);
      assert.equal(config.zookeeperDoor.connectionsPerAddressMax, 0);
      assert.equal(config.zookeeperDoor.connectionsMax, 20_000);
      assert.equal(config.limits.sessionTimeoutMsMin, 1);
      assert.equal(config.quota.enforce, false);
      assert.equal(config.peer.host, '0.0.0.0');
      assert.equal(config.zookeeper?.port, 2191);
      assert.deepEqual(notices(outcome), [
        'warn zoo.cfg:1: znode.container.checkIntervalMs=100: 1000 is used, the least that is taken',
        'warn zoo.cfg:4: maxCnxns=many is no number, and without effect',
        'warn zoo.cfg:5: minSessionTimeout=0: 1 is used, the least that is taken',
        'warn zoo.cfg:6: enforceQuota=yes is read as false, as ZooKeeper reads it',
      ]);
    });

    it('takes a letter beyond ASCII as ZooKeeper does, and says so', () => {
      const outcome = load(write('zoo.cfg', `# für alle\ndataDir=${at('größe')}`));
      assert.equal(loaded(outcome).dataDir, at(Buffer.from('größe').toString('latin1')));
      assert.match(notices(outcome)[0] ?? '', /^warn zoo\.cfg:2: letters beyond ASCII/);
    });

    it('leaves out a byte order mark, and says so; UTF-16 is refused', () => {
      const outcome = load(write('zoo.cfg', '\uFEFFclientPort=2191'));
      assert.equal(loaded(outcome).zookeeper?.port, 2191);
      assert.match(notices(outcome)[0] ?? '', /^warn zoo\.cfg:1: the file begins with a byte/);
      writeFileSync(at('zoo.cfg'), '\uFEFFclientPort=2191', 'utf16le');
      assert.match(complaints(load(at('zoo.cfg')))[0] ?? '', /is written in UTF-16/);
    });

    it('reads the first line of myid, and does not take one that it may not read for none', () => {
      write('data/myid', '\uFEFF1\r\nof this rack\n');
      const lines = `dataDir=${at('data')}\nserver.1=127.0.0.1:1:2`;
      assert.equal(loaded(load(write('zoo.cfg', lines))).serverId, 1);
      rmSync(at('data/myid'));
      mkdirSync(at('data/myid'));
      assert.match(complaints(load(at('zoo.cfg')))[0] ?? '', /myid: cannot be read \(EISDIR\)/);
    });

    it('takes * for all four-letter words', () => {
      const { zookeeperDoor } = loaded(load(write('zoo.cfg', '4lw.commands.whitelist=ruok,*')));
      assert.deepEqual(zookeeperDoor.words, fourLetterWords);
    });

    it('does not repeat a super digest that has the wrong form', () => {
      const password = 'super:secret';
      const outcome = load(
        write('zoo.cfg', `DigestAuthenticationProvider.superDigest=${password}`),
        { 'auth.superDigest': `${superDigest}=` },
      );
      assert.deepEqual(complaints(outcome), [
        '--auth-super-digest: --auth-super-digest has no such form',
      ]);
      assert.match(
        notices(outcome)[0] ?? '',
        /superDigest has no such form, and is without effect/,
      );
      assert.doesNotMatch(JSON.stringify(outcome), /secret|xQJmxLMiHGwaqBvst5y6rkB6HQs/);
    });

    for (const [line, notice] of [
      [
        '4lw.commands.whitelist=ruok,rouk',
        'warn zoo.cfg:1: there is no word "rouk"; did you mean ruok?',
      ],
      [
        'zookeeper.maxClientCnxns=1',
        'warn zoo.cfg:1: unknown key zookeeper.maxClientCnxns, without effect',
      ],
      ['initLimit=10', 'debug zoo.cfg:1: initLimit has no effect: links between peers'],
      ['ssl.crl=true', 'warn zoo.cfg:1: ssl.crl has no effect: name a list of revoked'],
      ['weight.1=3', 'warn zoo.cfg:1: weight.1 has no effect: every voter weighs the same'],
      [
        'tickTme=2000',
        'warn zoo.cfg:1: unknown key tickTme, without effect; did you mean tickTime?',
      ],
      [
        'quoll.htp.port=1',
        'warn zoo.cfg:1: unknown key quoll.htp.port, without effect; did you mean quoll.http.port?',
      ],
      ['constructor=1', 'warn zoo.cfg:1: unknown key constructor, without effect'],
      [
        'tickTime=1000\ntickTime=2000',
        'warn zoo.cfg:2: tickTime stands in zoo.cfg:1 too; this one counts',
      ],
    ] as const) {
      it(`says what ${line.replace('\n', ' and ')} does not do`, () => {
        const [first = '', ...more] = notices(load(write('zoo.cfg', line)));
        assert(first.startsWith(notice), first);
        assert.deepEqual(more, []);
      });
    }

    it('is quiet about a thing that is switched off', () => {
      assert.deepEqual(
        notices(load(write('zoo.cfg', 'sslQuorum=false\n# audit\naudit.enable=no'))),
        [],
      );
    });
  });

  describe('a YAML file', () => {
    it('nests the same keys', () => {
      const yaml = [
        'serverId: 2',
        'dataDir: /var/lib/quoll',
        'servers:',
        '  1: 127.0.0.1:2888:3888',
        '  2: 127.0.0.1:2889:3889:observer',
        'http:',
        '  port: 8080',
        '  allowedHosts: [a.example, b.example]',
        'grpc: { port: off }',
        'limits: { dataBytesMax: 1000 }',
      ];
      const config = loaded(load(write('quoll.yaml', yaml.join('\n'))));
      assert.equal(config.serverId, 2);
      assert.equal(config.role, 'observer');
      assert.equal(config.dataDir, '/var/lib/quoll');
      assert.equal(config.http?.port, 8080);
      assert.equal(config.grpc, undefined);
      assert.deepEqual(config.allowedHosts, ['127.0.0.1', 'a.example', 'b.example']);
      assert.equal(config.limits.dataBytesMax, 1000);
    });

    it('warns about an unknown key with its line and the nearest known one', () => {
      const outcome = load(write('quoll.yaml', 'http:\n  prot: 1'));
      assert.deepEqual(notices(outcome), [
        'warn quoll.yaml:2: unknown key http.prot, without effect; did you mean http.port?',
      ]);
    });

    it('complains about doubled keys and broken syntax with the line', () => {
      const [first = ''] = complaints(load(write('quoll.yaml', 'dataDir: a\ndataDir: b')));
      assert.match(first, /^quoll\.yaml:2: .*unique/);
      assert.match(complaints(load(write('list.yaml', '- a')))[0] ?? '', /^list\.yaml:1: /);
    });
  });

  it('listens to flags before the environment before the file', () => {
    const file = write(
      'quoll.yaml',
      'http: { port: 1 }\ngrpc: { port: 2 }\nzookeeper: { port: 3 }',
    );
    const environment = { QUOLL_GRPC_PORT: '12', QUOLL_ZOOKEEPER_PORT: '13', PATH: '/bin' };
    const config = loaded(load(file, { 'zookeeper.port': '23' }, environment));
    assert.deepEqual([config.http?.port, config.grpc?.port, config.zookeeper?.port], [1, 12, 23]);
  });

  it("takes a whole ensemble from one line, in place of the file's", () => {
    const file = write('zoo.cfg', 'server.9=127.0.0.1:5:6');
    const flags = { serverId: '2', servers: '1=127.0.0.1:1:2,2=127.0.0.1:3:4' };
    assert.deepEqual(
      loaded(load(file, flags)).servers.map(({ id }) => id),
      [1, 2],
    );
  });

  it('names the environment variable that nobody knows', () => {
    const outcome = load(undefined, {}, { QUOLL_HTPP_PORT: '1', QUOLL_URL: 'http://x' });
    assert.deepEqual(notices(outcome), [
      'warn QUOLL_HTPP_PORT: unknown and without effect; did you mean QUOLL_HTTP_PORT?',
    ]);
  });

  it('lists five mistakes at once, each with its line and a fix', () => {
    const file = write(
      'zoo.cfg',
      [
        'tickTime=fast',
        'clientPort=70000',
        'server.1=127.0.0.1:2888',
        'server.2=127.0.0.1:2888:3888',
        'quoll.log.level=loud',
        'quoll.bootstrap=true',
      ].join('\n'),
    );
    const outcome = load(file, { serverId: '2' });
    assert.deepEqual(complaints(outcome), [
      'zoo.cfg:2: clientPort is "70000"',
      'zoo.cfg:5: quoll.log.level is "loud"',
      'zoo.cfg:6: quoll.bootstrap is said once and not kept in a file',
      'zoo.cfg:3: server.1=127.0.0.1:2888: two ports from 1 to 65535 must follow the host',
      'zoo.cfg:1: tickTime is "fast"',
    ]);
    assert.equal(outcome.kind, 'refused');
    const text = describeComplaints(outcome.complaints);
    assert.match(text, /^The configuration has 5 mistakes:/);
    for (const { fix } of outcome.complaints) assert(text.includes(fix) && fix.length > 10);
  });

  for (const [what, lines, flags, expected] of [
    ['a missing number', ['server.1=127.0.0.1:1:2'], {}, /^myid: nothing says which/],
    [
      'a number nobody has',
      ['server.1=127.0.0.1:1:2'],
      { serverId: '4' },
      /this is server 4, and the ensemble has 1/,
    ],
    [
      'observers alone',
      ['server.1=127.0.0.1:1:2:observer'],
      { serverId: '1' },
      /every server is an observer/,
    ],
    ['a role misspelt', ['server.1=127.0.0.1:1:2:voter'], { serverId: '1' }, /"voter" is neither/],
    ['one port for two', ['server.1=127.0.0.1:1:1'], { serverId: '1' }, /need a port each/],
    [
      'a shared address',
      ['server.1=127.0.0.1:1:2', 'server.2=127.0.0.1:2:3'],
      { serverId: '1' },
      /servers 1 and 2 share 127\.0\.0\.1:2/,
    ],
    [
      'a server beyond 255',
      ['server.256=127.0.0.1:1:2'],
      { serverId: '1' },
      /N must be a number from 1 to 255/,
    ],
    [
      'two doors on one port',
      ['quoll.http.port=2182'],
      {},
      /http\.port and grpc\.port both want port 2182/,
    ],
    [
      'limits that contradict',
      ['jute.maxbuffer=100', 'quoll.limits.dataBytesMax=200'],
      {},
      /^zoo\.cfg:2: dataBytesMax \(200\) is above requestBytesMax \(100\)/,
    ],
    ['a limit too hasty', ['quoll.peer.syncLimitTicks=10'], {}, /less than three pings/],
    [
      'an origin with a path',
      ['quoll.http.allowedOrigins=http://a/b'],
      {},
      /allowedOrigins is "http:\/\/a\/b"/,
    ],
    [
      'a proxy that is no address',
      ['quoll.proxies=10.0.0.0/8,balancer.example'],
      {},
      /^zoo\.cfg:1: quoll\.proxies is "10\.0\.0\.0\/8,balancer\.example"/,
    ],
  ] as const) {
    it(`complains about ${what}`, () => {
      const found = complaints(load(write('zoo.cfg', lines.join('\n')), flags));
      assert.match(found[0] ?? '', expected);
    });
  }

  it('complains about a file that is not there, and about a number that differs from myid', () => {
    write('data/myid', '3');
    const outcome = load(at('none.cfg'), { serverId: '1', dataDir: at('data') });
    const [first = '', second = ''] = complaints(outcome);
    assert.match(first, /^none\.cfg: cannot be read/);
    assert.match(second, /^--server-id: this is server 1, but data\/myid says 3/);
  });

  describe('the secret of the peers', () => {
    const lines = 'server.1=node01:2888:3888\nserver.2=node02:2888:3888\nquoll.tls=off';

    it('is asked for off loopback where no TLS is spoken, with the command that makes it', () => {
      const outcome = load(write('zoo.cfg', lines), { serverId: '1' });
      assert.deepEqual(complaints(outcome), [
        'peer.secretFile: peers on several machines that meet without TLS need a secret that they share',
      ]);
      assert.equal(outcome.kind, 'refused');
      assert.match(outcome.complaints[0]?.fix ?? '', /quoll secret new quoll\.secret/);
    });

    it('is accepted as `quoll secret new` writes it', () => {
      writeNewSecret(at('secret'));
      assert.equal(statSync(at('secret')).mode & 0o777, 0o600);
      assert.equal(readPeerSecret(at('secret')).length, 32);
      const file = write('zoo.cfg', `${lines}\nquoll.peer.secretFile=${at('secret')}`);
      const outcome = load(file, { serverId: '1' });
      assert.equal(loaded(outcome).peer.secretFile, at('secret'));
      assert.match(notices(outcome)[0] ?? '', /clients reach this one on loopback only/);
      assert.throws(() => {
        writeNewSecret(at('secret'));
      }, /EEXIST/);
    });

    for (const [what, spoil, expected] of [
      [
        'is open to others',
        (file: string) => {
          chmodSync(file, 0o644);
        },
        /others may read/,
      ],
      [
        'is short',
        (file: string) => {
          writeFileSync(file, 'abcd');
        },
        /at least 32 hex digits/,
      ],
      [
        'is missing',
        (file: string) => {
          rmSync(file);
        },
        /cannot be read/,
      ],
    ] as const) {
      it(`is refused when it ${what}`, () => {
        writeNewSecret(at('secret'));
        spoil(at('secret'));
        const found = complaints(load(undefined, { 'peer.secretFile': at('secret') }));
        assert.match(found[0] ?? '', expected);
      });
    }
  });

  it('tells the clients their URL', () => {
    assert.equal(clientUrl({}), 'http://127.0.0.1:2180');
    assert.equal(clientUrl({ QUOLL_URL: 'http://b:1' }), 'http://b:1');
  });
});
