import assert from 'node:assert/strict';
import { TwinRefused } from '../../../../src/server/reports/twin-refused.ts';
import { emptyDisk } from '../../../sim/disk-image.ts';
import { SimulatedEnsemble, type Member } from '../../../support/simulated-ensemble.ts';

interface Scene {
  readonly ensemble: SimulatedEnsemble;
  readonly original: Member;
  /** Log lines since then. */
  readonly lines: (event: string) => string[];
}

async function scene(): Promise<Scene> {
  const ensemble = await new SimulatedEnsemble(3).established();
  const [original] = ensemble.followers;
  assert.ok(original);
  const from = ensemble.events.length;
  const lines = (event: string): string[] =>
    ensemble.events.slice(from).filter((line) => line.includes(` ${event} `));
  return { ensemble, original, lines };
}

describe('a second process under one server id', () => {
  const directories = [
    { directory: 'an empty directory', imageOf: emptyDisk },
    {
      directory: 'a copy of the directory',
      imageOf: ({ image }: Member) => structuredClone(image),
    },
  ];
  for (const { directory, imageOf } of directories) {
    for (const { where, kind } of [
      { where: 'at the links of the others', kind: 'twin' },
      { where: 'by the leader', kind: 'linkedTwin' },
    ] as const) {
      it(`is refused ${where} and stops, with ${directory}`, async () => {
        const { ensemble, original, lines } = await scene();
        const twin = ensemble.twin(original, imageOf(original), kind);
        await ensemble.until(() => twin.fatal !== undefined);
        assert.ok(twin.fatal instanceof TwinRefused, String(twin.fatal));
        assert.match(
          twin.fatal.message,
          /Another process runs as server \d.*What was acknowledged/,
        );
        await ensemble.pass(3_000);
        assert.ok(ensemble.doAllServe);
        const disturbances = [...lines('looking'), ...lines('learnerLost')].filter(
          (line) => !/"started"|another process runs/.test(line),
        );
        assert.deepEqual(disturbances, []);
        assert.deepEqual(lines('readmitting'), []);
        assert.equal(lines('twinRefused').length, kind === 'linkedTwin' ? 1 : 0);
      });
    }
  }

  it('replaces one that died, though its connection lives on', async () => {
    const { ensemble, original, lines } = await scene();
    // As a machine that lost its power: it says nothing more, and nobody closes its streams.
    original.process.pause(60_000, () => undefined);
    const next = ensemble.twin(original, structuredClone(original.image), 'linkedTwin');
    await ensemble.until(() => next.server.service.unreadyBecause() === undefined, 2_000);
    assert.equal(lines('twinRefused').length, 0);
  });

  it('gets the vote of one that fell silent and lost its data; that one stops when it comes back', async () => {
    const { ensemble, original, lines } = await scene();
    ensemble.forgive(original);
    original.process.pause(5_000, () => undefined);
    const next = ensemble.twin(original, emptyDisk(), 'linkedTwin');
    await ensemble.until(() => lines('membershipChanged').length > 0);
    await ensemble.until(() => original.fatal !== undefined);
    assert.ok(original.fatal instanceof TwinRefused);
    assert.equal(next.fatal, undefined);
  });
});
