import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';

describe('the API reference in Chromium', () => {
  let ensemble: TestEnsemble;
  let browser: Browser | undefined;
  let page: Page;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    browser = await launchChromium();
    page = await browser.newPage();
  });

  after(async () => {
    await browser?.close();
    await ensemble.stop();
  });

  it('renders, asks this peer alone, and runs a request from the page', async () => {
    const base = ensemble.peer(1).http;
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${base}/docs`);
    // One for each operation of the document.
    await page.waitForSelector('#operations-znodes-readZnode', { timeout: 60_000 });
    assert.ok((await page.locator('.opblock').count()) > 20);

    await page.click('#operations-ensemble-showInfo .opblock-summary-control');
    await page.click('#operations-ensemble-showInfo .try-out__btn');
    await page.click('#operations-ensemble-showInfo .execute');
    const answer = page.locator(
      '#operations-ensemble-showInfo .live-responses-table .highlight-code',
    );
    await answer.first().waitFor({ timeout: 60_000 });
    assert.match(await answer.first().innerText(), /"clusterId"/);

    assert.ok(asked.includes(`${base}/openapi.json`) && asked.includes(`${base}/v1/info`));
    // Images that stand in the text itself ask nobody.
    const outside = asked.filter((url) => !url.startsWith(`${base}/`) && !url.startsWith('data:'));
    assert.deepEqual(outside, []);
    assert.deepEqual(complaints, []);

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('html.dark-mode').waitFor();
    const ground: unknown = await page.evaluate(
      'getComputedStyle(document.documentElement).backgroundColor',
    );
    assert.match(String(ground), /^rgb\((?:[0-5]?[0-9], ){2}[0-5]?[0-9]\)$/);
  });
});
