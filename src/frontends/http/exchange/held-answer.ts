import type { Waiting } from '../../../service/locking.ts';
import type { Exchange } from './exchange.ts';

export interface HeldOptions {
  /**
   * How long it may wait for others: without a wait it needs no place among those that are held, but for whoever is to be
   * heard when he leaves.
   */
  readonly waitMs: number;
  /** Whether a client that leaves gives up its place too. */
  readonly abandons: boolean;
}

/**
 * Waits for an answer that may be minutes away, and that `begin` asks for. A client that leaves before it has it waits no
 * longer; a door that stops answers how things stand. Rejects with a `Problem` when as many are held as may be.
 */
export async function held<Value>(
  exchange: Exchange,
  begin: () => Waiting<Value>,
  { waitMs, abandons }: HeldOptions,
): Promise<Value> {
  const begun: { waiting?: Waiting<Value> } = {};
  const gone = (): void => {
    begun.waiting?.cancel(abandons);
  };
  // Ahead of what it asks for: one that is refused has no place in a queue.
  if (waitMs > 0 || abandons) exchange.hold(gone);
  else exchange.outlast(gone);
  const waiting = (begun.waiting = begin());
  const forget = exchange.door.whenStopping(() => {
    waiting.cancel(false);
  });
  try {
    return await waiting.result;
  } finally {
    forget();
  }
}
