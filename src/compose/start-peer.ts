import type { RunningPeer } from '../config/running-peer.ts';
import type { PeerConfig } from '../config/config.ts';

export function startPeer(config: PeerConfig): Promise<RunningPeer> {
  return Promise.reject(new Error(`no peer can be put together yet (${config.dataDir})`));
}
