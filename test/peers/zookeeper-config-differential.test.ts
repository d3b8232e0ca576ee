// Debian's ZooKeeper reads the same files as we do, some thousand that nobody wrote: what it takes is read the same, or is
// refused with words; and a key that it takes never ends our start.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { isWildcardHost, type PeerConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { parseProperties } from '../../src/config/properties.ts';
import { writeNewSecret } from '../../src/config/secret.ts';
import { zooKeeperJar } from '../support/zookeeper/real-zookeeper.ts';

const program = fileURLToPath(
  new URL('../../../test/peers/zookeeper-config/ReadZooCfg.java', import.meta.url),
);
const files = 1_500;
const seed = Number(process.env['QUOLL_ZOO_CFG_SEED'] ?? Date.now() % 1_000_000);

interface JavaAddress {
  readonly host: string;
  readonly port: number;
}

/** What ReadZooCfg prints. */
interface Verdict {
  /** Of the properties or of ZooKeeper, when one of the two refused. */
  readonly why?: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** No two keys differ in blanks alone, of which Java takes one by chance. */
  readonly isClear?: boolean;
  readonly config?: {
    readonly dataDir: string;
    readonly client: JavaAddress | null;
    readonly minSessionTimeout: number;
    readonly maxSessionTimeout: number;
    readonly maxClientCnxns: number;
    readonly listensOnAll: boolean;
    readonly isDistributed: boolean;
    readonly serverId: number;
    readonly enforceQuota: boolean;
    readonly extendedTypes: boolean;
    readonly maxCnxns: number | null;
    readonly bindRetries: number | null;
    readonly reconfigEnabled: boolean;
    readonly servers: readonly {
      readonly id: number;
      readonly quorum: JavaAddress;
      readonly election: JavaAddress;
      readonly role: string;
    }[];
  };
}

/** Chars that mean something in properties, and some that do not. */
const noise = fc.constantFrom(
  ...[
    '\\',
    '\\\\',
    '\\u0041',
    '\\u12',
    '\\t',
    '\\:',
    '\\=',
    '\\ ',
    '\\#',
    '\\n',
    '\\\n  ',
    '\\\r\n',
    '\\\r',
  ],
  ...[
    '=',
    ':',
    ' ',
    '\t',
    '\f',
    '#',
    '!',
    '\n',
    '\r',
    '\r\n',
    'a',
    'Z',
    '0',
    'ü',
    '\u00a0',
    '.',
    '\\é',
  ],
);

const property = (folder: string): fc.Arbitrary<readonly [string, string]> => {
  const int = fc.constantFrom(
    ...[
      '0',
      '1',
      '-1',
      '-5',
      '+7',
      '007',
      '0x10',
      '60',
      '999',
      '2147483647',
      '2147483648',
      '',
      'x',
    ],
  );
  const bool = fc.constantFrom('true', 'TRUE', 'false', 'no', 'yes', '', '1');
  const port = fc.constantFrom('2181', '+2182', '02183', '0', '-1', '65536', 'off', '');
  const host = fc.constantFrom(
    '127.0.0.1',
    '127.0.0.2',
    'localhost',
    '[::1]',
    '0.0.0.0',
    '::1',
    '[::]',
  );
  const role = fc.constantFrom('', '', '', ':participant', ':observer', ':Observer', ':voter', ':');
  const client = fc.constantFrom(
    '',
    '',
    ';2181',
    ';127.0.0.1:2181',
    ';0.0.0.0:2181',
    ';',
    ';2181;',
    ';x',
  );
  const server = fc
    .tuple(fc.integer({ min: 1, max: 4 }), host, fc.integer({ min: 0, max: 3 }), role, client)
    .map(
      ([id, where, shift, as, with_]) =>
        [
          `server.${String(id)}`,
          `${where}:${String(2888 + 10 * id + shift)}:${String(3888 + 10 * id)}${as}${with_}`,
        ] as const,
    );
  const named = (names: readonly string[], value: fc.Arbitrary<string>) =>
    fc.tuple(fc.constantFrom(...names), value);
  return fc.oneof(
    named(
      ['dataDir'],
      fc.constantFrom(`${folder}/data`, `${folder}/data/`, `${folder}/other data`),
    ),
    { weight: 4, arbitrary: server },
    named(['clientPort'], port),
    named(['clientPortAddress'], fc.constantFrom('127.0.0.1', '0.0.0.0', '::1', 'localhost')),
    named(
      ['tickTime', 'initLimit', 'syncLimit'],
      fc.constantFrom('2000', '5', '+500', '0', '-2', '99999999'),
    ),
    named(['minSessionTimeout', 'maxSessionTimeout', 'maxClientCnxns'], int),
    named(
      ['znode.container.checkIntervalMs', 'jute.maxbuffer', 'maxCnxns', 'electionPortBindRetry'],
      int,
    ),
    named(
      ['enforceQuota', 'extendedTypesEnabled', 'reconfigEnabled', 'quorumListenOnAllIPs'],
      bool,
    ),
    named(['standaloneEnabled', 'localSessionsEnabled', 'zookeeper.enforceQuota'], bool),
    named(['peerType'], fc.constantFrom('observer', 'participant', 'Observer')),
    named(
      [
        'DigestAuthenticationProvider.superDigest',
        '4lw.commands.whitelist',
        'autopurge.purgeInterval',
      ],
      int,
    ),
    named(['unheard.of', 'snapCount', 'Clientport', 'zookeeper.foo'], int),
  );
};

/** As a person, an editor or java.util.Properties.store may have written it. */
function written(pairs: readonly (readonly [string, string])[]): fc.Arbitrary<string> {
  const escaped = (text: string): string => text.replaceAll(/[:=#! \\]/g, (char) => `\\${char}`);
  const form = fc.constantFrom<(key: string, value: string) => string>(
    (key, value) => `${key}=${value}`,
    (key, value) => `${key} = ${value} `,
    (key, value) => `\t${key}:${value}`,
    (key, value) => `${escaped(key)}=${escaped(value)}`,
    (key, value) => `${key} ${value.slice(0, 3)}\\\n    ${value.slice(3)}`,
    (key, value) =>
      `${key}=${value.replace(/[a-z]/, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)}`,
    (key, value) => `# ${key}\n${key}=${value}`,
  );
  const end = fc.constantFrom('\n', '\n', '\r\n', '\r', '\n\n', '\n!note\n');
  return fc
    .tuple(
      ...pairs.map(([key, value]) => fc.tuple(form, end).map(([as, to]) => as(key, value) + to)),
    )
    .map((lines) => lines.join(''));
}

function contents(folder: string): string[] {
  const wild = fc.array(noise, { maxLength: 40 }).map((parts) => parts.join(''));
  const base: (readonly [string, string])[] = [
    ['tickTime', '2000'],
    ['initLimit', '5'],
    ['syncLimit', '2'],
    ['clientPort', '2181'],
    ['dataDir', `${folder}/data`],
  ];
  const servers = [1, 2, 3].map(
    (id) =>
      [
        `server.${String(id)}`,
        `127.0.0.1:${String(2888 + 10 * id)}:${String(3888 + 10 * id)}`,
      ] as const,
  );
  const usual = fc
    .tuple(
      fc.array(property(folder), { maxLength: 5 }),
      fc.constantFrom([], base, [...base, ...servers], [...base, ...servers]),
    )
    .chain(([pairs, before]) => written([...before, ...pairs]));
  const arbitrary = fc.oneof(wild, { weight: 3, arbitrary: usual });
  return fc.sample(arbitrary, { seed, numRuns: files });
}

/** What may end our start where ZooKeeper's goes on: who is who, where it would be another ensemble or another tree. */
const mayRefuse = [
  /is not a host|two ports from|nothing says which|and the ensemble has|this is server|share /,
  /stands in .* too, as|every server is an observer|no server line|no ensemble would be known|both want port/,
  /peerType is|clientPort is|tickTime is|is above |is neither participant|is not a client port/,
];

describe('a zoo.cfg, and what ZooKeeper reads in it', function () {
  this.timeout(120_000);
  let folder: string;
  let texts: readonly string[];
  let verdicts: readonly Verdict[];
  const fileOf = (index: number): string => join(folder, `zoo-${String(index)}.cfg`);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-zoo-cfg-'));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'myid'), '1\n');
    writeNewSecret(join(folder, 'secret'));
    texts = contents(folder);
    for (const [index, text] of texts.entries()) writeFileSync(fileOf(index), text, 'latin1');
    writeFileSync(join(folder, 'list'), texts.map((_, index) => fileOf(index)).join('\n'));
    const jars = [zooKeeperJar, '/usr/share/java/slf4j-nop.jar'].join(':');
    const { status, stdout, stderr } = spawnSync(
      'java',
      ['-Xmx256m', '-Xshare:auto', '-cp', jars, program, join(folder, 'list')],
      { encoding: 'utf8', maxBuffer: 1_073_741_824, cwd: folder },
    );
    assert.equal(status, 0, stderr);
    verdicts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict);
    assert.equal(verdicts.length, files);
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const shown = (index: number): string =>
    `${JSON.stringify(texts[index])}, with QUOLL_ZOO_CFG_SEED=${String(seed)}`;

  it('is the same properties', () => {
    for (const [index, { properties, isClear, why }] of verdicts.entries()) {
      const read = parseProperties(readFileSync(fileOf(index), 'latin1'));
      if (properties === undefined) {
        assert.ok(
          read.some(({ isMalformed }) => isMalformed),
          `${String(why)}: ${shown(index)}`,
        );
      } else if (isClear === true) {
        const ours = Object.fromEntries(read.map(({ key, value }) => [key, value]));
        assert.deepEqual(ours, { ...properties }, shown(index));
      }
    }
  });

  it('is the same configuration, or a complaint that it is not', () => {
    let loaded = 0;
    let ensembles = 0;
    let refused = 0;
    for (const [index, { config: theirs }] of verdicts.entries()) {
      const file = fileOf(index);
      const flags = { 'peer.secretFile': join(folder, 'secret'), tls: 'off' };
      const outcome = loadConfig({ file, flags, environment: {} });
      if (theirs === undefined) continue;
      if (outcome.kind === 'refused') {
        refused++;
        for (const { where, problem } of outcome.complaints) {
          assert.ok(
            mayRefuse.some((reason) => reason.test(problem)),
            `${where}: ${problem}: ${shown(index)}`,
          );
        }
        continue;
      }
      loaded++;
      if (theirs.isDistributed) ensembles++;
      const keys = verdicts[index]?.properties ?? {};
      const found = readings(theirs, outcome.config, keys);
      assert.deepEqual(found.ours, found.theirs, shown(index));
    }
    assert.ok(loaded > 150 && ensembles > 50, JSON.stringify({ loaded, ensembles, refused }));
  });
});

const clamp = (value: number, min: number, max: number): number =>
  Math.min(Math.max(value, min), max);
const bareHost = (host: string): string =>
  host.replace(/^0:0:0:0:0:0:0:/, '::').replace(/%.*$/, '');
/** Two keys may say one address by the name and by the number. */
const addressOf = (host: string): string => bareHost(host).replace(/^localhost$/, '127.0.0.1');

/** Of what ZooKeeper read, all that means something here, beside what we read; what no line says has defaults of ours. */
function readings(
  theirs: NonNullable<Verdict['config']>,
  config: PeerConfig,
  keys: Readonly<Record<string, string>>,
): { readonly theirs: unknown; readonly ours: unknown } {
  const { client, servers, maxCnxns, bindRetries } = theirs;
  const says = (key: string): boolean => keys[key] !== undefined;
  const any = (host: string): string => (isWildcardHost(host) ? '*' : host);
  const door = config.zookeeperDoor;
  const ms = config.limits;
  const pairs: readonly (readonly [string, boolean, unknown, unknown])[] = [
    ['dataDir', true, resolve(theirs.dataDir), config.dataDir],
    ['port', client !== null, client?.port, config.zookeeper?.port],
    // ZooKeeper listens everywhere where no line says where.
    [
      'host',
      client !== null && client.host !== '*',
      addressOf(client?.host ?? ''),
      addressOf(config.zookeeper?.host ?? ''),
    ],
    [
      'servers',
      servers.length > 0,
      servers.map(({ id, quorum, election, role }) => [
        id,
        bareHost(quorum.host),
        quorum.port,
        election.port,
        role,
      ]),
      config.servers.map(({ id, host, quorumPort, electionPort, role }) => [
        id,
        any(host),
        quorumPort,
        electionPort,
        role,
      ]),
    ],
    ['alone', servers.length === 0, 1, config.servers.length],
    ['serverId', servers.length > 0, theirs.serverId, config.serverId],
    [
      'bounds',
      says('tickTime'),
      [theirs.minSessionTimeout, theirs.maxSessionTimeout].map((each) => clamp(each, 1, 2 ** 30)),
      [ms.sessionTimeoutMsMin, ms.sessionTimeoutMsMax].map((each) => clamp(each, 1, 2 ** 30)),
    ],
    [
      'maxClientCnxns',
      says('maxClientCnxns'),
      clamp(theirs.maxClientCnxns, 0, 1_000_000),
      door.connectionsPerAddressMax,
    ],
    ['maxCnxns', maxCnxns !== null, clamp(maxCnxns ?? 0, 0, 1_000_000), door.connectionsMax],
    [
      'bindRetries',
      bindRetries !== null,
      clamp(bindRetries ?? 0, 0, 1_000_000),
      config.peer.bindRetries,
    ],
    ['everywhere', theirs.listensOnAll, true, isWildcardHost(config.peer.host)],
    ['enforceQuota', !says('zookeeper.enforceQuota'), theirs.enforceQuota, config.quota.enforce],
    ['types', says('extendedTypesEnabled'), theirs.extendedTypes, door.extendedTypes],
    ['reconfig', true, theirs.reconfigEnabled, door.reconfigEnabled],
  ];
  const of = (index: 2 | 3): unknown =>
    Object.fromEntries(pairs.filter((pair) => pair[1]).map((pair) => [pair[0], pair[index]]));
  return { theirs: of(2), ours: of(3) };
}
