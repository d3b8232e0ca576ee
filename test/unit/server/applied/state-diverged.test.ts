import assert from 'node:assert/strict';
import { StoreFailed } from '../../../../src/ports/store.ts';
import { StateDiverged } from '../../../../src/server/applied/state-diverged.ts';
import { txnCodec } from '../../../../src/wire/txn-codec.ts';
import { SimulatedEnsemble, type Member } from '../../../support/simulated-ensemble.ts';
import { create, single } from '../../../support/model/requests.ts';

const nobody = { identities: [] };

/** Three peers, or fewer, of which `victim` makes something else of the txns whose data is `poison`. */
async function ensembleWith(victim: number, size = 3): Promise<SimulatedEnsemble> {
  const poison = new TextEncoder().encode('poison');
  return new SimulatedEnsemble(size, {
    codecOf: (id) => ({
      encode: (txn) => txnCodec.encode(txn),
      decode: (bytes) => {
        const at = Buffer.from(bytes).indexOf(poison);
        if (id !== victim || at < 0) return txnCodec.decode(bytes);
        const altered = bytes.slice();
        altered[at] = 'P'.charCodeAt(0);
        return txnCodec.decode(altered);
      },
    }),
  }).established();
}

async function poison(ensemble: SimulatedEnsemble): Promise<void> {
  const { leader } = ensemble;
  assert.ok(leader);
  const request = single(create('/poison', { data: 'poison' }));
  await ensemble.settle(leader.server.service.write(request, nobody, { timeoutMs: 5_000 }));
}

function isAstray({ fatal }: Member): boolean {
  return fatal instanceof StateDiverged && /they are the more/.test(fatal.message);
}

describe('a state that is not what the others have', () => {
  it('ends a follower, also of an idle ensemble, and marks its directory; the others go on', async () => {
    const ensemble = await ensembleWith(1);
    const [victim, ...others] = ensemble.members;
    assert.ok(victim && victim !== ensemble.leader);
    ensemble.forgive(victim);
    await poison(ensemble);
    await ensemble.until(() => isAstray(victim));
    assert.match(String(victim.image.diverged), /not that of server 2, server 3/);
    victim.process.kill();
    await ensemble.pass(6_000);
    assert.ok(
      others.every(({ fatal, server }) => fatal === undefined && server.peer?.zab.status.isServing),
    );

    ensemble.restart(victim);
    await ensemble.until(() => victim.fatal !== undefined);
    assert.ok(victim.fatal instanceof StoreFailed && victim.fatal.failure.code === 'diverged');
  });

  it('ends a leader: what two of three have is right, and they elect another', async () => {
    const ensemble = await ensembleWith(2);
    const [first, victim, third] = ensemble.members;
    assert.ok(first && victim && third);
    assert.equal(ensemble.leader, third);
    ensemble.forgive(victim);
    await poison(ensemble);
    await ensemble.until(
      () =>
        victim.server.peer?.applier.state.counts.znodes ===
        first.server.peer?.applier.state.counts.znodes,
    );
    third.process.kill();
    await ensemble.until(() => ensemble.leader === victim);
    // One against one: nobody can tell, and nothing that may be wrong is handed on.
    ensemble.restart(third);
    await ensemble.until(() => isAstray(victim));
    victim.process.kill();
    await ensemble.until(() => ensemble.leader !== undefined && ensemble.followers.length === 1);
    await ensemble.pass(6_000);
    assert.deepEqual([first.fatal, third.fatal], [undefined, undefined]);
  });

  it('ends both of two, and marks neither', async () => {
    const ensemble = await ensembleWith(1, 2);
    for (const member of ensemble.members) ensemble.forgive(member);
    await poison(ensemble);
    await ensemble.until(() => ensemble.members.every(({ fatal }) => fatal !== undefined), 20_000);
    for (const { fatal, image } of ensemble.members) {
      assert.ok(fatal instanceof StateDiverged && /no majority/.test(fatal.message), String(fatal));
      assert.equal(image.diverged, undefined);
    }
  });
});
