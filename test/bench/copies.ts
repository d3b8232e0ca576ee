import { statSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { quollSays } from '../support/cli/quoll.ts';
import { startEnsemble } from '../support/ensemble.ts';
import type { Benchmark } from './benchmark.ts';
import { percentile } from './figures.ts';
import { bytes, fill, large, metricsOf, probe } from './large.ts';

/** What a copy of very many (a million, or `--only NUMBER`) znodes takes, and how long its peer ever stands still for it. */
export const copies: Benchmark = {
  name: 'copies',
  about:
    'backup, verify and restore of very many znodes, and how long the peer keeps a request waiting for it',
  isOnlyByName: true,
  async run(options, bench) {
    const asked = Number(options.only[0] ?? large(options));
    const { peer, znodes, ensemble } = await fill(asked, options, bench);
    const conditions =
      `1 peer, ${String(znodes)} znodes of ${String(bytes)} bytes, nothing else asked of it; ` +
      'GET /livez every 5 ms on a connection of its own';
    const add = (what: string, value: number, unit: string): void => {
      bench.add({ what, value, unit, conditions });
    };
    const file = join(ensemble.folder, 'copy.quoll');
    for (const turn of ['first', 'second']) {
      bench.progress(`${turn} backup`);
      await metricsOf(peer);
      const { seconds, waits } = await probed(peer, () =>
        quollSays('backup', file, '--url', peer.http),
      );
      const lag = (await metricsOf(peer)).get('nodejs_eventloop_lag_max_seconds') ?? Number.NaN;
      add(`${turn} backup`, seconds, 's');
      add(
        `${turn} backup: longest wait of ${String(waits.length)} probes`,
        percentile(waits, 100),
        'ms',
      );
      add(`${turn} backup: p99 of the probes`, percentile(waits, 99), 'ms');
      add(`${turn} backup: longest delay of the event loop`, lag * 1_000, 'ms');
    }
    add('size of the copy', statSync(file).size / 1e6, 'MB');
    add('verify', await secondsOf(() => quollSays('backup', 'verify', file)), 's');
    const made = await startEnsemble({ peers: 1, start: false });
    const [target] = made.peers;
    if (target === undefined) throw new Error('an ensemble has a peer');
    try {
      const restore = (): Promise<string> =>
        quollSays('restore', file, '--data-dir', target.dataDir, '--server-id', '1');
      add('restore', await secondsOf(restore), 's');
      add(
        'start of the restored peer, to ready',
        await secondsOf(async () => {
          target.start();
          await target.ready();
        }),
        's',
      );
    } finally {
      await made.stop();
    }
  },
};

async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return (performance.now() - startedAt) / 1_000;
}

async function probed(
  peer: Parameters<typeof probe>[0],
  run: () => Promise<unknown>,
): Promise<{ readonly seconds: number; readonly waits: readonly number[] }> {
  const waits: number[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const over = { is: false };
  const probing = (async () => {
    while (!over.is) {
      waits.push(await probe(peer, agent));
      await delay(5);
    }
  })();
  const seconds = await secondsOf(run);
  over.is = true;
  await probing;
  agent.destroy();
  return { seconds, waits };
}
