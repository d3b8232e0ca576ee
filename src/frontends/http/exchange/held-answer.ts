import type { Waiting } from '../../../service/locking.ts';
import type { Exchange } from './exchange.ts';

/**
 * Waits for an answer that may be minutes away. A client that leaves before it has it waits no longer, and with
 * `abandons` gives up its place too; a door that stops answers how things stand.
 */
export async function held<Value>(
  exchange: Exchange,
  waiting: Waiting<Value>,
  abandons: boolean,
): Promise<Value> {
  exchange.hold(() => {
    waiting.cancel(abandons);
  });
  const forget = exchange.door.whenStopping(() => {
    waiting.cancel(false);
  });
  try {
    return await waiting.result;
  } finally {
    forget();
  }
}
