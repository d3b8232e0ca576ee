// 64 clients write through all doors, each as somebody whom a token names, while what identities depend on goes wrong: the
// issuer of the tokens is down and comes back with a new key, a peer's clock is an hour ahead, somebody guesses a thousand
// times a second, and the peers go over from a secret to certificates. Nothing that was acknowledged is lost, and nobody
// honest is refused.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeNewSecret } from '../../src/config/secret.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { Issuer } from '../support/identity/issuer.ts';
import { superDigest } from '../support/identity/static-tokens.ts';
import { BearerFlood } from '../support/load/bearer-flood.ts';
import { pens } from '../support/load/pens.ts';
import { Writers, type WritersOptions } from '../support/load/writers.ts';
import { askHttps } from '../support/tls/https-client.ts';
import { TestKeys } from '../support/tls/keys.ts';
import { until } from '../support/until.ts';

const writersCount = 64;
const parent = '/load';
const hourS = 3_600;
/** Beyond the hour that a peer is ahead. */
const longS = 3 * hourS;
/** As `auth.superDigest` has it. */
const superUser = `Basic ${Buffer.from('root:all').toString('base64')}`;

interface Asked {
  readonly method?: string;
  readonly body?: object;
}

/** As the super user. */
async function asked(url: string, ca: string, { method = 'GET', body }: Asked = {}) {
  const headers = { authorization: superUser, 'content-type': 'application/json' };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await askHttps(url, { ca, method, headers, ...text });
  assert.ok(answer.status < 300, `${url}: ${String(answer.status)} ${answer.body}`);
  return answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>);
}

async function childrenAt({ http }: PeerProcess, ca: string): Promise<string[]> {
  const all: string[] = [];
  const base = `${http.replace('http:', 'https:')}/v1/nodes${parent}?children&limit=1000`;
  let more = '';
  do {
    const page = await asked(`${base}${more}`, ca);
    all.push(...(page['children'] as readonly string[]));
    const token = page['continue'];
    more = typeof token === 'string' ? `&continue=${encodeURIComponent(token)}` : '';
  } while (more !== '');
  return all;
}

function report(what: string, figures: Readonly<Record<string, number>>): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${String(value)}`);
  process.stdout.write(`      ${what}: ${words.join(', ')}\n`);
}

function aCrowd(ensemble: TestEnsemble, name: string, terms: WritersOptions['terms']): Writers {
  return new Writers({ ensemble, count: writersCount, parent, name, terms });
}

async function advance(writers: Writers, by = 300): Promise<void> {
  const from = writers.written.length;
  await until('writes to go on', () => {
    const { refused, moves } = writers;
    if (writers.written.length >= from + by) return true;
    throw new Error(
      `refused ${JSON.stringify(refused.slice(0, 4))}, moved ${moves.slice(0, 4).join()}`,
    );
  });
}

/**
 * Says whether a peer stood still for so long that it left its leader, for want of a processor: its clients go on elsewhere
 * then. On two busy cores three peers that are guessed at come to that (1,008 ms still, 909 of them waiting for one).
 * Nothing else may break a connection of somebody who does not guess: no bound of the guessers is his.
 */
function wasStarved(log: string): boolean {
  const pauses = log.split('\n').filter((line) => line.includes('"event":"paused"'));
  return pauses.some((line) => {
    const { level, pausedMs, waitedMs } = JSON.parse(line) as Record<string, unknown>;
    return level === 'warn' && Number(waitedMs) > Number(pausedMs) / 2;
  });
}

describe('identities under load', function () {
  this.timeout(180_000);
  let issuer: Issuer;
  let keys: TestKeys;
  let ensemble: TestEnsemble;
  let ca: string;

  before(async () => {
    issuer = await Issuer.open();
    keys = new TestKeys();
    await keys.make({ peers: 3 });
    ca = readFileSync(keys.at('keys/ca.pem'), 'utf8');
    // The clock of peer 2 is an hour ahead.
    const ahead = keys.at('ahead.mjs');
    writeFileSync(
      ahead,
      `const { now } = Date;
       if (process.argv.some((word) => word.endsWith('peer2.cfg'))) Date.now = () => now() + ${String(hourS)}000;\n`,
    );
    ensemble = await startEnsemble({
      peers: 3,
      grpc: true,
      zookeeper: true,
      keys: keys.at('keys'),
      nodeFlags: ['--import', pathToFileURL(ahead).href],
      lines: [
        `quoll.auth.superDigest=${superDigest}`,
        `quoll.auth.jwt.issuer=${issuer.url}`,
        'quoll.auth.jwt.audience=quoll',
      ],
    });
    const { http } = await ensemble.leader();
    const auth = `${http}/v1/auth`;
    await asked(`${http}/v1/nodes${parent}?create`, ca, { method: 'PUT' });
    const rules = [{ prefix: parent, verbs: ['create'] }];
    await asked(`${auth}/init`, ca, { method: 'POST', body: { principals: ['x509:CN=ops'] } });
    await asked(`${auth}/roles/writer`, ca, { method: 'PUT', body: { rules } });
    const grant = { principals: ['group:writers'], roles: ['writer'] };
    await asked(`${auth}/grants/writers`, ca, { method: 'PUT', body: grant });
  });

  after(async () => {
    await ensemble.stop();
    await issuer.down();
    keys.remove();
  });

  /** A token of each of some programs, by turns: many tokens at once of one address are judged by turns, too. */
  async function signed(
    key: string,
  ): Promise<() => { readonly ca: string; readonly bearer: string }> {
    const terms = { key, exp: longS, groups: ['writers'] };
    const tokens = await Promise.all(
      Array.from({ length: 8 }, (_, index) => issuer.sign({ ...terms, subject: String(index) })),
    );
    let next = 0;
    return () => ({ ca, bearer: tokens[next++ % tokens.length] ?? '' });
  }

  /** What a create comes to at each peer, by each door. */
  function verdicts(path: string, bearer: string): Promise<string[]> {
    const ofPeer = async (peer: PeerProcess): Promise<string> => {
      const outcomes = await Promise.all(
        Object.entries(pens).map(async ([door, open]) => {
          const pen = await open(peer, { ca, bearer });
          const outcome = await pen.create(`${parent}/${path}-${String(peer.id)}-${door}`);
          pen.close();
          return typeof outcome === 'string' ? outcome : 'refused';
        }),
      );
      return [...new Set(outcomes)].join(' or ');
    };
    return Promise.all(ensemble.peers.map(ofPeer));
  }

  it('goes on while the issuer is down, and takes its new key when it is back', async () => {
    let terms = await signed('first');
    const writers = aCrowd(ensemble, 'issuer', () => terms());
    await advance(writers);
    await issuer.down();
    await advance(writers);
    await issuer.addKey('second');
    await issuer.up();
    terms = await signed('second');
    await advance(writers, writersCount * 12);
    await writers.stop();
    const { refused, moves, written } = writers;
    assert.deepEqual(refused, []);
    assert.deepEqual(moves, []);
    writers.assertKept(await childrenAt(ensemble.peer(3), ca));
    report('issuer down and back', {
      written: written.length,
      refused: 0,
      keysAsked: issuer.asked,
    });
    const taken = await verdicts('new-key', terms().bearer);
    assert.deepEqual(taken, ['written', 'written', 'written']);
  });

  it('goes by each peer’s own clock, within a minute, and nobody else is harmed', async () => {
    const terms = await signed('first');
    const writers = aCrowd(ensemble, 'clock', terms);
    await advance(writers);
    const bearer = (terms: { readonly exp: number; readonly nbf?: number }): Promise<string> =>
      issuer.sign({ ...terms, groups: ['writers'] });
    const [yes, no] = ['written', 'refused'];
    const cases = {
      // Of an issuer whose clock is half a minute off, either way: within the leeway.
      'ahead-a-little': [await bearer({ exp: longS, nbf: 30 }), [yes, yes, yes]],
      'over-a-moment-ago': [await bearer({ exp: -30 }), [yes, no, yes]],
      // Of one that is an hour ahead: the peer that is ahead too believes it.
      'ahead-an-hour': [await bearer({ exp: longS, nbf: hourS }), [no, yes, no]],
      'over-an-hour-ago': [await bearer({ exp: -hourS }), [no, no, no]],
      // An hour is longer than this one is good for, by the clock of peer 2.
      'ten-minutes': [await bearer({ exp: 600 }), [yes, no, yes]],
    } as const;
    for (const [name, [token, expected]] of Object.entries(cases)) {
      assert.deepEqual(await verdicts(name, token), expected, name);
    }
    await advance(writers);
    await writers.stop();
    assert.deepEqual(writers.refused, []);
    writers.assertKept(await childrenAt(ensemble.peer(1), ca));
    report('a clock an hour ahead', { written: writers.written.length, refused: 0 });
    assert.ok(ensemble.peers.some(({ log }) => log.includes('clockOff')));
  });

  it('answers a flood of guesses late, and everybody else as before', async () => {
    const terms = await signed('first');
    const writers = aCrowd(ensemble, 'guesses', terms);
    await advance(writers);
    const guesses = { ca, from: '127.0.0.9', perSecond: 1_000 };
    const floods = ensemble.peers.map((peer) => new BearerFlood(peer, guesses));
    const sent = (): number => floods.reduce((total, each) => total + each.sent, 0);
    const logged = ensemble.peers.map(({ log }) => log.length);
    const from = writers.written.length;
    const startedAt = performance.now();
    await until('guesses by the thousand', () => sent() >= 24_000, 60_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    const meanwhile = writers.written.length - from;
    for (const flood of floods) flood.stop();
    await writers.stop();
    assert.deepEqual(writers.refused, []);
    const starved = ensemble.peers.filter(({ log }, index) => wasStarved(log.slice(logged[index])));
    if (starved.length === 0) assert.deepEqual(writers.moves, []);
    assert.ok(meanwhile > writersCount, `only ${String(meanwhile)} writes beside the guesses`);
    writers.assertKept(await childrenAt(ensemble.peer(2), ca));
    const statuses = floods.flatMap((flood) => [...flood.statuses]);
    const answers = statuses.map(([answered]) => answered);
    for (const status of answers) assert.ok(status === 401 || status === 429, String(status));
    report('guesses', {
      'sent/s': Math.round(sent() / seconds),
      answered: statuses.reduce((total, [, times]) => total + times, 0),
      'writes/s beside them': Math.round(meanwhile / seconds),
      moves: writers.moves.length,
      'peers starved': starved.length,
      refused: 0,
    });
  });
});

describe('peers under load', function () {
  this.timeout(180_000);

  it('go over from a secret to certificates, one by one, and nobody loses a write', async () => {
    const keys = new TestKeys();
    const folder = mkdtempSync(join(tmpdir(), 'quoll-over-'));
    const secretFile = join(folder, 'secret');
    writeNewSecret(secretFile);
    const secretLine = `quoll.peer.secretFile=${secretFile}`;
    const doors = { grpc: true, zookeeper: true };
    const ensemble = await startEnsemble({ peers: 3, ...doors, lines: [secretLine] });
    try {
      const { clusterId } = await ensemble.peer(1).cluster();
      await keys.make({ peers: 3, clusterId });
      const ca = readFileSync(keys.at('keys/ca.pem'), 'utf8');
      await fetch(`${ensemble.peer(1).http}/v1/nodes${parent}?create`, { method: 'PUT' });
      const secure = new Set<number>();
      const terms = (id: number) => (secure.has(id) ? { ca } : {});
      const writers = aCrowd(ensemble, 'over', terms);
      await advance(writers);
      const own = (id: number) => keys.at('keys', `peer-${String(id)}`);
      const steps: readonly ((id: number, lines: string) => string)[] = [
        (id, lines) =>
          `${lines}quoll.tls.certFile=${own(id)}.pem\nquoll.tls.keyFile=${own(id)}.key\nquoll.tls.caFile=${keys.at('keys', 'ca.pem')}\nquoll.tls.peers=accept\n`,
        (_, lines) => lines.replace('quoll.tls.peers=accept\n', '').replace(`${secretLine}\n`, ''),
      ];
      for (const step of steps) {
        for (const { id } of ensemble.peers) {
          const peer = ensemble.peer(id);
          await peer.end('SIGTERM');
          peer.rewriteConfig((lines) => step(id, lines));
          secure.add(id);
          peer.start();
          await isReady(peer, ca);
          await advance(writers, 100);
        }
      }
      await advance(writers);
      await writers.stop();
      assert.deepEqual(writers.refused, []);
      writers.assertKept(await childrenAt(ensemble.peer(2), ca));
      const { written, moves } = writers;
      report('from a secret to certificates', {
        written: written.length,
        moves: moves.length,
        refused: 0,
      });
    } finally {
      await ensemble.stop();
      keys.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function isReady({ http, log }: PeerProcess, ca: string): Promise<void> {
  const url = `${http.replace('http:', 'https:')}/readyz`;
  await until(`${url}\n${log.slice(-2_000)}`, async () => {
    const { status } = await askHttps(url, { ca });
    return status === 200;
  });
}
