import type { SimulationOptions } from './options.ts';

/** Of a run in either ring. */
export interface RingResult {
  readonly ring: 'core' | 'peer';
  readonly seed: number;
  readonly options: SimulationOptions;
  readonly figures: object;
  readonly failure: { readonly error: Error; readonly lastEvents: readonly string[] } | undefined;
}

/** What a person needs of a failed seed: the rule, the last events, the options drawn, and the way to see it again. */
export function failureReport(result: RingResult, shownEvents = 200): string {
  const { failure, seed, ring } = result;
  if (failure === undefined) return '';
  return [
    ...failure.lastEvents.slice(-shownEvents),
    '',
    `seed ${String(seed)}: ${failure.error.name}: ${failure.error.message}`,
    ...(failure.error.name === 'InvariantViolated' ? [] : [failure.error.stack ?? '']),
    `options: ${JSON.stringify(result.options, showInfinity)}`,
    `again: npx tsc && node dist/test/sim/run.js --ring ${ring} --seed ${String(seed)}`,
  ].join('\n');
}

function showInfinity(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'never' : value;
}

/** Sums up many runs. */
export class Figures {
  readonly #sums = new Map<string, number>();
  #seeds = 0;

  add(figures: object): void {
    this.#seeds++;
    for (const [name, value] of Object.entries(figures)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + Number(value));
    }
  }

  /** With the CPU time that it took. */
  describe(cpuSeconds: number): string {
    const hours = (this.#sums.get('simulatedMs') ?? 0) / 3_600_000;
    const counts = [...this.#sums]
      .filter(([name]) => name !== 'simulatedMs' && name !== 'convergedAfterMs')
      .map(([name, sum]) => `${String(sum)} ${name}`);
    const perSecond = Math.round((this.#sums.get('events') ?? 0) / Math.max(cpuSeconds, 0.001));
    const converged = Math.round(
      (this.#sums.get('convergedAfterMs') ?? 0) / Math.max(this.#seeds, 1),
    );
    return (
      `${String(this.#seeds)} seeds, ${hours.toFixed(2)} simulated hours, ${counts.join(', ')}; ` +
      `all equal ${String(converged)} ms after healing on average; ` +
      `${cpuSeconds.toFixed(1)} s of CPU, ${String(perSecond)} events/s`
    );
  }
}
