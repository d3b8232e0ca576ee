// `npm run recorded`: writes test/recorded/protocol-N.txt and directory-N.txt, what the last release writes of each of its
// formats, by a build of that release. Once for each release: a test reads the files for ever after, and none is written anew.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { say } from './console.mjs';
import { home, lastRelease, lastReleaseProgram } from './last-release.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'test', 'recorded');
const samplesOfEach = 2;

/** The code of the release. */
const load = (path) => import(pathToFileURL(join(home, 'dist', path)).href);

/** A value in one line of ASCII: bytes as hex. */
const textOf = (value) =>
  JSON.stringify(value, (_, each) =>
    each instanceof Uint8Array ? { hex: Buffer.from(each).toString('hex') } : each,
  ).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A membership without a cluster id is none that anybody ever had. */
const isOfAnEnsemble = ({ membership, founded }) =>
  membership?.clusterId !== '' && founded?.clusterId !== '';

const lineOf = (format, value, bytes) =>
  `${format} ${Buffer.from(bytes).toString('hex')} ${textOf(value)}\n`;

/** What is sent and logged: of each kind a few, by chance, but always the same. */
async function bytes() {
  const { default: fc } = await import('fast-check');
  const { txnCodec } = await load('src/wire/txn-codec.js');
  const { encodePeerMessage } = await load('src/wire/peer-codec.js');
  const { encodeNotification } = await load('src/wire/notification-codec.js');
  const { encodeMembership } = await load('src/model/membership.js');
  const made = await load('test/support/wire/arbitraries.js');
  const some = (arbitrary) =>
    fc.sample(arbitrary.filter(isOfAnEnsemble), { seed: 1, numRuns: samplesOfEach });
  const lines = [];
  for (const arbitrary of Object.values(made.changes)) {
    for (const change of some(arbitrary)) {
      const txn = { timeMs: 1, changes: [change], branch: 'ops' };
      lines.push(lineOf('txn', txn, txnCodec.encode(txn)));
    }
  }
  for (const txn of some(made.txns)) lines.push(lineOf('txn', txn, txnCodec.encode(txn)));
  for (const arbitrary of Object.values(made.peerMessages)) {
    for (const message of some(arbitrary)) {
      lines.push(lineOf('message', message, encodePeerMessage(message)));
    }
  }
  for (const notification of some(made.notifications)) {
    lines.push(lineOf('notification', notification, encodeNotification(notification)));
    const { founded } = notification;
    if (founded) lines.push(lineOf('membership', founded, encodeMembership(founded)));
  }
  return lines.join('');
}

const writes = [
  ['PUT', '/v1/nodes/plain?create', 'first'],
  ['PUT', '/v1/nodes/plain', 'second'],
  ['PUT', '/v1/nodes/bytes?create', Buffer.from([0, 255, 10])],
  ['PUT', '/v1/nodes/gone?create', ''],
  ['DELETE', '/v1/nodes/gone'],
  ['POST', '/v1/nodes/?name=kept&kind=container', ''],
  ['POST', '/v1/nodes/?name=brief&kind=ttl&ttl=300000h', 'ttl'],
  ['POST', '/v1/locks/taken', '{"lockId":"3f1c2f6e-8f0a-4d6e-9d0a-0123456789ab","ttlMs":60000}'],
];

/** A data directory with a snapshot, a log behind it, and what lies beside; and what a client reads of it. */
async function directory(program) {
  const place = mkdtempSync(join(tmpdir(), 'quoll-recorded-'));
  const http = 'http://127.0.0.1:21980';
  const args = ['server', '--config', join(place, 'peer.cfg'), '--snapshot-after-txns', '20'];
  writeFileSync(
    join(place, 'peer.cfg'),
    [
      `dataDir=${join(place, 'data')}`,
      'quoll.serverId=1',
      'quoll.http.port=21980',
      'quoll.grpc.port=off',
      'quoll.zookeeper.port=off',
      'server.1=127.0.0.1:21988:21989',

      '',
    ].join('\n'),
  );
  const peer = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  try {
    for (;;) {
      const ready = await fetch(`${http}/readyz`).catch(() => undefined);
      if (ready?.ok) break;
    }
    for (const [method, path, body] of writes) {
      const headers = path.includes('/locks/') ? { 'content-type': 'application/json' } : {};
      const answer = await fetch(http + path, { method, body, headers });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    }
    for (let index = 0; index < 30; index++) {
      await fetch(`${http}/v1/nodes/plain?name=child-&sequential`, {
        method: 'POST',
        body: String(index),
      });
    }
    const expected = {};
    for (const path of ['/plain', '/bytes', '/kept', '/brief']) {
      const answer = await fetch(`${http}/v1/nodes${path}`);
      expected[path] = Buffer.from(await answer.arrayBuffer()).toString('hex');
    }
    const listed = await fetch(`${http}/v1/nodes/plain?children&limit=1000`);
    expected.children = (await listed.json()).children;
    peer.kill('SIGTERM');
    await once(peer, 'exit');
    const shown = spawnSync(process.execPath, [
      program,
      'inspect',
      join(place, 'data'),
      '--znodes',
    ]);
    // Of the release's own state, where the entries that it knew to be committed end.
    [, expected.tree] = /^The tree at (.*)$/m.exec(shown.stdout.toString());
    const files = readdirSync(join(place, 'data')).filter((name) => name !== 'reserve');
    const packed = files.map((name) => {
      const held = gzipSync(readFileSync(join(place, 'data', name)), { level: 9 });
      return `${name} ${held.toString('base64')}\n`;
    });
    return `expected ${JSON.stringify(expected)}\n${packed.join('')}`;
  } finally {
    peer.kill('SIGKILL');
    rmSync(place, { recursive: true, force: true });
  }
}

const { program, why } = await lastReleaseProgram();
if (program === undefined) throw new Error(`the last release can't be made: ${why}`);
mkdirSync(folder, { recursive: true });
const contents = { protocol: bytes, directory: () => directory(program) };
for (const [name, write] of Object.entries(contents)) {
  const file = join(folder, `${name}-${String(lastRelease.protocol)}.txt`);
  if (existsSync(file)) say(`${file} is there, and stays as it is`);
  else writeFileSync(file, await write());
}
