import assert from 'node:assert/strict';
import { StandInPeers } from '../../../support/cli/stand-in-peers.ts';

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const stat = {
  czxid: '1099511627777',
  mzxid: '1099511627778',
  ctime: 0,
  mtime: 1_000,
  version: 4,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: '0',
  dataLength: 5,
  numChildren: 0,
  pzxid: '1099511627777',
};

describe('the client commands', () => {
  let peers: StandInPeers;
  let replies: Reply[];
  let requests: string[];
  let sessions: string[];

  beforeEach(async () => {
    replies = [];
    requests = [];
    sessions = [];
    peers = new StandInPeers();
    await peers.startOne(({ method, url, headers, body }, response) => {
      requests.push(body === '' ? `${method} ${url}` : `${method} ${url} <- ${body}`);
      const { 'x-session-id': id, 'x-session-secret': proof } = headers;
      if (id !== undefined) sessions.push(`${String(id)}:${String(proof)}`);
      const reply = replies.shift() ?? { status: 500 };
      response.writeHead(reply.status, reply.headers);
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  afterEach(async () => {
    await peers.stop();
  });

  const quoll = (args: readonly string[], input?: string) => peers.quollReading(input, ...args);

  it('print the data of a znode, byte for byte', async () => {
    replies = [{ status: 200, body: 'blue' }];
    const { code, output } = await quoll(['get', '/app/a b', '--consistency', 'local']);
    assert.deepEqual([code, output], [0, 'blue']);
    assert.deepEqual(requests, ['GET /v1/nodes/app/a%20b?consistency=local']);
  });

  for (const [args, input, request] of [
    [['set', '/a', 'x', '--version', '3'], undefined, 'PUT /v1/nodes/a?version=3 <- x'],
    [['set', '/a', '--create', '--parents'], 'piped', 'PUT /v1/nodes/a?create&parents <- piped'],
    [['create', '/a/b', 'x', '--parents'], undefined, 'POST /v1/nodes/a?name=b&parents <- x'],
    [
      ['create', '/jobs/job-', '--sequential'],
      'unread',
      'POST /v1/nodes/jobs?name=job-&sequential',
    ],
    [['create', '/jobs/', '--sequential'], undefined, 'POST /v1/nodes/jobs?sequential'],
    [['create', '/a', '-', '--ttl', '30s'], 'piped', 'POST /v1/nodes/?name=a&ttl=30s <- piped'],
    [
      ['delete', '/a', '--recursive', '--version', '1'],
      undefined,
      'DELETE /v1/nodes/a?version=1&recursive',
    ],
    [['stat', '/'], undefined, 'GET /v1/nodes/?stat'],
    [
      ['member', 'remove', '3', '--from-version', '7', '--force'],
      undefined,
      'DELETE /v1/members/3?fromVersion=7&force',
    ],
  ] as const) {
    it(`send ${args.join(' ')} as one request`, async () => {
      replies = [{ status: 200, headers: { 'X-Deleted': '1' }, body: { path: '/a', stat } }];
      const { code, errors } = await quoll(args, input);
      assert.deepEqual([code, errors], [0, '']);
      assert.deepEqual(requests, [request]);
    });
  }

  it('say what a change made', async () => {
    replies = [
      { status: 200, headers: { 'X-Zk-Version': '4' }, body: { stat } },
      { status: 201, body: { path: '/jobs/job-0000000007', stat } },
      { status: 204, headers: { 'X-Deleted': '12' }, body: '' },
    ];
    assert.equal((await quoll(['set', '/a', 'x'])).output, '/a is at version 4\n');
    const created = await quoll(['create', '/jobs/job-', '--sequential']);
    assert.equal(created.output, '/jobs/job-0000000007\n');
    assert.equal((await quoll(['delete', '/a', '-r'])).output, 'deleted 12\n');
  });

  it('list every page of children', async () => {
    replies = [
      { status: 200, body: { children: ['a', 'b'], continue: 'b/1', stat } },
      { status: 200, body: { children: ['c'], continue: null, stat } },
    ];
    assert.equal((await quoll(['ls', '/'])).output, 'a\nb\nc\n');
    assert.deepEqual(requests, [
      'GET /v1/nodes/?children',
      'GET /v1/nodes/?children&continue=b%2F1',
    ]);
  });

  it('show zxids in hex and times as dates beside the numbers', async () => {
    replies = [{ status: 200, body: { path: '/a', stat } }];
    const { output } = await quoll(['stat', '/a']);
    assert.match(output, /^czxid +1099511627777 {2}0x10000000001$/m);
    assert.match(output, /^mtime +1000 {2}1970-01-01T00:00:01\.000Z$/m);
    assert.match(output, /^version +4$/m);
  });

  it('draw a tree, level by level, a page at a time', async () => {
    const child = (name: string, numChildren: number): unknown => ({
      name,
      data: '',
      encoding: 'utf8',
      stat: { ...stat, numChildren },
    });
    const root = { znodes: [child('a', 2), child('leaf', 0)], continue: 'leaf/1' };
    const pages = [
      root,
      { znodes: [{ name: 'secret' }], continue: null },
      { znodes: [child('x', 0), child('y', 1)], continue: null },
      { znodes: [child('z', 0)], continue: null },
    ];
    replies = pages.map((body) => ({ status: 200, body }));
    const { code, output } = await quoll(['tree', '/']);
    assert.equal(code, 0);
    assert.equal(
      output,
      [
        '/',
        '├── a',
        '│   ├── x',
        '│   └── y',
        '│       └── z',
        '├── leaf',
        '└── secret (may not be read)',
        '',
      ].join('\n'),
    );
    assert.equal(requests[1], 'GET /v1/nodes/?children&withData&limit=100&continue=leaf%2F1');
    replies = [{ status: 200, body: { ...root, continue: null } }];
    assert.match(
      (await quoll(['tree', '/', '--depth', '1'])).output,
      /├── a \(2 below\)\n└── leaf\n/,
    );
    replies = [{ status: 200, body: { ...root, continue: null } }];
    const tooMany = await quoll(['tree', '/', '--max', '1']);
    assert.deepEqual(
      [tooMany.code, /more than 1 znodes\n.*--depth/.test(tooMany.errors)],
      [1, true],
    );
  });

  it('leave out of a tree what was deleted meanwhile', async () => {
    replies = [
      {
        status: 200,
        body: {
          znodes: [
            { name: 'a', stat },
            { name: 'b', stat: { numChildren: 1 } },
          ],
          continue: null,
        },
      },
      { status: 404, body: { title: 'The znode does not exist', code: 'NONODE' } },
    ];
    assert.equal((await quoll(['tree', '/'])).output, '/\n├── a\n└── b\n');
    replies = [{ status: 404, body: { title: 'The znode does not exist', code: 'NONODE' } }];
    assert.equal((await quoll(['tree', '/none'])).code, 3);
  });

  describe('for a session', () => {
    const secret = 'vXJSJzCWuvF9OMMGJQF1Og';
    const session = `77:${secret}`;

    it('open one and print what names it', async () => {
      replies = [{ status: 201, body: { id: '77', secret, timeoutMs: 60_000 } }];
      assert.equal((await quoll(['session', 'open', '--timeout', '60s'])).output, `${session}\n`);
      assert.deepEqual(requests, ['POST /v1/sessions <- {"timeoutMs":60000}']);
    });

    it('keep it alive and end it', async () => {
      replies = [{ status: 204, headers: { 'X-Session-Expires-In': '9000' } }, { status: 204 }];
      const touched = await quoll(['session', 'touch', '--session', session]);
      assert.match(touched.output, /^session 77 ends in 9000 ms/);
      const closed = await quoll(['session', 'close', '--session', session]);
      assert.equal(closed.output, 'session 77 is closed\n');
      assert.deepEqual(requests, ['PUT /v1/sessions/77', 'DELETE /v1/sessions/77']);
      assert.deepEqual(sessions, [session, session]);
    });

    it('create ephemeral znodes, by the variable too', async () => {
      process.env['QUOLL_SESSION'] = session;
      try {
        replies = [{ status: 201, body: { path: '/w', stat } }];
        assert.equal((await quoll(['create', '/w', 'x', '--kind', 'ephemeral'])).code, 0);
      } finally {
        delete process.env['QUOLL_SESSION'];
      }
      assert.deepEqual(sessions, [session]);
      assert.deepEqual(requests, ['POST /v1/nodes/?name=w&kind=ephemeral <- x']);
    });
  });

  it('run a transaction, and say which half of it ran', async () => {
    const body = { zxid: '12', branch: 'else', results: [{ op: 'create', path: '/a', stat }] };
    replies = [{ status: 200, body }];
    const { code, output } = await quoll(['txn', '-'], '{"ops": []}');
    assert.deepEqual([code, output], [0, 'else ran, zxid 12\n  create /a\n']);
    assert.deepEqual(requests, ['POST /v1/txn <- {"ops":[]}']);
  });

  it('say which op of a transaction failed', async () => {
    const problem = { title: 'The version does not match', code: 'BADVERSION', failedIndex: 1 };
    replies = [{ status: 409, body: problem }];
    const { code, errors } = await quoll(['txn', '-'], '{"ops": []}');
    assert.equal(code, 4);
    assert.match(errors, /Op 2 of the transaction failed/);
  });

  it('show the ensemble as a table', async () => {
    const peer = { role: 'follower', state: 'up', grpc: '', zookeeper: '', lastZxid: '255' };
    const cluster = {
      clusterId: 'c0ffee',
      leaderId: 2,
      epoch: 7,
      self: { id: 1, role: 'follower', lastZxid: '255' },
      peers: [
        { ...peer, id: 1, http: 'http://127.0.0.1:2180', lagMs: 12 },
        { ...peer, id: 2, role: 'leader', http: 'http://127.0.0.1:2190', lagMs: 0 },
        { ...peer, id: 3, role: 'unknown', state: 'down', http: '', lastZxid: '0', lagMs: null },
      ],
    };
    replies = [
      { status: 200, body: cluster },
      { status: 200, body: cluster },
    ];
    const { output } = await quoll(['status']);
    const [heading = '', titles = '', ...rows] = output.trimEnd().split('\n');
    assert.equal(heading, 'ensemble c0ffee, epoch 7, led by peer 2, asked peer 1 (follower)');
    assert.match(titles, /^PEER +ROLE +STATE +HTTP +LAST ZXID +LAG$/);
    assert.match(rows[1] ?? '', /^2 +leader +up +http:\/\/127\.0\.0\.1:2190 +0xff +0 ms$/);
    assert.match(rows[2] ?? '', /^3 +unknown +down +0x0 +-$/);
    assert.deepEqual(JSON.parse((await quoll(['status', '-o', 'json'])).output), cluster);
  });

  for (const [code, status, problemCode] of [
    [3, 404, 'NONODE'],
    [3, 409, 'NOPARENT'],
    [1, 409, 'NODEEXISTS'],
    [4, 412, 'BADVERSION'],
    [5, 503, 'NOQUORUM'],
    [5, 504, 'CONNECTIONLOSS'],
    [5, 429, 'THROTTLED'],
    [2, 400, 'BADARGUMENTS'],
    [1, 500, 'INTERNAL'],
  ] as const) {
    it(`end with ${String(code)} on ${problemCode}, with title, detail and what may have happened`, async () => {
      const applied = status === 504 ? 'unknown' : 'no';
      const problem = { title: 'The title', detail: 'Do this.', code: problemCode, applied };
      replies = [
        { status, body: problem },
        { status, body: problem },
      ];
      const told = await quoll(['set', '/a', 'x']);
      assert.equal(told.code, code);
      assert.match(told.errors, /^quoll: The title\n {2}Do this\.\n/);
      assert.equal(/may have happened/.test(told.errors), applied === 'unknown');
      const json = await quoll(['set', '/a', 'x', '-o', 'json']);
      assert.deepEqual(JSON.parse(json.errors), problem);
    });
  }

  for (const args of [
    ['get', 'a'],
    ['get', '/a/../b'],
    ['get', '/a/'],
    ['create', '/'],
    ['set', '/a'],
    ['set', '/a', '-'],
    ['set', '/a', '--file', '/no/such/file'],
    ['set', '/a', 'x', '--file', '/dev/null'],
    ['set', '/a', 'x', '--version', 'latest'],
    ['create', '/a', '--ttl', '30'],
    ['txn', '/no/such/file'],
    ['get', '/a', '-o', 'xml'],
    ['get'],
    ['gett', '/a'],
    ['tree', 'a'],
    ['tree', '/', '--depth', '0'],
    ['txn', '-'],
    ['session', 'open', '--timeout', '60'],
    ['session', 'touch'],
    ['session', 'close', '--session', '77:short'],
    ['create', '/w', '--kind', 'ephemeral'],
    ['leader', 'move', 'peer-2'],
    ['member', 'promote', '256'],
  ]) {
    it(`refuse ${args.join(' ')} as a mistake of usage, without asking anybody`, async () => {
      const { code, errors } = await quoll(args);
      assert.equal(code, 2);
      assert.notEqual(errors, '');
      assert.deepEqual(requests, []);
    });
  }

  it('take nothing piped in for a forgotten argument, unless - asks for it', async () => {
    const { code, errors } = await quoll(['set', '/a'], '');
    assert.equal(code, 2);
    assert.match(errors, /nothing was changed[^]*quoll set \/a ""[^]*quoll set \/a -/);
    assert.equal((await quoll(['txn', '-'], '')).code, 2);
    assert.deepEqual(requests, []);
    replies = Array.from({ length: 3 }, () => ({ status: 200, body: { stat } }));
    assert.equal((await quoll(['set', '/a', '-'], '')).code, 0);
    assert.equal((await quoll(['set', '/a', '--file', '-'], 'piped')).code, 0);
    assert.equal((await quoll(['set', '/a', ''])).code, 0);
    assert.deepEqual(requests, ['PUT /v1/nodes/a', 'PUT /v1/nodes/a <- piped', 'PUT /v1/nodes/a']);
  });

  it('say how to create what is not there', async () => {
    replies = [{ status: 404, body: { title: 'The znode does not exist', code: 'NONODE' } }];
    assert.match((await quoll(['set', '/a', 'x'])).errors, /add --create/);
  });

  it('take --url and -o anywhere on the line', async () => {
    const [url = ''] = peers.urls;
    replies = Array.from({ length: 2 }, () => ({ status: 200, body: { stat } }));
    // Also ahead of the command, where `quoll` itself reads them.
    assert.match((await quoll(['-o', 'json', '--url', url, 'set', '/a', 'x'])).output, /^\{/);
    replies.push({ status: 201, body: { id: '1', secret: 's' } });
    const opened = await quoll(['session', '-o', 'json', 'open']);
    assert.deepEqual([opened.code, JSON.parse(opened.output)], [0, { stat }]);
    const misplaced = await quoll(['--url', url, 'secret', 'new', 'x']);
    assert.equal(misplaced.code, 2);
  });

  it('end with 5 when nobody listens, and say how to start', async () => {
    await peers.stop();
    const { code, errors } = await quoll(['get', '/a']);
    assert.equal(code, 5);
    assert.match(errors, /No peer answers at .*ECONNREFUSED/);
    assert.match(errors, /quoll dev/);
  });

  it('call a peer that looks for a leader so, and end with 5 without a quorum', async () => {
    const cluster = {
      clusterId: 'c0ffee',
      leaderId: null,
      epoch: 7,
      self: { id: 1, role: 'looking', lastZxid: '255' },
      peers: [
        { id: 1, role: 'follower', state: 'up', http: '', lastZxid: '255', lagMs: 0 },
        { id: 2, role: 'unknown', state: 'down', http: '', lastZxid: '0', lagMs: null },
      ],
    };
    replies = [{ status: 200, body: cluster }];
    const { code, output, errors } = await quoll(['status']);
    assert.equal(code, 5);
    assert.match(output, /led by nobody now, asked peer 1 \(looking\)\n.*\n1 +looking +up /);
    assert.match(errors, /no quorum[^]*do not answer: 2\./);
  });

  it("take a stranger's answer for what it is", async () => {
    replies = [{ status: 200, body: '<html>' }];
    const { code, errors } = await quoll(['status']);
    assert.equal(code, 1);
    assert.match(errors, /not the answer of a Quoll peer/);
  });
});
