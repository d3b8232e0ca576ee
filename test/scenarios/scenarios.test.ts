import assert from 'node:assert/strict';
import { borrowEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import type { Client, Door } from './door.ts';
import { grpcDoor } from './grpc-door.ts';
import { restDoor } from './rest-door.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { recorded, Transcript } from './transcript.ts';
import { webSocketDoor } from './websocket-door.ts';
import { zookeeperDoor } from './zookeeper-door.ts';

describe('one service behind every door', () => {
  let ensemble: TestEnsemble;
  let doors: readonly Door[];

  before(async () => {
    ensemble = await borrowEnsemble();
    const [one, two, three] = [1, 2, 3].map((id) => ensemble.peer(id));
    assert.ok(one && two && three);
    // Each door at a peer of its own: the leader's and both followers'.
    doors = [
      restDoor(one.http),
      webSocketDoor(two.http),
      grpcDoor(three.grpc),
      zookeeperDoor(two.zookeeper),
    ];
    const made = await fetch(`${one.http}/v1/nodes/scenarios?create`, { method: 'PUT' });
    assert.equal(made.status, 201);
  });

  after(async () => {
    await ensemble.stop();
  });

  for (const [index, scenario] of scenarios.entries()) {
    it(scenario.title, async () => {
      let first: { readonly door: string; readonly lines: readonly string[] } | undefined;
      for (const door of doors) {
        if (scenario.needs?.some((need) => door.lacks?.includes(need)) === true) continue;
        const lines = await play(scenario, door, `/scenarios/${String(index)}-${door.name}`);
        first ??= { door: door.name, lines };
        assert.deepEqual(lines, first.lines, `${door.name} says the same as ${first.door}`);
      }
    });
  }
});

async function play(scenario: Scenario, door: Door, root: string): Promise<readonly string[]> {
  const transcript = new Transcript(root);
  const clients: Client[] = [];
  try {
    const stage = await door.connect();
    clients.push(stage);
    assert.ok('ok' in (await stage.write({ op: 'create', path: root })), root);
    await scenario.play({
      root,
      transcript,
      async client(who, options) {
        const client = await door.connect(options);
        clients.push(client);
        return recorded(client, transcript, who);
      },
    });
  } finally {
    for (const client of clients) await client.close();
  }
  return transcript.lines;
}
