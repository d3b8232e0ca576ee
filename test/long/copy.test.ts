import assert from 'node:assert/strict';
import { put } from '../support/client.ts';
import { Following } from '../support/cli/following.ts';
import { quoll } from '../support/cli/quoll.ts';
import { expectStatus } from '../support/contract.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

// A large subtree, copied and followed while its clients write. A real ZooKeeper is at one end in
// test/peers/zookeeper-copy.test.ts; how long a million takes, `npm run bench -- copies --only 1000000` says.

const znodes = Number(process.env['QUOLL_COPY_ZNODES'] ?? 3_000);
const perParent = 500;

describe('quoll copy of a large subtree', function () {
  this.timeout(1_800_000);
  let ensembles: readonly TestEnsemble[];
  let from: PeerProcess;
  let to: PeerProcess;

  before(async () => {
    const options = { peers: 1, zookeeper: true };
    ensembles = await Promise.all([startEnsemble(options), startEnsemble(options)]);
    [from, to] = ensembles.map((ensemble) => ensemble.peer(1)) as [PeerProcess, PeerProcess];
    for (let parent = 0; parent * perParent < znodes; parent++) {
      const path = `/app/${String(parent)}`;
      const ops = Array.from({ length: perParent - 1 }, (_, child) => {
        return { op: 'create', path: `${path}/n${String(child)}`, data: 'x'.repeat(100) };
      });
      const body = JSON.stringify({ ops: [{ op: 'create', path, parents: true }, ...ops] });
      const headers = { 'Content-Type': 'application/json' };
      await expectStatus(200, from.http, 'POST', '/v1/txn', { headers, body });
    }
  });
  after(async () => {
    for (const ensemble of ensembles) await ensemble.stop();
  });

  async function countAt(peer: PeerProcess): Promise<number> {
    const text = await (await fetch(`${peer.http}/metrics`)).text();
    return Number(/^quoll_znodes (\d+)/m.exec(text)?.[1]);
  }

  it('has all of it, and what was written meanwhile, when the writers pause', async () => {
    const following = new Following(
      `zookeeper://${from.zookeeper}/app`,
      `zookeeper://${to.zookeeper}/app`,
    );
    const over = { is: false };
    const writing = (async () => {
      for (let count = 0; !over.is; count++) {
        const place = `/app/${String(count % (znodes / perParent))}`;
        await put(from, `${place}/n${String(count % 100)}`, `new ${String(count)}`, '');
        await put(from, `${place}/more${String(count)}`, 'more');
        if (count % 3 !== 0) continue;
        await fetch(`${from.http}/v1/nodes${place}/more${String(count)}`, { method: 'DELETE' });
      }
    })();
    await until('all to be there', async () => (await countAt(to)) >= znodes, 900_000);
    await until('changes to be followed', () => following.followed() > 100, 60_000);
    over.is = true;
    await writing;
    await until('it to be in step', () => following.isInStep(), 60_000);
    const { code, output, errors } = await following.stop();
    assert.equal(code, 0, output.slice(-2_000) + errors);
    const [, compared] = /(\d+) znodes compared: no difference/.exec(output) ?? [];
    assert.ok(Number(compared) >= znodes, output.slice(-500));
    const again = await quoll(
      ...[
        'copy',
        `zookeeper://${from.zookeeper}/app`,
        `zookeeper://${to.zookeeper}/app`,
        '--compare',
        '-o',
        'json',
      ],
    );
    assert.equal(again.code, 0, again.output.slice(-2_000));
  });
});
