import { mishapsOf, type Kind } from './mishaps.ts';
import { runChange, type Mishaps, type Scenario } from './one-change.ts';

export interface Explored {
  readonly runs: number;
  /** In which the peers that were left could be asked to go on. */
  readonly judged: number;
  readonly broken: readonly { readonly mishaps: Mishaps; readonly why: string }[];
}

/** Tries all mishaps of a kind on a change, or each `every`-th of them, the `first` of those first. */
export function explore(
  scenario: Scenario,
  kind: Kind,
  { every, first }: { readonly every: number; readonly first: number },
): Explored {
  const { steps } = runChange(scenario, {});
  const broken: { mishaps: Mishaps; why: string }[] = [];
  let index = 0;
  let runs = 0;
  let judged = 0;
  for (const mishaps of mishapsOf(kind, scenario, steps)) {
    if (index++ % every !== first % every) continue;
    try {
      const outcome = runChange(scenario, mishaps);
      if (outcome.isPossible) runs++;
      if (outcome.isJudged) judged++;
    } catch (error) {
      runs++;
      broken.push({ mishaps, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { runs, judged, broken };
}
