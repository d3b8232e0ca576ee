// ZooKeeper's reconfig as its own clients ask for it, unchanged: kazoo and zkCli.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { configureWith, votersAre } from '../support/members.ts';
import { passes, Programs, run } from './zookeeper/programs.ts';

const superDigest = `super:${createHash('sha1').update('super:secret').digest('base64')}`;

describe("ZooKeeper's reconfig", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-reconfig-'));
  let ensemble: TestEnsemble;
  let third: string;

  before(async () => {
    const lines = ['reconfigEnabled=true', `quoll.auth.superDigest=${superDigest}`];
    ensemble = await startEnsemble({ peers: 3, zookeeper: true, lines, start: false });
    for (const id of [1, 2]) configureWith(ensemble.peer(id), [1, 2]);
    const [, line = ''] = /^server\.3=(.*)$/m.exec(ensemble.peer(3).configText) ?? [];
    third = `${line};${ensemble.peer(3).zookeeper}`;
    for (const id of [1, 2]) ensemble.peer(id).start();
    await ensemble.ready();
  });

  beforeEach(() => {
    const joiner = ensemble.peer(3);
    if (!joiner.isRunning) joiner.start();
  });

  after(async () => {
    await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('kazoo adds and removes a server, step by step and as a whole', async () => {
    const { zookeeper } = ensemble.peer(1);
    await passes(new Programs(folder).kazoo('kazoo_reconfig', zookeeper, third));
    await votersAre(ensemble.peer(1), [1, 2]);
    assert.equal(await ensemble.peer(3).ended(), 77);
  });

  it('zkCli shows who is a member, adds a server and removes it', async () => {
    const { zookeeper } = ensemble.peer(2);
    const jars = ['zookeeper', 'slf4j-nop'].map((name) => `/usr/share/java/${name}.jar`).join(':');
    const main = 'org.apache.zookeeper.ZooKeeperMain';
    const command = {
      program: 'java',
      args: ['-Xmx128m', '-cp', jars, main, '-server', zookeeper],
    };
    const script = [
      'addauth digest super:secret',
      'config -c',
      `reconfig -add 3=${third}`,
      'reconfig -remove 3',
      'config',
      'quit',
      '',
    ].join('\n');
    const { output } = await run(command, script);
    assert.match(output, /^Committed new configuration:\nserver\.1=[^]*server\.3=/m, output);
    const parts = output.split('Committed new configuration:');
    assert.equal(parts.length, 3, output);
    assert.doesNotMatch(parts.at(-1) ?? '', /^server\.3=/m);
    await votersAre(ensemble.peer(2), [1, 2]);
  });
});
