import type { ZabCore } from '../zab/ready.ts';
import type { Recovered } from './applied/recovery.ts';
import type { EnsembleServerOptions, ServerPorts } from './options.ts';

/** Makes the protocol core as this peer is configured, on what it recovered. */
export function zabFrom(
  ports: ServerPorts,
  options: EnsembleServerOptions,
  recovered: Recovered,
): ZabCore {
  const { random, hash } = ports;
  return options.createZab(
    {
      self: options.self,
      nonce: recovered.stored.nonce,
      role: options.role,
      configuredVoters: options.configuredVoters,
      bootstrap: options.bootstrap,
      clusterId: options.clusterId,
      seed: recovered.stored.seed ?? undefined,
      timers: options.timers,
      limits: options.zabLimits,
      election: options.election,
      fraction: () => random.fraction(),
      chain: (before, zxid, kind, payload) => hash.chain(before, zxid, kind, payload),
      sha256: (bytes) => hash.sha256(bytes),
    },
    recovered.zab,
  );
}
