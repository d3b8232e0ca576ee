import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { StandInPeers, type Take } from '../../../support/cli/stand-in-peers.ts';

const grant = {
  lockId: 'x',
  session: '7',
  fencingToken: '42',
  expiresInMs: 600,
  path: '/locks/l/c-1',
};

const holder = { path: '/locks/l/c-0', session: '6', holds: true };

function json(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(document));
}

const unavailable: Take = (_, response) => {
  json(response, 503, { title: 'No quorum', code: 'NOQUORUM' });
};
const node = process.execPath;

describe('quoll lock', () => {
  let peers: StandInPeers;
  beforeEach(() => {
    peers = new StandInPeers();
  });
  afterEach(async () => {
    await peers.stop();
  });

  /** Its requests, the random id taken out. */
  const requests = (): string[] => peers.requests.map((line) => line.replace(/[0-9a-f]{32}/, 'ID'));

  it('waits for its turn, holds, and gives back, with the exit code of the command', async () => {
    const ids = new Set<unknown>();
    let polls = 0;
    await peers.start(({ method, url, body }, response) => {
      if (method === 'POST' && !url.endsWith('/renew')) {
        const { lockId, ttlMs, mode } = JSON.parse(body) as Record<string, unknown>;
        ids.add(lockId);
        assert.deepEqual([ttlMs, mode], [15_000, 'exclusive']);
        json(response, 202, { state: 'queued', ahead: 1 });
      } else if (url === '/v1/locks/l') json(response, 200, { contenders: [holder] });
      else if (url === '/v1/nodes/locks/l/c-0') {
        json(response, 200, { data: 'host-7', encoding: 'utf8', stat: { ctime: 1_000 } });
      } else if (method === 'GET') {
        json(response, polls++ === 0 ? 202 : 200, { ...grant, ahead: 1 });
      } else if (method === 'DELETE') response.writeHead(204).end();
      else json(response, 200, grant);
    });
    const script = 'process.exit(Number(process.env.QUOLL_FENCING_TOKEN) === 42 ? 9 : 1)';
    const { code, errors } = await peers.quoll('lock', 'l', '--', node, '-e', script);
    assert.equal(code, 9);
    assert.equal(
      errors,
      'quoll: waiting for the lock l (1 ahead). Held by /locks/l/c-0 (session 6, ' +
        'there since 1970-01-01T00:00:01.000Z, says "host-7").\n',
    );
    const [enter = '', ...more] = requests();
    assert.match(enter, /^POST \/v1\/locks\/l\?wait=500ms$/);
    const polled = more.filter((line) => line === 'GET /v1/locks/l/ID?wait=20000ms');
    assert.equal(polled.length, 2);
    const rest = more.slice(more.lastIndexOf('GET /v1/locks/l/ID?wait=20000ms') + 1);
    assert.equal(rest[0], 'POST /v1/locks/l/ID/renew');
    assert.equal(rest.at(-1), 'DELETE /v1/locks/l/ID');
    assert.equal(ids.size, 1);
  });

  it('asks again at another peer under the same id, and queues up anew when its place is gone', async () => {
    const ids: unknown[] = [];
    let asked = 0;
    await peers.start(unavailable, ({ method, url, body }, response) => {
      if (method === 'POST' && !url.endsWith('/renew')) {
        ids.push((JSON.parse(body) as { lockId: unknown }).lockId);
        json(response, asked++ === 0 ? 202 : 200, grant);
      } else if (method === 'GET') json(response, 410, { title: 'Gone', code: 'LOCKLOST' });
      else if (method === 'DELETE') response.writeHead(204).end();
      else json(response, 200, grant);
    });
    assert.equal((await peers.quoll('lock', 'l', '--', node, '-e', '')).code, 0);
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
  });

  it('stops the command when the place is lost, and ends with 6', async () => {
    await peers.start(({ method, url }, response) => {
      if (url.endsWith('/renew')) json(response, 410, { title: 'Lost', code: 'LOCKLOST' });
      else if (method === 'DELETE') json(response, 410, { title: 'Lost', code: 'LOCKLOST' });
      else json(response, 200, grant);
    });
    const forever = 'setInterval(() => {}, 1000)';
    const { code, errors } = await peers.quoll('lock', 'l', '--', node, '-e', forever);
    assert.equal(code, 6);
    assert.match(errors, /The lock l is lost \(Lost\): stopping the command/);
  });

  it('kills a command that does not stop, and counts the time that no peer confirms', async () => {
    await peers.start(({ method, url }, response) => {
      if (url.endsWith('/renew')) json(response, 503, { title: 'No quorum', code: 'NOQUORUM' });
      else if (method === 'DELETE') response.writeHead(204).end();
      else json(response, 200, grant);
    });
    const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    const { code, errors } = await peers.quoll(
      ...['lock', 'l', '--kill-after', '1ms', '--', node, '-e', stubborn],
    );
    assert.equal(code, 6);
    assert.match(errors, /is lost \(No quorum\)/);
  });

  it('gives its place back when it was not granted in time', async () => {
    await peers.start(({ method, url }, response) => {
      if (method === 'DELETE') response.writeHead(204).end();
      else if (url === '/v1/locks/l') json(response, 200, { contenders: [holder] });
      else if (method === 'GET') json(response, 404, { title: 'Gone', code: 'NONODE' });
      else json(response, 202, { state: 'queued' });
    });
    const { code, errors } = await peers.quoll('lock', 'l', '--wait', '0s', '--', node, '-e', '');
    assert.equal(code, 6);
    assert.match(
      errors,
      /The lock l was not got in time\n {2}Held by \/locks\/l\/c-0 \(session 6\)/,
    );
    assert.equal(requests()[0], 'POST /v1/locks/l?wait=0ms');
    assert.equal(requests().at(-1), 'DELETE /v1/locks/l/ID');
  });

  it('says so when the lock can not be given back, and keeps the exit code of the command', async () => {
    await peers.start(({ method }, response) => {
      if (method === 'DELETE') json(response, 500, { title: 'Broken', code: 'INTERNAL' });
      else json(response, 200, grant);
    });
    const { code, errors } = await peers.quoll('lock', 'l', '--', node, '-e', 'process.exit(3)');
    assert.equal(code, 3);
    assert.match(errors, /the lock l was not given back \(Broken\); it is free in 15s/);
  });

  it('ends with 127 when there is no such command, and gives back', async () => {
    await peers.start(({ method }, response) => {
      if (method === 'DELETE') response.writeHead(204).end();
      else json(response, 200, grant);
    });
    const { code, errors } = await peers.quoll('lock', 'l', '--', '/no/such/program');
    assert.equal(code, 127);
    assert.match(errors, /\/no\/such\/program cannot be run/);
    assert.equal(requests().at(-1), 'DELETE /v1/locks/l/ID');
  });

  for (const args of [
    ['a/b'],
    ['..'],
    ['l', '--ttl', '15'],
    ['l', '--wait', 'long'],
    ['l', '--mode', 'shared'],
    ['l', '--mode', 'semaphore'],
    ['l', '--permits', '0', '--mode', 'semaphore'],
  ]) {
    it(`refuses ${args.join(' ')} as a mistake of usage`, async () => {
      await peers.start(unavailable);
      assert.equal((await peers.quoll('lock', ...args, '--', node, '-e', '')).code, 2);
      assert.deepEqual(peers.requests, []);
    });
  }

  it('ends with 5 at once when nobody listens', async () => {
    await peers.start(unavailable);
    await peers.stop();
    const { code, errors } = await peers.quoll('lock', 'l', '--', node, '-e', '');
    assert.equal(code, 5);
    assert.match(errors, /quoll dev/);
  });
});

describe('quoll elect', () => {
  it('stands for election with what it has to say, and resigns at the end', async () => {
    const peers = new StandInPeers();
    let said: unknown;
    await peers.start(({ method, url, body }, response) => {
      if (method === 'POST' && !url.endsWith('/renew')) said = JSON.parse(body);
      if (method === 'DELETE') response.writeHead(204).end();
      else json(response, 200, grant);
    });
    try {
      const { code } = await peers.quoll(
        ...['elect', 'boss', '--data', '10.0.0.7', '--', node, '-e', 'process.exit(4)'],
      );
      assert.equal(code, 4);
    } finally {
      await peers.stop();
    }
    assert.equal((said as { data: string }).data, '10.0.0.7');
    assert.match(peers.requests[0] ?? '', /^POST \/v1\/elections\/boss\?wait=/);
    assert.match(peers.requests.at(-1) ?? '', /^DELETE \/v1\/elections\/boss\/[0-9a-f]{32}$/);
  });
});
