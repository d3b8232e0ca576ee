import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { put } from '../support/client.ts';
import { launchChromium } from '../support/chromium.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

const folder = fileURLToPath(new URL('../../../examples/config-centre/', import.meta.url));

describe('the page of the configuration centre', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let server: ChildProcess | undefined;
  let browser: Browser | undefined;
  let page: Page;
  let address = '';

  before(async () => {
    ensemble = await startEnsemble({
      peers: 3,
      lines: ['quoll.http.allowedOrigins=http://127.0.0.1:*'],
    });
    server = spawn(process.execPath, [join(folder, 'serve.mjs'), '0'], { stdio: 'pipe' });
    server.stdout?.setEncoding('utf8').on('data', (text: string) => (address += text));
    browser = await launchChromium();
    page = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    if (server?.kill('SIGKILL') === true) await once(server, 'close');
    await ensemble.stop();
  });

  const set = async (value: string, query = ''): Promise<void> => {
    await until('a write that is taken', async () =>
      [200, 201].includes((await put(ensemble.peer(2), '/config/app', value, query)).status),
    );
  };
  const shows = async (value: string): Promise<void> => {
    await until(`the page to show ${value}`, async () => {
      const shown = await page.textContent('#value');
      if (shown !== value) throw new Error(`it shows ${String(shown)}`);
      return true;
    });
  };

  it('shows each version as it comes, through the death of the peer that it watches', async () => {
    await set('{"n":0}', 'create&parents');
    await until('the address of the page', () => address.includes('page.html'));
    const peers = [1, 2, 3].map((id) => ensemble.peer(id).http).join(',');
    await page.goto(`${address.trim()}?peers=${encodeURIComponent(peers)}&path=/config/app`);
    await shows('{"n":0}');
    assert.match((await page.textContent('#status')) ?? '', /live from/);
    await set('{"n":1}');
    await shows('{"n":1}');
    await ensemble.peer(1).end('SIGKILL');
    for (let n = 2; n <= 5; n++) await set(`{"n":${String(n)}}`);
    await shows('{"n":5}');
    const before = await page.locator('#history li').allTextContents();
    assert.deepEqual(
      before,
      [4, 3, 2, 1, 0].map((n) => `{"n":${String(n)}}`),
    );
  });
});
