import { Zab } from '../../src/zab/zab.ts';
import { Simulator, type SimulationResult, type SimulationSettings } from './simulator.ts';

/** Runs one seed of the core ring: the real `Zab` over simulated disks and networks. */
export function runCoreSeed(
  seed: number,
  more: Pick<SimulationSettings, 'options' | 'onLine'> = {},
): SimulationResult {
  return new Simulator({
    seed,
    createZab: (options, recovered) => new Zab(options, recovered),
    ...more,
  }).run();
}
