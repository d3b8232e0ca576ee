import assert from 'node:assert/strict';
import { messagesOf } from '../../../../src/cli/client/event-stream.ts';
import { StandInPeers, type Take } from '../../../support/cli/stand-in-peers.ts';

const event = (zxid: string, fields: object = {}): string =>
  `id: ${zxid}\nevent: dataChanged\ndata: ${JSON.stringify({ type: 'dataChanged', path: '/a', zxid: zxid.split('.')[0], ...fields })}\n\n`;

/** Sends this much of a stream, and ends it. */
const streaming =
  (text: string): Take =>
  (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(text);
  };
const answering =
  (status: number, problem: object): Take =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify(problem));
  };

describe('quoll watch', () => {
  let peers: StandInPeers;
  beforeEach(() => {
    peers = new StandInPeers();
  });
  afterEach(async () => {
    await peers.stop();
  });

  it('goes on at another peer where it stood, and prints each event once', async () => {
    await peers.start(
      streaming(
        `: hello\n\nevent: synced\nid: 4\ndata: {"zxid":"4"}\n\n${event('5.1', { data: 'blue' })}`,
      ),
      streaming(
        `${event('6', { data: '/w==', encoding: 'base64' })}id: 9\nevent: bookmark\ndata: {}\n\n`,
      ),
      streaming(event('10', { data: null })),
    );
    const { code, output, errors } = await peers.quoll('watch', '/a', '--values', '--count', '3');
    assert.deepEqual([code, errors], [0, '']);
    assert.equal(
      output,
      '0x5 dataChanged /a "blue"\n0x6 dataChanged /a base64:/w==\n0xa dataChanged /a\n',
    );
    assert.deepEqual(peers.requests, [
      'GET /v1/watch?path=%2Fa&values',
      'GET /v1/watch?path=%2Fa&values&from=5.1',
      'GET /v1/watch?path=%2Fa&values&from=9',
    ]);
  });

  it('asks for the state until it has had it, and for what follows from then on', async () => {
    let streams = 0;
    await peers.start((request, response) => {
      const text = [
        'event: created\ndata: {"type":"created","path":"/a","zxid":"3"}\n\n',
        'event: synced\nid: 7\ndata: {"type":"synced","zxid":"7"}\n\n',
        event('8'),
      ][streams++];
      streaming(text ?? '')(request, response);
    });
    const { output } = await peers.quoll(
      'watch',
      '/a',
      '-r',
      '--initial',
      '--count',
      '2',
      '-o',
      'json',
    );
    assert.deepEqual(
      output
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
      ['created', 'synced', 'dataChanged'],
    );
    assert.deepEqual(peers.requests, [
      'GET /v1/watch?path=%2Fa&recursive&initial',
      'GET /v1/watch?path=%2Fa&recursive&initial',
      'GET /v1/watch?path=%2Fa&recursive&from=7',
    ]);
  });

  it('says that changes are lost, and goes on after them', async () => {
    await peers.start(
      streaming(`id: 30\nevent: lost\ndata: {"type":"lost","zxid":"30"}\n\n`),
      streaming(event('31')),
    );
    const { output, errors } = await peers.quoll('watch', '/a', '--from', '0x2', '--count', '1');
    assert.match(errors, /changes up to 0x1e are lost.*Read the znodes anew/);
    assert.equal(output, '0x1f dataChanged /a\n');
    assert.deepEqual(peers.requests, [
      'GET /v1/watch?path=%2Fa&from=2',
      'GET /v1/watch?path=%2Fa&from=30',
    ]);
  });

  it('passes over a peer that can not now, and ends with what none would take', async () => {
    await peers.start(
      answering(503, { title: 'No quorum', code: 'NOQUORUM', detail: 'Wait.' }),
      answering(403, { title: 'This is not allowed', code: 'NOAUTH', detail: 'Ask.' }),
    );
    const { code, errors } = await peers.quoll('watch', '/a');
    assert.deepEqual([code, errors], [1, 'quoll: This is not allowed\n  Ask.\n']);
    assert.equal(peers.requests.length, 2);
  });

  it('goes on elsewhere when a peer ends the watch for now, and ends when it does for good', async () => {
    const refused = (status: number, code: string): Take =>
      streaming(
        `event: refused\ndata: ${JSON.stringify({ type: 'refused', error: { title: code, status, code } })}\n\n`,
      );
    await peers.start(refused(503, 'BEHIND'), refused(410, 'SESSIONEXPIRED'));
    const { code, errors } = await peers.quoll('watch', '/a');
    assert.deepEqual([code, errors], [1, 'quoll: SESSIONEXPIRED\n']);
    assert.equal(peers.requests.length, 2);
  });

  it('takes what is no event for what it is', async () => {
    await peers.start(streaming('event: created\ndata: <html>\n\n'));
    const { code, errors } = await peers.quoll('watch', '/a');
    assert.equal(code, 1);
    assert.match(errors, /not an event of a Quoll peer/);
  });

  for (const args of [['a'], ['/a', '--from', 'yesterday'], ['/a', '--count', '0']]) {
    it(`refuses ${args.join(' ')} as a mistake of usage`, async () => {
      await peers.start(streaming(''));
      assert.equal((await peers.quoll('watch', ...args)).code, 2);
      assert.deepEqual(peers.requests, []);
    });
  }

  it('reads a stream whichever way it is cut', async () => {
    const bytes = Buffer.from(
      '\uFEFF: x\r\nid: 1\r\ndata: é\r\ndata:two\n\nid\nevent: e\ndata\n\nid: 9\ndata: cut',
      'utf8',
    );
    const expected = [
      { id: '1', event: '', data: 'é\ntwo' },
      { id: '', event: 'e', data: '' },
    ];
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = (async function* () {
        for (let at = 0; at < bytes.length; at += size) {
          yield await Promise.resolve(bytes.subarray(at, at + size));
        }
      })();
      const found = [];
      for await (const message of messagesOf(chunks)) found.push(message);
      assert.deepEqual(found, expected, `in pieces of ${String(size)}`);
    }
  });
});
