import type { InspectRequest } from '../config/running-peer.ts';

export function inspect(request: InspectRequest, print: (line: string) => void): Promise<void> {
  print(`nothing can be read yet (${request.dataDir})`);
  return Promise.resolve();
}
