import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { call, expectStatus } from '../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { changeBy, changed } from '../support/members.ts';
import { until } from '../support/until.ts';

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** What a browser would run, were it taken for markup. */
const hostile = '<img src=x onerror="window.stolen=1"><script>window.stolen=1</script>';

describe('the console in a browser', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let here: string;
  let profile: string;
  let browser: BrowserContext | undefined;
  let page: Page;
  const requested: string[] = [];
  const complaints: string[] = [];

  const put = async (path: string, body: string): Promise<void> => {
    const { status } = await call(
      here,
      'PUT',
      `/v1/nodes${path.split('/').map(encodeURIComponent).join('/')}?create&parents`,
      { body },
    );
    assert.ok(status === 200 || status === 201);
  };
  /** But for peers that are down. */
  const ownComplaints = (): string[] =>
    complaints.filter((text) => !/ERR_CONNECTION|WebSocket connection/.test(text));
  const item = (path: string) => page.locator(`[role="treeitem"][data-path="${path}"]`);

  before(async () => {
    // As `npm start` has it: the peers' pages may ask one another.
    const lines = ['quoll.http.allowedOrigins=http://127.0.0.1:*'];
    ensemble = await startEnsemble({ peers: 3, lines });
    profile = mkdtempSync(join(tmpdir(), 'quoll-console-'));
    here = ensemble.peer(2).http;
    await put('/app/config', '{"colour":"green"}');
    await put('/app/workers', '');
    await put(`/markup/${hostile.replaceAll('/', '|')}`, hostile);
    for (let index = 0; index < 250; index++) {
      await put(`/many/n${String(index).padStart(3, '0')}`, '');
    }
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: flags,
      viewport: { width: 1_200, height: 900 },
    });
    page = browser.pages()[0] ?? (await browser.newPage());
    page.on('request', (request) => requested.push(request.url()));
    page.on('websocket', (socket) => requested.push(socket.url()));
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
    rmSync(profile, { recursive: true, force: true });
  });

  it('shows the tree, a znode and the peers', async () => {
    await item('/app').locator('.twist').first().click();
    await item('/app/config').locator('.name').click();
    await page.locator('#data', { hasText: '{"colour":"green"}' }).waitFor();
    await page.locator('#stat', { hasText: 'czxid' }).waitFor();
    await page.locator('#peers tr').nth(2).waitFor();
    assert.match((await page.locator('#peer').textContent()) ?? '', /^Peer 2, /);
  });

  it('shows changes as they happen', async () => {
    await item('/app/config').locator('.name').click();
    await put('/app/config', '{"colour":"blue"}');
    await page.locator('#data', { hasText: '{"colour":"blue"}' }).waitFor();
    await put('/app/later', '');
    await item('/app/later').waitFor();
    await expectStatus(204, here, 'DELETE', '/v1/nodes/app/later');
    await item('/app/later').waitFor({ state: 'detached' });
    await page.locator('#changes li', { hasText: '/app/later' }).first().waitFor();
  });

  it('shows long lists in pages', async () => {
    await item('/many').locator('.twist').first().click();
    await item('/many/n000').waitFor();
    assert.equal(await item('/many/n240').count(), 0);
    await item('/many').getByRole('button', { name: 'More…' }).click();
    await item('/many/n249').waitFor();
    await item('/many').locator('.twist').first().click();
    assert.equal(await item('/many/n000').count(), 0);
  });

  it('takes what is stored for text, whatever it looks like', async () => {
    await item('/markup').locator('.twist').first().click();
    const child = item('/markup').locator('[role="treeitem"]');
    await child.locator('.name').click();
    await page.locator('#data', { hasText: '<script>' }).waitFor();
    assert.equal(await page.locator('#data').textContent(), hostile);
    assert.equal(await page.locator('img, #data *').count(), 0);
    assert.equal(await page.evaluate('window.stolen'), undefined);
  });

  it('is worked by the keyboard', async () => {
    await item('/').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('#path').textContent(), '/app');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await item('/app').getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowRight');
    await item('/app/config').waitFor();
  });

  it('has no need to scroll sideways, wide or narrow, light or dark', async () => {
    for (const [width, colorScheme] of [
      [1_200, 'light'],
      [360, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0, `at ${String(width)}`);
      const path = join(process.env['QUOLL_SCREENSHOTS'] ?? profile, `console-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: width < 500 });
      assert.ok(statSync(path).size > 5_000);
    }
  });

  it('keeps a name readable while it flashes', async () => {
    await item('/app/config').waitFor();
    await put('/app/config', '{"colour":"red"}');
    await page.locator('.fresh[data-path="/app/config"]').waitFor();
    const colours: unknown = await page.evaluate(
      `['.fresh[data-path="/app/config"] .name', 'body'].map((each) => getComputedStyle(document.querySelector(each)).color)`,
    );
    const [flashing, usual] = colours as readonly string[];
    assert.equal(flashing, usual);
  });

  describe('for who has rights, and who has not', () => {
    const password = 'the-password';
    const authorization = `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`;
    const secret = 'for-her-alone';
    const signIn = async (fields: Readonly<Record<string, string>>): Promise<void> => {
      await page.getByRole('button', { name: 'Sign in…' }).click();
      for (const [name, text] of Object.entries(fields)) {
        await page.locator(`#login [name="${name}"]`).fill(text);
      }
      const path = join(process.env['QUOLL_SCREENSHOTS'] ?? profile, 'console-login.png');
      await page.screenshot({ path });
      await page.locator('#login').getByRole('button', { name: 'Sign in' }).click();
    };
    const goTo = async (path: string): Promise<void> => {
      await page.locator('#go input').fill(path);
      await page.locator('#go input').press('Enter');
    };

    before(async () => {
      const acl = JSON.stringify({ acl: [{ permissions: 'cdrwa', scheme: 'auth', id: '' }] });
      const headers = { authorization };
      await put('/hers', secret);
      await put('/hers/below', '');
      await expectStatus(200, here, 'PUT', '/v1/nodes/hers?acl', { body: acl, headers });
    });

    it('says what may not be read, and shows nothing of it', async () => {
      await item('/hers').locator('.name').click();
      await page.locator('#notice', { hasText: 'You may not read this znode' }).waitFor();
      await item('/hers')
        .locator('.barred', { hasText: 'You may not see what is below' })
        .waitFor();
      assert.equal(await page.locator('#data').textContent(), '');
      assert.equal(await page.locator('#stat').textContent(), '');
      assert.equal(await item('/hers/below').count(), 0);
    });

    it('shows it to who signs in, and keeps what he typed in memory alone', async () => {
      await signIn({ user: 'ann', password });
      await page.getByText('Signed in as ann').waitFor();
      await item('/hers').locator('.name').click();
      await page.locator('#data', { hasText: secret }).waitFor();
      await item('/hers/below').waitFor();
      const kept: unknown = await page.evaluate(
        `[localStorage.length, sessionStorage.length, document.cookie, location.href, document.documentElement.outerHTML,
          ...[...document.querySelectorAll('input')].map((each) => each.value)].join()`,
      );
      assert.ok(!String(kept).includes(password));
      assert.match(String(kept), /^0,0,,/);
    });

    it('shows it no more to who signs out', async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('Live', { exact: true }).waitFor();
      assert.equal(await page.locator('#who').textContent(), '');
      assert.ok(!(await page.content()).includes(secret));
      await item('/hers').locator('.name').click();
      await page.locator('#notice', { hasText: 'You may not read this znode' }).waitFor();
    });

    it('says why a token is not taken, and goes on as nobody', async () => {
      await signIn({ token: 'not-a-token' });
      await page.locator('#login [role="alert"]', { hasText: /./ }).waitFor();
      await page.locator('#login').getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('Live', { exact: true }).waitFor();
      await item('/app').waitFor();
    });

    it('leads to what stands in no list, and to nothing that is not there', async () => {
      await goTo('/hers/below');
      await item('/hers/below').waitFor();
      assert.equal(await page.locator('#path').textContent(), '/hers/below');
      await goTo('/nowhere/at/all');
      await page.locator('#notice', { hasText: /exist/ }).waitFor();
      assert.equal(await item('/nowhere').count(), 0);
    });

    it('is no page that another page has a hold on', async () => {
      const { headers } = await fetch(`${here}/`);
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
      const data = await expectStatus(200, here, 'GET', '/v1/nodes/app');
      assert.equal(data.headers['cross-origin-opener-policy'], undefined);
    });

    it('had nothing to complain of', () => {
      assert.deepEqual(ownComplaints(), []);
    });
  });

  it('asks its own peer while that is there', () => {
    const foreign = requested.filter((url) => new URL(url).host !== new URL(here).host);
    assert.deepEqual(
      foreign.filter((url) => !url.startsWith('data:')),
      [],
    );
  });

  it('goes on at another peer when its own dies', async () => {
    await ensemble.peer(2).end('SIGKILL');
    await page.getByText(/^Live at 127\.0\.0\.1:/).waitFor();
    here = ensemble.peer(1).http;
    await put('/app/elsewhere', '');
    await item('/app/elsewhere').waitFor();
    await page.locator('#peer', { hasText: /^Peer [13], / }).waitFor();
  });

  it('turns red without a quorum, and back', async () => {
    const ground = (): Promise<unknown> =>
      page.evaluate(`getComputedStyle(document.querySelector('header')).backgroundColor`);
    const usual = await ground();
    await ensemble.peer(3).end('SIGKILL');
    await page.getByText('No quorum', { exact: false }).first().waitFor();
    assert.notEqual(await ground(), usual);
    for (const id of [2, 3]) ensemble.peer(id).start();
    await ensemble.ready();
    await page.locator('#alarm').waitFor({ state: 'hidden' });
    await put('/app/back', '');
    await item('/app/back').waitFor();
  });

  it('shows who is a member, a change that is under way, and who was removed', async () => {
    /** As a page has it that is opened now. */
    const opened = async (): Promise<{ readonly standings: string; readonly pending: string }> => {
      await page.reload();
      await page.locator('#peers tr').nth(2).waitFor();
      const standings = await page.locator('#peers tr td:nth-child(3)').allTextContents();
      return { standings: standings.join(), pending: await page.locator('#pending').innerText() };
    };
    const shows = (...wanted: readonly string[]) =>
      until(`the members as ${wanted.join()}`, async () => {
        const { standings, pending } = await opened();
        return standings === wanted.join() && pending === '';
      });
    await shows('voter', 'voter', 'voter');
    const leader = await ensemble.leader();
    const [kept = assert.fail(), gone = assert.fail()] = ensemble.peers.filter(
      (peer) => peer !== leader,
    );
    const after = (word: string) => ensemble.peers.map((peer) => (peer === gone ? word : 'voter'));
    await changed(leader, 'POST', `/${String(gone.id)}/demote`);
    await shows(...after('observer'));
    await changed(leader, 'POST', `/${String(gone.id)}/promote`);
    await shows(...after('voter'));

    await page.goto(`${leader.http}/`);
    // Of those who stay, one stands still: the change waits for it.
    kept.signal('SIGSTOP');
    const removing = changeBy(leader, 'DELETE', `/${String(gone.id)}?force`);
    const words = `A change is under way, not committed yet: peer ${String(gone.id)} goes.`;
    await until('the change', async () => (await opened()).pending === words);
    kept.signal('SIGCONT');
    await removing;
    assert.equal(await gone.ended(), 77);
    await shows(...after('removed'));
  });

  it('asked the peers and nobody else, and had nothing to complain of', () => {
    const hosts = ensemble.peers.map(({ http }) => new URL(http).host);
    const foreign = requested.filter((url) => !hosts.includes(new URL(url).host));
    assert.deepEqual(
      foreign.filter((url) => !url.startsWith('data:')),
      [],
    );
    assert.deepEqual(ownComplaints(), []);
  });
});
