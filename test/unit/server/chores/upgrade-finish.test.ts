import assert from 'node:assert/strict';
import { serverId } from '../../../../src/model/ids.ts';
import { protocols } from '../../../../src/model/level.ts';
import type { PeerMessage } from '../../../../src/model/peer-message.ts';
import { Zab } from '../../../../src/zab/zab.ts';
import type { ServiceError } from '../../../../src/service/service-error.ts';
import { SimulatedEnsemble, type Member } from '../../../support/simulated-ensemble.ts';

/** What peers of the version before do not know. */
const unknownBefore: readonly PeerMessage['kind'][] = [
  'lead',
  'farewell',
  'handOver',
  'handOverRefused',
];

/** Three peers that speak what the version before does, of which each is made one of this version by a restart. */
class Upgrade {
  readonly ensemble: SimulatedEnsemble;
  readonly sent = new Set<PeerMessage['kind']>();
  readonly #newest = new Map<number, number>();

  constructor(finishesUpgrades: boolean) {
    this.ensemble = new SimulatedEnsemble(3, {
      optionsOf: (id) => ({
        finishesUpgrades,
        createZab: (options, recovered) => {
          const newest = this.#newest.get(id) ?? protocols.oldest;
          return new Zab({ ...options, protocols: { ...protocols, newest } }, recovered);
        },
      }),
      onSent: ({ kind }) => this.sent.add(kind),
    });
  }

  async restartAs(newest: number, member: Member): Promise<void> {
    this.#newest.set(member.id, newest);
    this.ensemble.restart(member);
    await this.ensemble.established();
  }

  /** The leader last, and whoever leads then has seen both. */
  async toThisVersion(count: number): Promise<void> {
    for (const member of this.ensemble.followers.slice(0, count)) {
      await this.restartAs(protocols.newest, member);
    }
  }

  get levels(): readonly (number | undefined)[] {
    return this.ensemble.members.map(({ server }) => server.service.cluster().level);
  }

  async refusal(work: Promise<unknown>): Promise<string> {
    const settled = this.ensemble.settle(work);
    const error = await settled.then(
      () => undefined,
      (caught: unknown) => caught as ServiceError,
    );
    assert.ok(error?.refusal !== undefined, String(error));
    return `${error.refusal.code}: ${error.refusal.detail}`;
  }
}

const asking = {
  caller: { identities: [{ scheme: 'ip', id: '127.0.0.1' }] },
  timeoutMs: 5_000,
} as const;

describe('an upgrade of three peers', () => {
  it('finishes itself where it is told to: when all are there and know it, and not before', async () => {
    const upgrade = new Upgrade(true);
    const { ensemble } = upgrade;
    await ensemble.established();
    const last = ensemble.leader ?? assert.fail();
    await upgrade.toThisVersion(2);
    await ensemble.pass(5_000);
    assert.deepEqual(upgrade.levels, [1, 1, 1]);
    assert.deepEqual(
      unknownBefore.filter((kind) => upgrade.sent.has(kind)),
      [],
    );
    await upgrade.restartAs(protocols.newest, last);
    await ensemble.until(() => upgrade.levels.every((level) => level === 2));
  });

  it('is finished by hand otherwise; what the level brings, and an older leader, are told of', async () => {
    const upgrade = new Upgrade(false);
    const { ensemble } = upgrade;
    await ensemble.established();
    const before = ensemble.leader ?? assert.fail();
    await upgrade.toThisVersion(1);
    const upgraded = ensemble.followers.find(
      ({ server }) => server.peer?.zab.status.leaderProtocol === protocols.oldest,
    );
    const { levels, leadership } = (upgraded ?? assert.fail()).server.service;
    const raised = await upgrade.refusal(levels.raise({ isTrial: false }, asking));
    assert.match(raised, /^levelTooLow: The leader is of an earlier version/);
    const moved = await upgrade.refusal(leadership.move(undefined, asking));
    assert.match(moved, /^cannotHandOver: The leader is of an earlier version/);

    for (const member of ensemble.members) {
      if (member !== before) await upgrade.restartAs(protocols.newest, member);
    }
    await upgrade.restartAs(protocols.newest, before);
    await ensemble.pass(5_000);
    assert.deepEqual(upgrade.levels, [1, 1, 1]);
    const steps = [{ step: 'role', id: serverId(1), role: 'participant' }] as const;
    const wish = { steps, isWhole: false, force: false };
    const asked = ensemble.followers[0]?.server.service ?? assert.fail();
    const changed = await upgrade.refusal(asked.members.change(wish, asking));
    assert.match(changed, /^levelTooLow: .*quoll upgrade finish/);
    await ensemble.settle(asked.levels.raise({ isTrial: true }, asking));
    assert.equal(asked.cluster().level, 1);
    const done = await ensemble.settle(asked.levels.raise({ isTrial: false }, asking));
    assert.equal(done.level, 2);
    await ensemble.until(() => upgrade.levels.every((level) => level === 2));
    assert.equal(asked.unfinishedBecause(), undefined);
  });
});
