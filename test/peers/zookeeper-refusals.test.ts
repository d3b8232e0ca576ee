import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { passes, Programs } from './zookeeper/programs.ts';

describe('refusals that old clients have no number for', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-refusals-'));
  const ensembles: TestEnsemble[] = [];

  after(async () => {
    await Promise.all(ensembles.map((each) => each.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function peerWith(line: string): Promise<string> {
    const ensemble = await startEnsemble({ peers: 1, zookeeper: true, lines: [line] });
    ensembles.push(ensemble);
    return ensemble.peer(1).zookeeper;
  }

  it('kazoo is told under another, and its loop lives', async () => {
    const { bavail, bsize } = statfsSync(folder);
    // Twice what is free: low, with room left for sessions.
    const low = await peerWith(`quoll.disk.freeBytesMin=${String(bavail * bsize * 2)}`);
    const quotas = await peerWith('enforceQuota=true');
    await passes(new Programs(folder).kazoo('kazoo_refusals', low, quotas));
  });
});
