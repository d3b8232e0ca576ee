import { isWiderThanPrivate } from '../model/ip-range.ts';
import type { Logger } from '../ports/logger.ts';

/** Says which ranges among the proxies name strangers too: nobody in them is weighed by his address. */
export function warnOfProxies(proxies: readonly string[], logger: Logger): void {
  for (const range of proxies.filter(isWiderThanPrivate)) {
    logger.log('warn', 'proxiesTooWide', {
      range,
      why: 'No network that is anybody has to himself is as wide: whoever is in it is weighed connection by connection, however many he has.',
      fix: 'Name the proxies and load balancers themselves, or their networks (docs/proxies.md).',
    });
  }
}
