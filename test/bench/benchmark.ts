import type { Figure } from './figures.ts';

export interface BenchmarkOptions {
  /** Small enough to try the benchmark itself; its figures mean nothing. */
  readonly isQuick: boolean;
  /** How often a fault is injected, or a change fanned out. */
  readonly runs: number;
  /** How long each load lasts. */
  readonly seconds: number;
  /** More lines for every peer's zoo.cfg. */
  readonly lines: readonly string[];
  /** Measure other services too, where they are installed. */
  readonly hasRivals: boolean;
  /** As they were asked for; for a benchmark whose own defaults are others. */
  readonly asked: { readonly runs: number | undefined; readonly seconds: number | undefined };
  /** Parts of a benchmark; empty for all. */
  readonly only: readonly string[];
  /** Write the pages of `docs/` that the benchmark keeps. */
  readonly isForPage: boolean;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Left out unless asked for. */
  readonly isOnlyByName?: boolean;
  run(options: BenchmarkOptions, bench: Bench): Promise<void>;
}

/** What a benchmark reports to. */
export interface Bench {
  add(figure: Omit<Figure, 'benchmark'>): void;
  /** Lines of the report, as they are. */
  show(text: string): void;
  /** A part of what `--json` writes. */
  keep(name: string, value: unknown): void;
  /** A line for whoever waits. */
  progress(line: string): void;
  /** Processes that are still running when the benchmark ends. */
  runsOn(pid: number): void;
}
