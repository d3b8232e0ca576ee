import type { OtlpTracing } from '../adapters/telemetry/otlp-tracing.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
import type { PeerConfig } from '../config/config.ts';
import { programVersion } from '../config/version.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';

/** Who is told where the time of requests goes, as the configuration has it; undefined: nobody. */
export async function openTracing(
  { telemetry, serverId }: PeerConfig,
  told: { readonly logger: Logger; readonly metrics: Metrics },
): Promise<OtlpTracing | undefined> {
  if (telemetry === undefined) return undefined;
  // No other peer loads it.
  const { OtlpTracing: Tracing } = await import('../adapters/telemetry/otlp-tracing.ts');
  return new Tracing({
    ...telemetry,
    ...told,
    version: programVersion(),
    instance: String(serverId),
    clock: systemClock,
    random: systemRandom,
  });
}
