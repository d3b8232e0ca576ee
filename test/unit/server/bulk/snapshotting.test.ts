import assert from 'node:assert/strict';
import { Pace } from '../../../../src/service/budget/pace.ts';
import { create, single } from '../../../support/model/requests.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { SimulatedEnsemble } from '../../../support/simulated-ensemble.ts';

const znodes = 60;

class FixedPace extends Pace {
  readonly #servesOthers: boolean;

  constructor(servesOthers: boolean) {
    super(new HandClock());
    this.#servesOthers = servesOthers;
  }

  override servesOthers(): boolean {
    return this.#servesOthers;
  }
}

/** The virtual milliseconds of a snapshot of one peer that is due with its last znode. */
async function snapshotMs(servesOthers: boolean): Promise<number> {
  const pace = new FixedPace(servesOthers);
  const ensemble = new SimulatedEnsemble(1, {
    tuning: { snapshotAfterTxns: znodes, snapshotChunkBytes: 1_024 },
    optionsOf: () => ({ pace }),
  });
  await ensemble.established();
  const { leader } = ensemble;
  assert.ok(leader);
  for (let index = 0; index < znodes; index++) {
    const znode = create(`/n${String(index)}`, { data: 'x'.repeat(1_000) });
    const asked = leader.server.service.write(
      single(znode),
      { identities: [] },
      { timeoutMs: 5_000 },
    );
    await ensemble.settle(asked);
  }
  const atMs = (event: string): number | undefined => {
    const line = ensemble.events.find((each) => each.includes(event));
    return line === undefined ? undefined : Number(line.split(' ')[0]);
  };
  await ensemble.until(() => atMs('snapshotTaken') !== undefined);
  return Number(atMs('snapshotTaken')) - Number(atMs('snapshotBegun'));
}

describe('a snapshot', () => {
  it('leaves half of its time to clients while they are served', async () => {
    const alone = await snapshotMs(false);
    const besideClients = await snapshotMs(true);
    assert.ok(
      besideClients > 1.8 * alone && besideClients < 2.2 * alone,
      `${String(alone)} ms alone, ${String(besideClients)} ms while clients are served`,
    );
  });
});
