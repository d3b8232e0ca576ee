import assert from 'node:assert/strict';
import { fromUtf8 } from '../../src/base/bytes.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import { Prng } from './prng.ts';
import { SimulatedEnsemble } from '../support/simulated-ensemble.ts';
import { create, path, single } from '../support/model/requests.ts';

// Crashes, pauses and broken links under load, on a fixed seed each: the ensemble converges, nothing acknowledged is
// lost, nothing refused is there, and no peer breaks a rule of its own.

const seeds = (process.env['SEEDS'] ?? '1,2,3').split(',').map(Number);
const tuning = {
  snapshotAfterTxns: 60,
  keepTxns: 20,
  keepMs: 0,
  keepBytesMax: 2_000,
  snapshotChunkBytes: 512,
  logPieceBytes: 700,
};

describe('ensemble server under faults', () => {
  for (const seed of seeds) {
    it(`keeps what it acknowledged (seed ${String(seed)})`, async () => {
      const random = new Prng(seed);
      const size = random.pick([3, 3, 5]);
      const ensemble = new SimulatedEnsemble(size, { seed, tuning });
      await ensemble.established();
      const fates = new Map<string, 'yes' | 'no' | 'unknown'>();
      const codes = new Map<string, string>();
      let written = 0;
      const write = (): void => {
        const member = random.pick(ensemble.members);
        if (!member.process.isAlive) return;
        const name = `/w${String(written++)}`;
        fates.set(name, 'unknown');
        const timeoutMs = random.pick([200, 1_000, 5_000]);
        const key = random.chance(0.3) ? { idempotencyKey: name } : {};
        member.server.service
          .write(single(create(name, { data: name })), { identities: [] }, { timeoutMs, ...key })
          .then(
            () => fates.set(name, 'yes'),
            (error: unknown) => {
              assert.ok(error instanceof ServiceError);
              codes.set(name, error.message);
              if (
                (error.refusal.applied ?? 'unknown') === 'no' ||
                error.refusal.code === 'noQuorum'
              ) {
                fates.set(name, 'no');
              }
            },
          );
      };
      for (let round = 0; round < 60; round++) {
        for (let count = random.below(15); count > 0; count--) write();
        const member = random.pick(ensemble.members);
        const other = random.pick(ensemble.members);
        const what = random.fraction();
        if (what < 0.06) member.process.kill();
        else if (what < 0.25) ensemble.restart(member);
        else if (what < 0.35) member.process.pause(random.between(10, 3_000), () => undefined);
        else if (what < 0.45) ensemble.network.block(member.id, other.id);
        else if (what < 0.7) ensemble.network.unblock(member.id, other.id);
        else if (what < 0.8) ensemble.network.breakStreams(member.id, other.id);
        await ensemble.pass(random.pick([3, 20, 100, 700]));
      }
      for (const one of ensemble.members) {
        for (const two of ensemble.members) ensemble.network.unblock(one.id, two.id);
        if (!one.process.isAlive) ensemble.restart(one);
      }
      // The last pause is over by then.
      await ensemble.pass(3_000);
      await ensemble.until(() => ensemble.doAllServe, 30_000);
      const { service } = ensemble.member(1).server;
      const options = { consistency: 'linearizable', timeoutMs: 5_000 } as const;
      let acknowledged = 0;
      for (const [name, fate] of fates) {
        const query = { read: 'data', path: path(name) } as const;
        const found = await ensemble.settle(service.read(query, { identities: [] }, options)).then(
          ({ result }) => fromUtf8(result.data ?? new Uint8Array()),
          (error: unknown) => {
            assert.ok(error instanceof ServiceError);
            return error.refusal.code;
          },
        );
        if (fate === 'yes') {
          acknowledged++;
          assert.equal(found, name);
        }
        if (fate === 'no') assert.equal(found, 'noNode', `${name} ${codes.get(name) ?? ''}`);
      }
      assert.ok(acknowledged > 0, 'none was acknowledged');
      await ensemble.pass(3_000);
      const digests = new Set(
        ensemble.members.map(({ server }) => server.peer?.applier.state.digest()),
      );
      assert.equal(digests.size, 1);
    });
  }
});
