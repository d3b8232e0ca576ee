import assert from 'node:assert/strict';
import { defaultBudget } from '../../src/model/budget.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { attacks } from './attacks.ts';
import { ordinaryEvents } from './events.ts';
import { GoodClient } from './good-client.ts';
import { Observation } from './observation.ts';
import { runAttack, targetOf } from './run-attack.ts';

// A share of `npm run hostile`, as small as it still did harm once.

const share: readonly (readonly [name: string, scale: number])[] = [
  ['http-pipeline', 0.25],
  ['http-bombs', 1],
  ['http-future-reads', 0.2],
  ['http-long-polls', 0.1],
  ['http-half-bodies', 0.2],
  ['ws-slow-readers', 0.5],
  ['ws-fragments', 0.5],
  ['grpc-closed-window', 0.25],
  ['grpc-half', 0.3],
  ['grpc-tiny', 0.2],
  ['grpc-burst', 0.5],
  ['zookeeper-pipeline', 0.2],
  ['peer-port', 0.2],
];

const options = { quietMs: 200, attackMs: 2_000, recoveryMs: 0, attackersShare: true };

function quietly(): void {
  // Nobody looks on.
}

/** What a peer may have beyond what it had: what the budgets allow, and what the collector has not come to yet. */
const mebibyte = 1_048_576;
const megabytesMoreMax =
  (2 * (defaultBudget.owedBytes.all + defaultBudget.receivedBytes.all)) / mebibyte;

describe('beside whoever does harm', () => {
  let ensemble: TestEnsemble;
  before(async () => {
    ensemble = await startEnsemble({ peers: 3, grpc: true, zookeeper: true });
  });
  after(() => ensemble.stop());

  for (const [name, scale] of share) {
    const attack = attacks.find((one) => one.name === name);
    it(`a peer keeps its place, its memory and its clients: ${attack?.about ?? name}`, async () => {
      assert(attack !== undefined, `no attack is named ${name}`);
      const { during, observed } = await runAttack(ensemble, attack, { ...options, scale });
      assert.equal(observed.elections, 0, 'nobody loses the lead');
      assert.deepEqual([during.reads.failures, during.writes.failures], [0, 0]);
      const { megabytesBefore, megabytesMost, kept } = observed;
      assert.ok(
        megabytesMost - megabytesBefore < megabytesMoreMax,
        `${String(megabytesBefore)} MB became ${String(megabytesMost)}`,
      );
      const { owedBytes, receivedBytes, heldRequests } = defaultBudget;
      assert.ok((kept['owed_bytes'] ?? 0) <= owedBytes.all);
      assert.ok((kept['received_bytes'] ?? 0) <= receivedBytes.all);
      assert.ok((kept['held_requests'] ?? 0) <= heldRequests.all);
    });
  }

  it('many ephemerals end together after a fail-over, and no second election follows', async () => {
    const event = ordinaryEvents.find(({ name }) => name === 'mass-expiry');
    assert(event !== undefined);
    const happen = await event.prepare({ ensemble, scale: 0.06, say: quietly, count: quietly });
    const { http } = await targetOf(ensemble);
    const observation = await Observation.start(ensemble);
    const client = await GoodClient.start(http.slice(1));
    await happen();
    await client.stop();
    const { elections } = await observation.stop();
    assert.equal(elections, event.elections);
  });
});
