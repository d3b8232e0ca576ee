import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadConfig, type LoadOutcome } from '../../../src/config/load.ts';

describe('the ensemble in a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-servers-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const load = (name: string, content: string, flags = {}, environment = {}): LoadOutcome => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return loadConfig({ file, environment, flags: { dataDir: join(folder, 'data'), ...flags } });
  };
  /** `id=host:quorumPort:electionPort`, an observer with a star; or each complaint. */
  const read = (outcome: LoadOutcome): readonly string[] =>
    outcome.kind === 'refused'
      ? outcome.complaints.map(({ where, problem }) => `${basename(where)}: ${problem}`)
      : outcome.config.servers.map(
          ({ id, host, quorumPort, electionPort, role }) =>
            `${String(id)}=${host}:${String(quorumPort)}:${String(electionPort)}${role === 'observer' ? '*' : ''}`,
        );

  const two = ['1=127.0.0.1:11:12', '2=127.0.0.1:21:22'];

  for (const [what, yaml, expected = two] of [
    ['a text', 'servers: 1=127.0.0.1:11:12,2=127.0.0.1:21:22'],
    ['a text with blanks', 'servers: "server.1 = 127.0.0.1:11:12  server.2=127.0.0.1:21:22"'],
    ['a block of text', 'servers: |\n  server.1=127.0.0.1:11:12\n  server.2=127.0.0.1:21:22'],
    ['a list', 'servers:\n- 127.0.0.1:11:12\n- 127.0.0.1:21:22'],
    ['a list with ids', 'servers: [server.2=127.0.0.1:21:22, 1=127.0.0.1:11:12]'],
    ['a list of pairs', 'servers:\n- 1: 127.0.0.1:11:12\n- server.2: 127.0.0.1:21:22'],
    ['a table', 'servers:\n  1: 127.0.0.1:11:12\n  2: 127.0.0.1:21:22'],
    ['a table under server', 'server:\n  1: 127.0.0.1:11:12\n  2: 127.0.0.1:21:22'],
    [
      'a table with long ids',
      'servers: { server.1: "127.0.0.1:11:12", server.2: "127.0.0.1:21:22" }',
    ],
    ['keys with dots', 'server.1: 127.0.0.1:11:12\nservers.2: 127.0.0.1:21:22'],
    [
      'objects',
      'servers:\n- {id: 1, host: 127.0.0.1}\n- {id: 2, host: "::1", peerPort: 21, electionPort: 22, role: observer}',
      ['1=127.0.0.1:2888:3888', '2=::1:21:22*'],
    ],
    [
      'a table of objects',
      'servers:\n  1: {address: "127.0.0.1:11:12"}\n  2: {host: 127.0.0.1, quorum-port: 21, election_port: 22}',
    ],
    ['an anchor', 'x-all: &all\n  1: 127.0.0.1:11:12\n  2: 127.0.0.1:21:22\nservers: *all'],
    ['a merge', 'x-all: &all { 1: "127.0.0.1:11:12" }\nservers:\n  <<: *all\n  2: 127.0.0.1:21:22'],
    [
      'a merge of all',
      'x-a: &a { servers: { 1: "127.0.0.1:11:12", 2: "127.0.0.1:21:22" } }\n<<: *a\nhttp: {port: 1}',
    ],
    [
      'a byte order mark, CR and LF',
      '\uFEFFservers:\r\n  1: 127.0.0.1:11:12\r\n  2: 127.0.0.1:21:22\r\n',
    ],
  ] as const) {
    it(`is understood as ${what}`, () => {
      assert.deepEqual(read(load('quoll.yaml', yaml, { serverId: '1' })), expected);
    });
  }

  for (const [what, yaml, expected] of [
    ['nothing', 'servers:', 'quoll.yaml:2: servers is empty, no list of servers'],
    ['an empty list', 'servers: []', 'quoll.yaml:2: servers names no server'],
    ['an empty text', 'servers: ""', 'quoll.yaml:2: servers names no server'],
    ['a number', 'servers: 3', 'quoll.yaml:2: servers is "3", no list of servers'],
    ['names alone', 'servers: [a, b]', 'quoll.yaml:2: servers.1=a: two ports from 1'],
    [
      'a list where some have ids',
      'servers:\n- 1=a:1:2\n- b:1:2',
      'quoll.yaml:4: "b:1:2" has no id',
    ],
    ['a server without address', "servers:\n  '1=a:1:2':", 'quoll.yaml:3: server 1=a:1:2 is empty'],
    ['an object without host', 'servers: [{id: 1}]', 'quoll.yaml:2: a server has no host'],
    ['an unknown field', 'servers: [{id: 1, hots: a}]', 'quoll.yaml:2: a server has no hots'],
    ['two ids for one', 'servers: {1: {id: 2, host: a}}', 'quoll.yaml:2: 1 has the id 2'],
    ['one id for two', 'servers: [1=a:1:2, 1=b:1:2]', 'quoll.yaml:2: server 1 stands in'],
    ['one address for two', 'servers: [a:1:2, A.:1:2]', 'quoll.yaml:2: servers 1 and 2 share a:1'],
    ['an address without brackets', 'servers: {1: "::1:2888:3888"}', 'quoll.yaml:2: servers.1=::1'],
    ['capitals', 'Servers: {1: "a:1:2"}', 'quoll.yaml:2: unknown key Servers.1, and no ensemble'],
    ['a slip', 'sevrers: [a:1:2]', 'quoll.yaml:2: unknown key sevrers, and no ensemble'],
    ['another word', 'peers: [a:1:2]', 'quoll.yaml:2: unknown key peers, and no ensemble'],
    ['another place', 'peer: {servers: [a:1:2]}', 'quoll.yaml:2: unknown key peer.servers'],
    ['a prefix', 'quoll.servers: 1=a:1:2', 'quoll.yaml:2: unknown key quoll.servers, and no'],
    ['a tab', 'servers:\n\t1: a:1:2', 'quoll.yaml:3: Tabs are not allowed'],
    [
      'two tables',
      'servers: {1: "a:1:2"}\nservers: {2: "b:1:2"}',
      'quoll.yaml:3: Map keys must be',
    ],
  ] as const) {
    it(`is refused as ${what}`, () => {
      const found = read(load('quoll.yaml', `serverId: 1\n${yaml}`));
      assert.ok(
        found.some((line) => line.startsWith(expected)),
        found.join('\n'),
      );
    });
  }

  it('is understood under the names of ours in a zoo.cfg', () => {
    for (const lines of [
      'quoll.servers=1=127.0.0.1:11:12,2=127.0.0.1:21:22',
      'quoll.servers.1=127.0.0.1:11:12\nquoll.server.2=127.0.0.1:21:22',
    ]) {
      assert.deepEqual(read(load('zoo.cfg', lines, { serverId: '1' })), two);
    }
  });

  for (const line of [
    'servers=1=a:1:2',
    'Server.1=a:1:2',
    'server1=a:1:2',
    'quoll.Servers=1=a:1:2',
  ]) {
    it(`is refused as ${line} in a zoo.cfg`, () => {
      assert.match(read(load('zoo.cfg', line))[0] ?? '', /^zoo\.cfg:1: unknown key .*no ensemble/);
    });
  }

  it('is not founded by the second of something that nothing names', () => {
    const expected = /^--server-id: this is server 2, and nothing names the others$/;
    assert.match(read(load('zoo.cfg', '', { serverId: '2' }))[0] ?? '', expected);
    const itself = load('zoo.cfg', 'server.2=127.0.0.1:1:2', { serverId: '2' });
    assert.deepEqual(read(itself), ['2=127.0.0.1:1:2']);
  });

  for (const [what, lines, expected] of [
    [
      'no peer may be alone',
      'standaloneEnabled=false',
      /standaloneEnabled is false, and there is no/,
    ],
    ['a key for its number is misspelt', 'quoll.serverid=2', /unknown key quoll\.serverid/],
    ['its number has no prefix', 'serverId=2', /unknown key serverId/],
    ['the role is none', 'peerType=observr', /peerType is "observr"/],
    ['its directory is misspelt', 'datadir=/var/lib/zookeeper', /unknown key datadir/],
  ] as const) {
    it(`is not founded where ${what}`, () => {
      assert.match(read(load('zoo.cfg', lines))[0] ?? '', expected);
    });
  }

  it('stands in a dynamic file or in the zoo.cfg, and is missed in neither', () => {
    const dynamic = join(folder, 'dynamic');
    writeFileSync(dynamic, 'version=1\n');
    const lines = `dynamicConfigFile=${dynamic}`;
    assert.match(read(load('zoo.cfg', lines))[0] ?? '', /dynamicConfigFile is .* no server line/);
    writeFileSync(dynamic, 'server.1=127.0.0.1:11:12\ndataDir=/tmp');
    assert.match(read(load('zoo.cfg', lines)).join(), /dynamic:2: dataDir does not belong/);
    writeFileSync(dynamic, 'server.1=127.0.0.1:11:12');
    const both = load('zoo.cfg', `${lines}\nserver.2=127.0.0.1:21:22`, { serverId: '1' });
    assert.match(read(both).join(), /zoo\.cfg:2: server\.2 stands here, and the servers are in/);
  });

  it('in the environment has the same forms, and no other name', () => {
    const environment = (text: string) => ({ QUOLL_SERVERS: text, QUOLL_SERVER_ID: '1' });
    const docker = 'server.1=127.0.0.1:11:12;2181 server.2=127.0.0.1:21:22;2181';
    assert.deepEqual(read(load('zoo.cfg', '', {}, environment(docker))), two);
    assert.match(
      read(load('zoo.cfg', '', {}, { QUOLL_SERVER_1: 'a:1:2' }))[0] ?? '',
      /^QUOLL_SERVER_1: unknown/,
    );
    // What another place says counts, so what is wrong here does not.
    const flags = { serverId: '1', servers: two.join(',') };
    assert.deepEqual(read(load('zoo.cfg', '', flags, environment('nonsense'))), two);
  });
});
