// What each folder of src/ may import besides itself. A folder or an import that is not listed is an error.
const mayImport = {
  base: [],
  model: ['base'],
  zab: ['base', 'model'],
  state: ['base', 'model'],
  ports: ['base', 'model'],
  service: ['base', 'model', 'ports'],
  config: ['base', 'model'],
  server: ['base', 'model', 'ports', 'service', 'state', 'zab'],
  // The types of proto/, made by scripts/generate-proto.mjs.
  generated: [],
  wire: ['base', 'model'],
  sockets: [],
  tls: ['base', 'model', 'ports'],
  adapters: ['base', 'model', 'ports', 'wire', 'sockets', 'tls'],
  frontends: ['base', 'model', 'ports', 'service', 'wire', 'sockets', 'tls', 'generated'],
  cli: ['base', 'model', 'config', 'wire', 'tls'],
  // The composition root puts the pieces together, so it alone may name them all; only main.ts and index.ts name it.
  compose: [
    ...['base', 'model', 'zab', 'state', 'ports', 'service', 'config'],
    ...['server', 'wire', 'tls', 'adapters', 'frontends'],
  ],
};

// The two ways into the program, each with the folders that it may import.
const entrances = { 'main.ts': ['cli', 'compose'], 'index.ts': ['compose'] };

// What the folders of test/ that others build on may import of test/ besides themselves; the simulator and the bench of the
// conversations run alone, in a copy (scripts/mutants.mjs).
const testsMayImport = {
  sim: ['support/model', 'support/program'],
  support: ['sim'],
  conversations: ['support/model', 'support/program'],
};

// Decides and never does: no Node built-in, no package.
const pure = '^src/(base|model|zab|state|ports|service|server)/';

// The rooms of a folder of src/: each may import those of its siblings that it names, which all stand above it, so there is
// no circle. Files beside the rooms put them together, and no room imports them, but for the floor that all rooms stand on.
const houses = {
  state: {
    rooms: {
      digest: [],
      access: [],
      tree: ['digest'],
      replicated: ['tree', 'digest', 'access'],
      reads: ['tree', 'access'],
      prepare: ['replicated', 'tree', 'access'],
      snapshot: ['replicated', 'tree'],
    },
  },
  server: {
    floor: [
      ...['options', 'tuning', 'deadlines', 'guarded-ports', 'in-slices'],
      ...['peer-clocks', 'ensemble-time', 'steady-clock', 'pause-detector', 'free-space'],
    ],
    // They drive the peer, and see all rooms but the last.
    drive: ['running-peer', 'message-router', 'carry-out', 'zab-from'],
    front: ['ensemble-server'],
    rooms: {
      applied: [],
      members: [],
      requests: ['applied', 'members'],
      sessions: ['applied', 'requests'],
      locks: ['applied', 'requests', 'sessions'],
      watch: ['applied', 'requests'],
      bulk: ['applied'],
      chores: ['applied', 'requests', 'sessions'],
      reports: ['applied', 'requests', 'locks', 'watch'],
      local: ['members', 'requests', 'sessions', 'locks', 'watch'],
    },
    // It alone sees the peer as a whole.
    sees: { local: ['running-peer'] },
  },
  'frontends/http': {
    rooms: {
      exchange: [],
      documents: ['exchange'],
      gate: ['exchange'],
      operators: ['exchange'],
      reference: ['exchange'],
      znodes: ['exchange', 'documents'],
      locks: ['exchange', 'documents'],
      auth: ['exchange', 'documents'],
      streams: ['exchange', 'documents'],
      websocket: ['exchange', 'documents', 'gate'],
    },
  },
  'frontends/grpc': {
    rooms: {
      connection: [],
      messages: [],
      operations: ['messages', 'connection'],
      calls: ['operations', 'messages', 'connection'],
      streams: ['calls', 'operations', 'messages', 'connection'],
      session: ['streams', 'calls', 'operations', 'messages', 'connection'],
    },
  },
  'frontends/zookeeper': {
    rooms: { records: [], operations: ['records'], words: [] },
  },
  cli: {
    rooms: {
      terminal: [],
      client: ['terminal'],
      copy: ['client', 'terminal'],
      commands: ['copy', 'client', 'terminal'],
      dev: ['client', 'terminal'],
    },
  },
};

const houseRules = Object.entries(houses).flatMap(([folder, house]) => {
  const { rooms, floor = [], drive = [], front = [], sees = {} } = house;
  const inside = `^src/${folder}/`;
  const files = (names) => (names.length > 0 ? `|(${names.join('|')})[.]ts$` : '');
  const within = (names, beside = '') => `${inside}((${names.join('|')})/${beside})`;
  const known = Object.keys(rooms);
  const last = known.at(-1);
  for (const [room, above] of Object.entries(rooms)) {
    const wrong = above.find((each) => !known.slice(0, known.indexOf(room)).includes(each));
    if (wrong !== undefined) throw new Error(`${folder}/${room} names ${wrong}, not above it`);
  }
  const rule = (name, from, to) => ({ name, severity: 'error', from, to });
  return [
    ...Object.entries(rooms).map(([room, above]) =>
      rule(
        `room-${folder}/${room}`,
        { path: `${inside}${room}/` },
        {
          path: inside,
          pathNot: within([room, ...above], files([...floor, ...(sees[room] ?? [])])),
        },
      ),
    ),
    rule(`room-${folder}/unknown`, { path: `${inside}[^/]+/`, pathNot: within(known) }, {}),
    ...(floor.length === 0
      ? []
      : [
          rule(
            `room-${folder}/floor`,
            { path: `${inside}(${floor.join('|')})[.]ts$` },
            { path: inside, pathNot: `${inside}(${floor.join('|')})[.]ts$` },
          ),
        ]),
    ...(drive.length === 0
      ? []
      : [
          rule(
            `room-${folder}/drive`,
            { path: `${inside}(${drive.join('|')})[.]ts$` },
            { path: `${inside}(${last}/|(${front.join('|')})[.]ts$)` },
          ),
          rule(
            `room-${folder}/unknown-file`,
            {
              path: `${inside}[^/]+[.]ts$`,
              pathNot: `${inside}(${[...floor, ...drive, ...front].join('|')})[.]ts$`,
            },
            {},
          ),
        ]),
  ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(mayImport).map(([folder, allowed]) => ({
      name: `layer-${folder}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
    })),
    ...Object.entries(entrances).map(([file, allowed]) => ({
      name: `layer-${file}`,
      severity: 'error',
      from: { path: `^src/${file.replace('.', '[.]')}$` },
      to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
    })),
    ...houseRules,
    {
      name: 'entrances-are-not-imported',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(main|index)[.]ts$' },
    },
    {
      name: 'layer-unknown',
      comment: 'Every folder of src/ has a line in the table above.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(mayImport).join('|')})/` },
      to: {},
    },
    {
      name: 'core-has-no-io',
      severity: 'error',
      from: { path: pure },
      to: {
        dependencyTypes: [
          ...['core', 'npm', 'npm-dev', 'npm-optional'],
          ...['npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'],
        ],
      },
    },
    {
      name: 'what-runs-is-installed',
      comment:
        'Development packages are not there for those who install Quoll; of them src/ may take types.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'frontends-are-strangers',
      severity: 'error',
      comment: 'But for the way in, which all doors have alike.',
      from: { path: '^src/frontends/([^/]+)/' },
      to: { path: '^src/frontends/', pathNot: '^src/frontends/($1|entrance)/' },
    },
    {
      name: 'entrance-knows-no-door',
      severity: 'error',
      from: { path: '^src/frontends/entrance/' },
      to: { path: '^src/frontends/', pathNot: '^src/frontends/entrance/' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'sqlite-is-kept',
      comment: 'What the library makes must never be collected: src/adapters/sqlite/connection.ts.',
      severity: 'error',
      from: {
        path: '^(src|test)/',
        // Besides it: the test of it, and what is measured without anything of ours.
        pathNot:
          '^(src/adapters/sqlite/connection|test/unit/adapters/sqlite/connection[.]test|test/bench/floors/log-main)[.]ts$',
      },
      to: { path: 'node_modules/(@types/)?better-sqlite3/' },
    },
    {
      name: 'src-knows-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    ...Object.entries(testsMayImport).map(([folder, allowed]) => ({
      name: `tests-${folder}`,
      severity: 'error',
      from: { path: `^test/${folder}/`, pathNot: `^test/${folder}/[^/]+[.]test[.]ts$` },
      to: { path: '^test/', pathNot: `^test/(${[folder, ...allowed].join('|')})/` },
    })),
    {
      name: 'tests-are-strangers',
      comment:
        'What two folders of tests need stands in test/support; what a test holds a figure of, in test/bench.',
      severity: 'error',
      from: { path: '^test/([^/]+)/' },
      to: {
        path: '^test/',
        pathNot: '^test/(($1|sim|support|bench/(rivals|steady))/|bench/(profile|load)\\.ts$)',
      },
    },
    {
      name: 'tests-support-model',
      comment: 'The simulator is built on it, and it is copied with the simulator.',
      severity: 'error',
      from: { path: '^test/support/model/' },
      to: { pathNot: '^(src/(base|model)|test/support/model)/' },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
