import assert from 'node:assert/strict';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { serverId } from '../../../../src/model/ids.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import { emptyLog, type LogEntry } from '../../../../src/model/log-entry.ts';
import { recover, type Recovered } from '../../../../src/server/applied/recovery.ts';
import { stateSource } from '../../../../src/server/applied/state-source.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';
import { txnCodec } from '../../../../src/wire/txn-codec.ts';
import { emptyDisk, healthyDisk } from '../../../sim/disk-image.ts';
import { Prng } from '../../../sim/prng.ts';
import { Scheduler } from '../../../sim/scheduler.ts';
import { SimulatedStore } from '../../../sim/simulated-store.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { create, single } from '../../../support/model/requests.ts';
import { Leader } from '../../../support/state/leader.ts';

describe('recovery', () => {
  /** So many creates. */
  function log(count: number): LogEntry[] {
    const leader = new Leader();
    for (let index = 0; index < count; index++) {
      leader.write(single(create(`/n${String(index)}`, { data: new Uint8Array(100) })));
    }
    let { chain } = emptyLog;
    return leader.log.map(({ zxid, txn }) => {
      const payload = txnCodec.encode(txn);
      chain = systemHash.chain(chain, zxid, 'txn', payload);
      return { zxid, kind: 'txn', payload, chain };
    });
  }

  /** Recovers from a disk with that log, of which all but the last is known to be committed; each look at the clock costs so much, and what was logged is told. */
  function recovered(
    entries: readonly LogEntry[],
    msPerLook: number,
  ): { readonly found: Recovered; readonly turns: number; readonly said: readonly string[] } {
    const clock = new HandClock();
    const time = new Scheduler();
    const image = emptyDisk();
    Object.assign(image, { serverId: serverId(1), acceptedEpoch: 1, currentEpoch: 1 });
    image.entries.push(...entries);
    image.commit = entries.at(-2)?.zxid ?? emptyLog.zxid;
    const store = new SimulatedStore({
      serverId: serverId(1),
      scheduler: time,
      random: new Prng(1),
      hash: systemHash,
      image,
      faults: healthyDisk(),
    });
    const said: string[] = [];
    let found: Recovered | undefined;
    const ticking = {
      now: () => (clock.ms += msPerLook),
      recent: () => clock.recent(),
      wall: () => clock.wall(),
      soon: (run: () => void) => {
        clock.soon(run);
      },
      after: () => assert.fail(),
      every: () => assert.fail(),
    };
    recover(
      {
        store,
        codec: txnCodec,
        clock: ticking,
        logger: { log: (_level, event) => said.push(event) },
        tuning: { ...defaultServerTuning, retentionMarkTxns: 100 },
        states: stateSource({ limits: defaultLimits, enforceQuota: false }, systemHash, ticking),
      },
      {
        onRecovered: (all) => {
          found = all;
        },
        onFailure: ({ message }) => {
          assert.fail(message);
        },
      },
    );
    let turns = 0;
    for (; found === undefined; turns++) {
      assert.ok(turns < 100_000, 'it comes to its end');
      if (!clock.turn()) time.run(time.nowMs + 10);
    }
    return { found, turns, said };
  }

  it('counts what the log holds, and what of it is applied', () => {
    const entries = log(1_001);
    const { found } = recovered(entries, 0);
    const applied = entries.slice(0, -1);
    const bytes = applied.reduce((sum, { payload }) => sum + payload.length, 0);
    assert.deepEqual(found.logged.at(-1), {
      zxid: applied.at(-1)?.zxid,
      entries: 1_000,
      bytes,
    });
    assert.deepEqual(
      found.logged.map((mark) => mark.entries),
      [100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000],
    );
    assert.deepEqual(found.zab.tail, entries.slice(-1));
    assert.deepEqual(found.zab.index.chains.last.zxid, entries.at(-1)?.zxid);
    assert.deepEqual(found.at.position.zxid, applied.at(-1)?.zxid);
  });

  it('applies the log in slices, and says how far it is when that takes long', () => {
    const entries = log(1_000);
    const { turns, said } = recovered(entries, 10);
    assert.ok(turns >= 1_000, `${String(turns)} turns`);
    assert.ok(said.includes('recovering'));
  });
});
