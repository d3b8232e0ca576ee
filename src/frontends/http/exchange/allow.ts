import type { Exchange } from './exchange.ts';
import { Problem } from './problem.ts';

/**
 * Answers a method that the route does not have: OPTIONS with those it has, 204; throws a `Problem` for all others, which
 * lists them as well.
 */
export function answerOtherMethod(
  exchange: Exchange,
  where: string,
  methods: readonly string[],
): void {
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (exchange.method === 'OPTIONS') {
    exchange.send({ status: 204, headers: ['Allow', allow] });
    return;
  }
  throw new Problem('methodNotAllowed', `${where} takes ${allow}`, { headers: { Allow: allow } });
}
