import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { quollSays } from '../support/cli/quoll.ts';
import { put } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { lastRelease } from '../support/last-release.ts';
import { program } from '../support/program.ts';
import { kazooWrote } from './zookeeper/kazoo-writes.ts';
import { Agent, Programs } from './zookeeper/programs.ts';

// What other people's clients see of an upgrade; what our own do is in test/long/upgrade.test.ts.
describe('an upgrade from the last release, with kazoo and a browser attached', function () {
  this.timeout(240_000);
  let ensemble: TestEnsemble | undefined;
  let folder: string;
  let kazoo: Agent;
  let browser: Browser;
  let page: Page;

  before(async function () {
    const former = lastRelease();
    if (former === undefined) this.skip();
    const lines = ['quoll.http.allowedOrigins=http://127.0.0.1:*'];
    ensemble = await startEnsemble({ peers: 3, zookeeper: true, program: former, lines });
    const [first] = ensemble.peers;
    assert.ok(first !== undefined);
    assert.equal((await put(first, '/rolled', '')).status, 201);
    folder = mkdtempSync(join(tmpdir(), 'quoll-upgrade-clients-'));
    const hosts = ensemble.peers.map(({ zookeeper }) => zookeeper).join(',');
    kazoo = new Agent('kazoo', new Programs(folder).kazoo('kazoo_agent', hosts));
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(`${first.http}/`);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  after(async () => {
    if (ensemble === undefined) return;
    await kazoo.end();
    await browser.close();
    await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps a session of kazoo, loses none of its writes, and the page of the last release stays live', async () => {
    assert.ok(ensemble !== undefined);
    const { peers } = ensemble;
    const session = await kazoo.session();
    await kazoo.asks('write /rolled', /^writing /);
    for (const peer of peers) {
      assert.equal(await peer.end('SIGTERM'), 0, peer.log.slice(-2_000));
      peer.becomes(program);
      peer.start();
      await ensemble.ready();
      const path = `/after-${String(peer.id)}`;
      assert.equal((await put(peer, path, '')).status, 201);
      await page.locator(`[role="treeitem"][data-path="${path}"]`).waitFor();
    }
    await quollSays('upgrade', 'finish', '--url', peers.map(({ http }) => http).join(','));
    const { written = 0, ...more } = await kazooWrote(kazoo, '/rolled', peers);
    assert.ok(written > 0);
    const known = ['CONNECTED', 'SUSPENDED', 'ConnectionLoss'];
    assert.deepEqual(
      Object.keys(more).filter((told) => !known.includes(told)),
      [],
    );
    assert.equal(await kazoo.session(), session);
  });
});
