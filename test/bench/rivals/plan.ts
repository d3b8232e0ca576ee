import type { BenchmarkOptions } from '../benchmark.ts';
import type { Timing } from './contest.ts';

/** Of all the time, what starting and warming may take in advance. */
const lateBy = 0.15;

/** How long and how often. The whole takes about forty minutes; of `--quick`, five. */
export interface Plan {
  readonly rounds: number;
  readonly timing: Timing;
  /** What it should take in all: whoever is late goes on with a round each. */
  readonly secondsMax: number;
}

export function planOf({ isQuick, asked }: BenchmarkOptions): Plan {
  const measuredMs = (asked.seconds ?? (isQuick ? 0.5 : 5)) * 1_000;
  return {
    rounds: asked.runs ?? (isQuick ? 2 : 3),
    timing: isQuick
      ? { warmUpMs: 150, measuredMs, settleMsMax: 250 }
      : { warmUpMs: 1_500, measuredMs, settleMsMax: 2_000 },
    secondsMax: isQuick ? 270 : Number.POSITIVE_INFINITY,
  };
}

/** Keeps to the time that a plan allows. */
export class Pace {
  readonly plan: Plan;
  readonly #pairs: number;
  readonly #beganAtMs = performance.now();
  #done = 0;

  constructor(plan: Plan, pairs: number) {
    this.plan = plan;
    this.#pairs = pairs;
  }

  /** For the next pair. */
  next(): Plan {
    const passed = (performance.now() - this.#beganAtMs) / 1_000 / this.plan.secondsMax;
    const isLate = passed > this.#done++ / this.#pairs + lateBy;
    return isLate ? { ...this.plan, rounds: 1 } : this.plan;
  }
}
