import type { Clock } from '../ports/clock.ts';

interface SlicingParts {
  readonly clock: Pick<Clock, 'now' | 'soon'>;
  readonly tuning: { readonly sliceMs: number };
}

/**
 * Does the same to each of many, in order, from `first` on: for a slice now, and to the others in turns of their own. For
 * whoever has to answer all that wait for one thing, as many as there may be.
 */
export function inSlices<Item extends object>(
  parts: SlicingParts,
  items: readonly Item[],
  run: (item: Item) => void,
  first = 0,
): void {
  const { clock, tuning } = parts;
  const until = clock.now() + tuning.sliceMs;
  for (let next = first; next < items.length; next++) {
    const item = items[next];
    if (item !== undefined) run(item);
    if (clock.now() <= until || next + 1 === items.length) continue;
    clock.soon(() => {
      inSlices(parts, items, run, next + 1);
    });
    return;
  }
}
