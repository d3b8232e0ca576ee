import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceNotifier } from '../../../../src/adapters/system/service-notifier.ts';
import { until } from '../../../support/until.ts';

// With a systemd-notify of the test's own; test/peers/systemd.test.ts has the real one.

describe('the service notifier', () => {
  let folder: string;
  let told: string;
  const path = process.env['PATH'] ?? '';
  const logged: string[] = [];
  const notifier = (): ServiceNotifier =>
    new ServiceNotifier({
      log: (_, event, fields) => {
        logged.push(`${event}: ${String(fields?.['why'])}`);
      },
    });

  /** Puts a program in the place of systemd-notify. */
  function supervisor(script: string): void {
    const file = join(folder, 'systemd-notify');
    rmSync(file, { force: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  const lines = (): string[] =>
    existsSync(told) ? readFileSync(told, 'utf8').trimEnd().split('\n') : [];
  const write = (): string =>
    `for word; do printf '[%s]' "$word"; done >> ${told}; echo >> ${told}`;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-notify-'));
    told = join(folder, 'told');
    logged.length = 0;
    process.env['PATH'] = `${folder}:${path}`;
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it('sends assignments together, each as one word on one line', async () => {
    supervisor(write());
    const to = notifier();
    to.tell('ready', { READY: '1', STATUS: "not serving: *, $HOME\n\tand 'quotes'" });
    await until('the message', () => lines().length === 1);
    assert.deepEqual(lines(), ["[READY=1][STATUS=not serving: *, $HOME and 'quotes']"]);
    assert.deepEqual(logged, []);
  });

  it('sends one at a time, and of a kind that waits the last alone, in the order of the last', async () => {
    const gate = join(folder, 'gate');
    supervisor(`until [ -e ${gate} ]; do sleep 0.02; done\n${write()}`);
    const to = notifier();
    to.tell('watchdog', { WATCHDOG: 'first' });
    to.tell('reloading', { RELOADING: '1' });
    to.tell('ready', { READY: '1' });
    for (let n = 0; n < 1_000; n++) {
      to.tell('watchdog', { WATCHDOG: String(n) });
      to.tell('reloading', { RELOADING: String(n) });
      to.tell('ready', { READY: String(n) });
    }
    writeFileSync(gate, '');
    await until('four messages', () => lines().length === 4);
    assert.deepEqual(lines(), [
      '[WATCHDOG=first]',
      '[WATCHDOG=999]',
      '[RELOADING=999]',
      '[READY=999]',
    ]);
  });

  it('says once what is wrong, and goes on', async () => {
    supervisor('exit 3');
    const to = notifier();
    to.tell('a', { STATUS: '1' });
    to.tell('b', { STATUS: '2' });
    await until('the complaint', () => logged.length > 0);
    supervisor(write());
    to.tell('c', { STATUS: '3' });
    await until('the message', () => lines().includes('[STATUS=3]'));
    assert.deepEqual(logged, ['supervisorNotTold: systemd-notify ended with 3']);
  });

  it('starts another shell where one is gone', async () => {
    supervisor('kill -9 $PPID');
    const to = notifier();
    to.tell('a', { STATUS: '1' });
    await until('the complaint', () => logged.length > 0);
    supervisor(write());
    to.tell('b', { STATUS: '2' });
    await until('the message', () => lines().includes('[STATUS=2]'));
    assert.deepEqual(logged, ['supervisorNotTold: the shell ended (SIGKILL)']);
  });
});
