// The console with grants on, in Debian's Chromium: what its user may watch is live, and where that stops is said.

import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { formatPrincipal } from '../../src/model/auth.ts';
import { digestIdentity } from '../../src/wire/credentials.ts';
import { launchChromium } from '../support/chromium.ts';
import { expectStatus } from '../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';

const root = 'root:secret';
const authorization = `Basic ${Buffer.from(root).toString('base64')}`;

describe('the console, with grants on', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let browser: Browser | undefined;
  let page: Page;
  let here: string;
  const complaints: string[] = [];

  const asRoot = (body: unknown) => ({
    headers: { authorization, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const put = async (path: string, text: string): Promise<void> => {
    const ops = [{ op: 'set', path, data: text }];
    await expectStatus(200, here, 'POST', '/v1/txn', asRoot({ ops }));
  };
  /** What everybody may do from here on. */
  const allow = async (rules: Readonly<Record<string, readonly string[]>>): Promise<void> => {
    const document = {
      rules: Object.entries(rules).map(([prefix, verbs]) => ({ prefix, verbs })),
    };
    await expectStatus(204, here, 'PUT', '/v1/auth/roles/look', asRoot(document));
  };
  const item = (path: string) => page.locator(`[role="treeitem"][data-path="${path}"]`);
  const said = (text: string | RegExp): Promise<void> =>
    // Without words it takes no room, which is not visible.
    page.locator('#live', { hasText: text }).waitFor({ state: 'attached' });
  const change = (path: string) => page.locator('#changes li', { hasText: path }).first();

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    here = ensemble.peer(1).http;
    for (const path of ['app', 'app/config', 'shop', 'other']) {
      await expectStatus(201, here, 'PUT', `/v1/nodes/${path}?create`, { body: 'first' });
    }
    const first = { principals: [formatPrincipal(digestIdentity(root))] };
    await expectStatus(200, here, 'POST', '/v1/auth/init', asRoot(first));
    await allow({ '/': ['read'], '/app': ['watch'], '/app/config': ['watch'] });
    const grant = { principals: ['world:anyone'], roles: ['look'] };
    await expectStatus(204, here, 'PUT', '/v1/auth/grants/all', asRoot(grant));
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${here}/`);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  after(async () => {
    await browser?.close();
    await ensemble.stop();
  });

  it('shows live what may be watched, and says where that stops', async () => {
    await said(/^Live below \/app\. All else/);
    await item('/app').locator('.name').click();
    await item('/app/config').locator('.name').click();
    await page.locator('#still').waitFor({ state: 'hidden' });
    await put('/app/config', 'second');
    await page.locator('#data', { hasText: 'second' }).waitFor();
    await item('/other').locator('.name').click();
    await page.locator('#data', { hasText: 'first' }).waitFor();
    await page.locator('#still', { hasText: 'you may not watch it change' }).waitFor();
    await put('/other', 'unseen');
    await put('/app/config', 'third');
    await change('/app/config').waitFor();
    assert.equal(await change('/other').count(), 0);
    assert.equal(await page.locator('#data').textContent(), 'first');
  });

  it('goes by what is granted meanwhile', async () => {
    await allow({ '/': ['read'], '/app': ['watch'], '/other': ['watch'] });
    await said(/^Live below \/app, \/other\./);
    // What was missed is shown now.
    await page.locator('#data', { hasText: 'unseen' }).waitFor();
    await put('/other', 'seen');
    await page.locator('#data', { hasText: /^seen/ }).waitFor();
    await allow({ '/': ['read'], '/shop': ['write'] });
    await said('Nothing is shown as it changes');
    await page.locator('#still').waitFor();
  });

  it('shows all of it to an administrator who signs in, and once grants are off', async () => {
    await page.getByRole('button', { name: 'Sign in…' }).click();
    await page.locator('#login [name="user"]').fill('root');
    await page.locator('#login [name="password"]').fill('secret');
    await page.locator('#login').getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Signed in as root').waitFor();
    await said(/^$/);
    await put('/shop', 'second');
    await change('/shop').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await said('Nothing is shown as it changes');
    await expectStatus(204, here, 'POST', '/v1/auth/off', asRoot({}));
    await said(/^$/);
    await put('/other', 'off');
    await change('/other').waitFor();
    assert.deepEqual(complaints, []);
  });
});
