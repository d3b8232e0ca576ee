import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is reachable, in bytes, on the heap and in array buffers beside it. */
export interface Reachable {
  readonly heap: number;
  readonly buffers: number;
}

/** Collects all garbage first; for tests of what is kept. */
export function reachable(): Reachable {
  collect();
  // Array buffers that the first one found dead are counted off by the second.
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}
