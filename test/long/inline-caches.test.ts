import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLockLoad } from '../bench/load.ts';
import { runSteady } from '../bench/steady/run-steady.ts';
import type { SteadySpec } from '../bench/steady/spec.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';

// How often V8 has to be asked, for an answer, where a property lies: by a call of its runtime, a fifth of a microsecond to
// two each. It remembers that at each place in the code for objects of up to four hidden classes, and for many besides in
// a table of all. Nothing is found in either of an object that has a hidden class of its own, as copies have that
// have more fields behind (`{ ...one, more }`), and nothing is remembered of the public fields that a class with more than
// four subclasses declares. Neither shows in a peer that has served one kind of client alone.

const protocols = ['zookeeper', 'grpc', 'http'] as const;

type Protocol = (typeof protocols)[number];

/** Where none of ours is left some come of connections, and of code that V8 compiles anew: more for each, the slower it is. */
const missesMax = 1;

/** Nearly all of a cycle's over gRPC are of the heads of its answers, as the library has Node write them. */
const missesOfLockMax = { zookeeper: 4, grpc: 20, http: 4 } as const;

const warmUpMs = 300;
const measuredMs = 1_000;

describe('where properties lie, in a peer that has served clients of all kinds', function () {
  this.timeout(120_000);

  const folder = mkdtempSync(join(tmpdir(), 'quoll-caches-'));
  const logFile = join(folder, 'v8.log');
  let ensemble: TestEnsemble;
  let peer: PeerProcess;
  let locks = 0;

  before(async () => {
    const nodeFlags = ['--log-ic', `--logfile=${logFile}`, '--no-logfile-per-isolate'];
    ensemble = await startEnsemble({ peers: 1, grpc: true, zookeeper: true, nodeFlags });
    peer = await ensemble.leader();
    for (const protocol of protocols) {
      for (const kind of ['get', 'set'] as const) await steady(protocol, kind);
      await cycles(protocol);
    }
    // While code is new each place in it asks: a log without that would say nothing of what is asked later.
    assert.match(readFileSync(logFile, 'latin1'), /^LoadIC,/m);
  });

  after(async () => {
    await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function addressOf(protocol: Protocol): string {
    return protocol === 'http' ? new URL(peer.http).host : peer[protocol];
  }

  async function steady(protocol: Protocol, kind: SteadySpec['kind']): Promise<number> {
    const addresses = [addressOf(protocol)];
    const load = { connections: 8, depth: protocol === 'http' ? 1 : 8, bytes: 100 };
    const spec = { protocol, kind, addresses, ...load, warmUpMs, measuredMs };
    return (await runSteady(spec)).answers;
  }

  async function cycles(protocol: Protocol): Promise<number> {
    const seconds = { warmUpSeconds: warmUpMs / 1_000, seconds: measuredMs / 1_000 };
    const lock = `caches-${String(++locks)}`;
    const addresses = [addressOf(protocol)];
    return (await runLockLoad({ protocol, addresses, contenders: 4, lock, ...seconds })).answers;
  }

  /** What was missed meanwhile, for each answer; and what most. */
  async function missesOf(load: () => Promise<number>): Promise<{ each: number; most: string }> {
    const from = statSync(logFile).size;
    const answers = await load();
    const byPlace = new Map<string, number>();
    let all = 0;
    for (const line of readFileSync(logFile).subarray(from).toString('latin1').split('\n')) {
      const [event = '', , , place = '', column = '', , , , name = ''] = line.split(',');
      if (!event.endsWith('IC')) continue;
      const key = `${event} of ${name} at ${place}:${column}`;
      byPlace.set(key, (byPlace.get(key) ?? 0) + 1);
      all++;
    }
    const most = [...byPlace].sort(([, one], [, other]) => other - one).slice(0, 8);
    const words = most.map(([key, times]) => `${(times / answers).toFixed(2)} ${key}`);
    return { each: all / answers, most: words.join('; ') };
  }

  async function check(what: string, max: number, load: () => Promise<number>): Promise<void> {
    const { each, most } = await missesOf(load);
    process.stdout.write(`      ${what}: ${each.toFixed(2)} for each answer\n`);
    assert.ok(each <= max, `${what}: ${each.toFixed(2)} of ${String(max)} (${most})`);
  }

  for (const protocol of protocols) {
    for (const kind of ['get', 'set'] as const) {
      it(`is remembered: ${kind} over ${protocol}`, async () => {
        await check(`${kind} over ${protocol}`, missesMax, () => steady(protocol, kind));
      });
    }

    it(`is remembered: a lock over ${protocol}`, async () => {
      const max = missesOfLockMax[protocol];
      await check(`a lock over ${protocol}`, max, () => cycles(protocol));
    });
  }

  it('is remembered: create over zookeeper', async () => {
    await check('create over zookeeper', missesMax, () => steady('zookeeper', 'create'));
  });
});
