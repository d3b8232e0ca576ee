import assert from 'node:assert/strict';
import { copyFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import {
  UnusableKeys,
  watchKeys,
  type WatchedKeys,
} from '../../../../src/adapters/tls/watched-keys.ts';
import { serverId } from '../../../../src/model/ids.ts';
import type { KeyFiles, NewKeys } from '../../../../src/model/tls-keys.ts';
import type { TransportKeys } from '../../../../src/ports/transport-security.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { TestKeys } from '../../../support/tls/keys.ts';

const dayMs = 86_400_000;
const lookMs = 5_000;

describe('keys that are watched', () => {
  let keys: TestKeys;
  let made: NewKeys;
  let clock: HandClock;
  let watched: WatchedKeys | undefined;
  let lines: { level: string; event: string; fields: Readonly<Record<string, unknown>> }[];
  let figures: Map<string, number>;
  beforeEach(async () => {
    clock = new HandClock();
    clock.wallOffsetMs = Date.now();
    keys = new TestKeys(() => clock.wall());
    lines = [];
    figures = new Map();
    made = await keys.make({ days: 100 });
  });
  afterEach(() => {
    watched?.stop();
    keys.remove();
  });

  const watch = async (
    files: KeyFiles = keys.files(),
    hosts: readonly string[] = ['localhost'],
  ): Promise<WatchedKeys> => {
    watched = await watchKeys({
      files,
      clientCertificates: 'want',
      purpose: { peer: serverId(1), hosts, roles: ['server', 'client'] },
      clock,
      logger: {
        log: (level, event, fields = {}) => {
          lines.push({ level, event, fields });
        },
      },
      metrics: {
        count: () => undefined,
        gauge: (name, value, series) => figures.set(`${name} ${String(series)}`, value),
        observe: () => undefined,
      },
    });
    return watched;
  };
  const events = (): string[] => lines.map(({ level, event }) => `${level} ${event}`);
  /** A look at the files, all through. */
  const look = async (): Promise<void> => {
    clock.pass(lookMs);
    await watched?.settled();
  };

  it('are what the files hold, and say until when', async () => {
    const { clientCertificates, keys: taken } = await watch();
    assert.equal(clientCertificates, 'want');
    for (const text of [taken.cert, taken.ca]) assert.match(text ?? '', /BEGIN CERTIFICATE/);
    assert.match(taken.key, /BEGIN PRIVATE KEY/);
    assert.deepEqual(lines, []);
    const name = 'tls_certificate_expires_seconds';
    const days = (series: string): number =>
      Math.round(((figures.get(`${name} ${series}`) ?? 0) * 1_000 - clock.wall()) / dayMs);
    assert.equal(days('certificate'), 100);
    assert.equal(days('ca'), 3_652);
  });

  it('are refused at the start when they do not fit, with what to do', async () => {
    await keys.make({ directory: keys.at('other') });
    const files = { ...keys.files(), keyFile: keys.at('other/peer-1.key') };
    await assert.rejects(watch(files), (error) => {
      assert.ok(error instanceof UnusableKeys);
      assert.match(error.message, /is not the key of[^]*made together/);
      return true;
    });
  });

  it('are taken with a warning when they lack a name that clients use', async () => {
    await watch(keys.files(), ['node01.example']);
    assert.deepEqual(events(), ['warn keysDoubtful']);
    assert.match(String(lines[0]?.fields['why']), /does not name node01\.example/);
  });

  it('are taken over within a look, by all who asked to be told', async () => {
    const peer = await watch();
    const { keys: before } = peer;
    const told: TransportKeys[] = [];
    const end = peer.onRenewed((taken) => told.push(taken));
    await keys.make({ isRenewal: true });
    await look();
    assert.deepEqual(told, [peer.keys]);
    assert.notEqual(peer.keys.cert, before.cert);
    assert.deepEqual(events(), ['info keysRenewed']);
    assert.doesNotMatch(JSON.stringify(lines), /PRIVATE KEY/);
    end();
    await keys.make({ isRenewal: true });
    await look();
    assert.equal(told.length, 1);
  });

  it('are taken over when the directory behind a link is another', async () => {
    await keys.make({ directory: keys.at('next'), clusterId: made.clusterId });
    symlinkSync(keys.at('keys'), keys.at('now'));
    const peer = await watch(keys.files('peer-1', 'now'));
    const { keys: before } = peer;
    symlinkSync(keys.at('next'), keys.at('then'));
    renameSync(keys.at('then'), keys.at('now'));
    await look();
    assert.notEqual(peer.keys.ca, before.ca);
  });

  it('stay while only half of a change is there', async () => {
    const peer = await watch();
    const { keys: before } = peer;
    await keys.make({ directory: keys.at('next'), authority: keys.at('keys') });
    copyFileSync(keys.at('next/peer-1.key'), keys.at('keys/peer-1.key'));
    await look();
    assert.equal(peer.keys, before);
    assert.deepEqual(events(), []);
    copyFileSync(keys.at('next/peer-1.pem'), keys.at('keys/peer-1.pem'));
    await look();
    assert.notEqual(peer.keys.cert, before.cert);
    assert.deepEqual(events(), ['info keysRenewed']);
  });

  it('stay when the new ones are of no use, which is said once', async () => {
    const peer = await watch();
    const { keys: before } = peer;
    writeFileSync(keys.at('keys/peer-1.pem'), 'nonsense');
    for (let times = 0; times < 4; times++) await look();
    assert.equal(peer.keys, before);
    assert.deepEqual(events(), ['error keysNotRenewed']);
    rmSync(keys.at('keys/peer-1.pem'));
    for (let times = 0; times < 4; times++) await look();
    assert.deepEqual(events(), ['error keysNotRenewed', 'error keysNotRenewed']);
    assert.equal(peer.keys, before);
  });

  it('stay when the new ones are of another ensemble', async () => {
    const peer = await watch();
    await keys.make({ directory: keys.at('next') });
    for (const file of ['peer-1.key', 'peer-1.pem', 'ca.pem']) {
      copyFileSync(keys.at('next', file), keys.at('keys', file));
    }
    await peer.renew();
    assert.match(String(lines[0]?.fields['why']), /is of the ensemble [0-9a-f]{16}, and this is/);
  });

  it('are looked at as soon as somebody asks', async () => {
    const peer = await watch();
    const { keys: before } = peer;
    writeFileSync(keys.at('keys/peer-1.key'), 'nonsense');
    await peer.renew();
    assert.deepEqual(events(), ['error keysNotRenewed']);
    await keys.make({ directory: keys.at('next'), authority: keys.at('keys') });
    for (const half of ['peer-1.key', 'peer-1.pem']) {
      copyFileSync(keys.at('next', half), keys.at('keys', half));
    }
    await peer.renew();
    assert.notEqual(peer.keys.cert, before.cert);
  });

  it('are spoken of from 30 days before their end, once a day, and as an error from then on', async () => {
    await watch();
    clock.wallOffsetMs += 69 * dayMs;
    await look();
    assert.deepEqual(events(), []);
    clock.wallOffsetMs += dayMs;
    clock.pass(2 * dayMs);
    assert.deepEqual(events(), ['warn certificateEndsSoon', 'warn certificateEndsSoon']);
    assert.equal(lines[0]?.fields['daysLeft'], 29);
    clock.wallOffsetMs += 29 * dayMs;
    await look();
    assert.deepEqual(events().slice(-1), ['error certificateEnded']);
  });
});
