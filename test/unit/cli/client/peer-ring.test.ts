import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { StandInPeers, type Take, type TakenRequest } from '../../../support/cli/stand-in-peers.ts';

const stat = { version: 1 };

describe('commands that are given several peers', () => {
  let peers: StandInPeers;
  let taken: TakenRequest[];
  beforeEach(() => {
    peers = new StandInPeers();
    taken = [];
  });
  afterEach(() => peers.stop());

  const answering =
    (status: number, document: object): Take =>
    (request, response) => {
      taken.push(request);
      response.writeHead(status, { 'X-Deleted': '1', 'X-Zk-Version': '1' });
      response.end(JSON.stringify(document));
    };
  const breaking = (request: TakenRequest, response: ServerResponse): void => {
    taken.push(request);
    response.destroy();
  };
  const noQuorum = answering(503, { title: 'No quorum', code: 'NOQUORUM', applied: 'no' });
  const done = answering(200, { path: '/a', children: [], stat, results: [], peers: [] });

  for (const args of [
    ['get', '/a'],
    ['ls', '/a'],
    ['stat', '/a'],
    ['tree', '/a'],
    ['set', '/a', 'x'],
    ['create', '/a', 'x'],
    ['delete', '/a'],
    ['session', 'open'],
    ['session', 'touch', '--session', '77:vXJSJzCWuvF9OMMGJQF1Og'],
    ['session', 'close', '--session', '77:vXJSJzCWuvF9OMMGJQF1Og'],
  ]) {
    it(`go on at the next: ${args.join(' ')}`, async () => {
      for (const take of [noQuorum, breaking, done]) await peers.startOne(take);
      const { code, errors } = await peers.quollAlong(...args);
      assert.deepEqual([code, errors], [0, '']);
      assert.equal(taken.length, 3);
      // What is sent again is the same, and is done once.
      const told = taken.map(({ method, url, headers, body }) =>
        [method, url, String(headers['idempotency-key']), body].join(' '),
      );
      assert.equal(new Set(told).size, 1);
      const [first] = taken;
      const { method, url, headers, body } = first ?? assert.fail();
      if (method !== 'GET' && url.startsWith('/v1/nodes')) {
        assert.match(String(headers['idempotency-key']), /^[0-9a-f-]{36}$/);
      }
      if (url === '/v1/sessions') assert.match(body, /"id":"\d+","secret":"[\w-]{22}"/);
    });
  }

  it('begin at one that answers, with a watch and a lock too', async () => {
    await peers.startOne(breaking);
    await peers.startOne((request, response) => {
      if (request.url === '/v1/cluster') response.end('{"peers":[]}');
      else {
        response.end('event: dataChanged\ndata: {"type":"dataChanged","path":"/a","zxid":"1"}\n\n');
      }
    });
    const watched = await peers.quollAlong('watch', '/a', '--count', '1');
    assert.deepEqual([watched.code, watched.output], [0, '0x1 dataChanged /a\n']);
  });

  it('ask no other when one refuses for a reason that all would give', async () => {
    await peers.startOne(answering(409, { title: 'It exists', code: 'NODEEXISTS' }));
    await peers.startOne(done);
    assert.equal((await peers.quollAlong('create', '/a', 'x')).code, 1);
    assert.equal(taken.length, 1);
  });

  it('end with what each of them said when none can', async () => {
    await peers.startOne(noQuorum);
    await peers.startOne(breaking);
    const { code, errors } = await peers.quollAlong('set', '/a', 'x');
    assert.equal(code, 5);
    const [first = '', second = ''] = peers.urls;
    assert.match(errors, /each of 2 said:/);
    assert.ok(errors.includes(`${first}: No quorum\n`), errors);
    assert.ok(errors.includes(`${second}: `), errors);
  });

  it('send no key when there is nobody else to send it to', async () => {
    await peers.startOne(done);
    assert.equal((await peers.quoll('set', '/a', 'x')).code, 0);
    assert.equal(taken[0]?.headers['idempotency-key'], undefined);
  });
});
