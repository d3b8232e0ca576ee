// What each folder of src/ may import besides itself. A folder or an import that is not listed is an error.
const mayImport = {
  base: [],
  model: ['base'],
  zab: ['base', 'model'],
  state: ['base', 'model'],
  ports: ['base', 'model'],
  service: ['base', 'model'],
  config: ['base', 'model'],
  server: ['base', 'model', 'ports', 'service', 'state', 'zab'],
  // The types of proto/, made by scripts/generate-proto.mjs.
  generated: [],
  wire: ['base', 'model'],
  adapters: ['base', 'model', 'ports', 'wire'],
  frontends: ['base', 'model', 'ports', 'service', 'wire', 'generated'],
  cli: ['base', 'model', 'config'],
  // The composition root puts the pieces together, so it alone may name them all; only main.ts and index.ts name it.
  compose: [
    ...['base', 'model', 'zab', 'state', 'ports', 'service', 'config'],
    ...['server', 'wire', 'adapters', 'frontends'],
  ],
};

// The same for the rooms of src/server/. A room may name those above it alone, so there is no circle between rooms.
const serverRooms = {
  applied: [],
  requests: ['applied'],
  sessions: ['applied', 'requests'],
  locks: ['applied', 'requests', 'sessions'],
  watch: ['applied', 'requests'],
  bulk: ['applied'],
  chores: ['applied', 'requests', 'sessions'],
  reports: ['applied', 'requests', 'locks', 'watch'],
  // Beside these it alone sees the peer as a whole: src/server/running-peer.ts.
  local: ['requests', 'sessions', 'locks', 'watch'],
};
// The files that stand in no room: those beneath all rooms, and those that drive a peer and see all rooms but local.
const serverFloor = 'options|tuning|deadlines|guarded-ports|steady-clock|pause-detector|free-space';
const serverDrive = 'running-peer|message-router|carry-out|zab-from';

for (const [index, [room, above]] of Object.entries(serverRooms).entries()) {
  const known = Object.keys(serverRooms).slice(0, index);
  for (const each of above) {
    if (!known.includes(each)) throw new Error(`${room} names ${each}, which is not above it`);
  }
}

// The two ways into the program, each with the folders that it may import.
const entrances = { 'main.ts': ['cli', 'compose'], 'index.ts': ['compose'] };

// The same for the folders of src/frontends/http. Each names only folders above it, so there is no circle. The files
// beside them put them together, and are imported by none of them.
const httpMayImport = {
  exchange: [],
  documents: ['exchange'],
  gate: ['exchange'],
  operators: ['exchange'],
  reference: ['exchange'],
  znodes: ['exchange', 'documents'],
  locks: ['exchange', 'documents'],
  streams: ['exchange', 'documents'],
  websocket: ['exchange', 'documents', 'gate'],
};

// What the folders of test/ that others build on may import of test/ besides themselves; the simulator and the bench of the
// conversations run alone, in a copy (scripts/mutants.mjs).
const testsMayImport = {
  sim: ['support/model'],
  support: ['sim'],
  conversations: ['support/model'],
};

// Decides and never does: no Node built-in, no package.
const pure = '^src/(base|model|zab|state|ports|service|server)/';

// The rooms of a folder, each with its siblings that it may import; none imports what stands outside of the rooms.
const rooms = {
  state: {
    digest: [],
    access: [],
    tree: ['digest'],
    replicated: ['tree', 'digest'],
    reads: ['tree', 'access'],
    prepare: ['replicated', 'tree', 'access'],
    snapshot: ['replicated', 'tree'],
  },
  cli: {
    terminal: [],
    client: ['terminal'],
    commands: ['client', 'terminal'],
    dev: ['client', 'terminal'],
  },
};

const roomRules = Object.entries(rooms).flatMap(([folder, siblings]) => [
  ...Object.entries(siblings).map(([room, allowed]) => ({
    name: `room-${folder}-${room}`,
    severity: 'error',
    from: { path: `^src/${folder}/${room}/` },
    to: { path: `^src/${folder}/`, pathNot: `^src/${folder}/(${[room, ...allowed].join('|')})/` },
  })),
  {
    name: `room-${folder}-unknown`,
    severity: 'error',
    from: {
      path: `^src/${folder}/[^/]+/`,
      pathNot: `^src/${folder}/(${Object.keys(siblings).join('|')})/`,
    },
    to: {},
  },
]);

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
    ...roomRules,
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
    ...Object.entries(serverRooms).map(([room, above]) => {
      const files = room === 'local' ? `${serverFloor}|running-peer` : serverFloor;
      return {
        name: `server-${room}`,
        severity: 'error',
        from: { path: `^src/server/${room}/` },
        to: {
          path: '^src/server/',
          pathNot: `^src/server/((${[room, ...above].join('|')})/|(${files})[.]ts$)`,
        },
      };
    }),
    {
      name: 'server-floor',
      severity: 'error',
      from: { path: `^src/server/(${serverFloor})[.]ts$` },
      to: { path: '^src/server/', pathNot: `^src/server/(${serverFloor})[.]ts$` },
    },
    {
      name: 'server-drive',
      severity: 'error',
      from: { path: `^src/server/(${serverDrive})[.]ts$` },
      to: { path: '^src/server/(local/|ensemble-server[.]ts$)' },
    },
    {
      name: 'server-unknown',
      comment:
        'Every room of src/server/ has a line in its table, and every file that stands in none.',
      severity: 'error',
      from: {
        path: '^src/server/',
        pathNot: [
          `^src/server/(${Object.keys(serverRooms).join('|')})/`,
          `^src/server/(ensemble-server|${serverFloor}|${serverDrive})[.]ts$`,
        ],
      },
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
      name: 'frontends-are-strangers',
      severity: 'error',
      from: { path: '^src/frontends/([^/]+)/' },
      to: { path: '^src/frontends/', pathNot: '^src/frontends/$1/' },
    },
    ...Object.entries(httpMayImport).map(([folder, allowed]) => ({
      name: `http-${folder}`,
      severity: 'error',
      from: { path: `^src/frontends/http/${folder}/` },
      to: {
        path: '^src/frontends/http/',
        pathNot: `^src/frontends/http/(${[folder, ...allowed].join('|')})/`,
      },
    })),
    {
      name: 'http-unknown',
      comment: 'Every folder of src/frontends/http has a line in its table.',
      severity: 'error',
      from: {
        path: '^src/frontends/http/[^/]+/',
        pathNot: `^src/frontends/http/(${Object.keys(httpMayImport).join('|')})/`,
      },
      to: {},
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
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
      comment: 'What two folders of tests need stands in test/support.',
      severity: 'error',
      from: { path: '^test/([^/]+)/' },
      to: { path: '^test/', pathNot: '^test/($1|sim|support|bench/rivals)/' },
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

// The rooms of a door, each with its siblings that it may import: none imports what stands beside the rooms, which puts
// them together.
const doorRooms = {
  grpc: {
    messages: [],
    operations: ['messages'],
    calls: ['operations', 'messages'],
    streams: ['calls', 'operations', 'messages'],
    session: ['streams', 'calls', 'operations', 'messages'],
  },
  zookeeper: {
    jute: [],
    records: ['jute'],
    operations: ['records', 'jute'],
    words: [],
  },
};

for (const [door, rooms] of Object.entries(doorRooms)) {
  const inside = `^src/frontends/${door}/`;
  const known = Object.keys(rooms).join('|');
  module.exports.forbidden.push(
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `room-${door}-${room}`,
      severity: 'error',
      from: { path: `${inside}${room}/` },
      to: { path: inside, pathNot: `${inside}(${[room, ...allowed].join('|')})/` },
    })),
    {
      name: `room-${door}-unknown`,
      comment: 'Every room of a door has a line in the table above.',
      severity: 'error',
      from: { path: `${inside}[^/]+/`, pathNot: `${inside}(${known})/` },
      to: {},
    },
  );
}
