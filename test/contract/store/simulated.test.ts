import { serverId } from '../../../src/model/ids.ts';
import { emptyDisk } from '../../sim/disk-image.ts';
import { SimulatedStore } from '../../sim/simulated-store.ts';
import { nodeHash } from '../../support/store/driven-store.ts';
import { turnScheduler } from '../../support/store/turn-scheduler.ts';
import { describeSnapshots } from './snapshots.contract.ts';
import type { StoreDisk } from './store-starter.ts';
import { describeStore } from './store.contract.ts';
import { Prng } from '../../sim/prng.ts';

function makeDisk(): StoreDisk {
  const image = emptyDisk();
  const random = new Prng(1);
  return {
    open: (id = 1) =>
      new SimulatedStore({
        serverId: serverId(id),
        scheduler: turnScheduler(),
        random,
        hash: nodeHash,
        image,
      }),
    dispose: () => undefined,
  };
}

describeStore('simulated disk', makeDisk);
describeSnapshots('simulated disk', makeDisk);
