/** What one work cost at each size, in µs. */
export interface GrowthRow {
  readonly what: string;
  readonly us: readonly number[];
  readonly growsWithSize: boolean;
  /** Growth below this is chance. */
  readonly noiseUs?: number;
}

/** Per tenfold, beyond what the work itself must grow by. */
const bendMin = 1.3;

export interface Bend {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly ratio: number;
}

/** Where a cost grows by more than that. */
export function bendsOf(rows: readonly GrowthRow[], sizes: readonly number[]): Bend[] {
  const bends: Bend[] = [];
  for (const row of rows) {
    for (let at = 1; at < sizes.length; at++) {
      if (!bendsAt(row, sizes, at)) continue;
      const [from = 0, to = 0] = [sizes[at - 1], sizes[at]];
      bends.push({ what: row.what, from, to, ratio: ratioAt(row, at) });
    }
  }
  return bends;
}

/** In Markdown: each cost, and by how many times the one before it; bold where it bends. */
export function growthTable(
  name: string,
  sizes: readonly number[],
  rows: readonly GrowthRow[],
): string {
  const head = ['µs each', ...sizes.map((size) => `${size.toLocaleString('en-US')} ${name}`)];
  const lines = rows.map((row) => [
    row.what,
    ...row.us.map((us, at) => {
      if (at === 0) return shown(us);
      const times = ratioAt(row, at);
      if (!Number.isFinite(times)) return shown(us);
      const ratio = `×${times >= 10 ? times.toFixed(0) : times.toPrecision(2)}`;
      return `${shown(us)} (${bendsAt(row, sizes, at) ? `**${ratio}**` : ratio})`;
    }),
  ]);
  const rule = head.map(() => '---');
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function ratioAt({ us }: GrowthRow, at: number): number {
  return (us[at] ?? Number.NaN) / (us[at - 1] ?? Number.NaN);
}

function bendsAt(row: GrowthRow, sizes: readonly number[], at: number): boolean {
  const grown = (sizes[at] ?? 1) / (sizes[at - 1] ?? 1);
  const allowed = bendMin ** Math.log10(grown) * (row.growsWithSize ? grown : 1);
  const more = (row.us[at] ?? 0) - (row.us[at - 1] ?? 0);
  const times = ratioAt(row, at);
  return Number.isFinite(times) && times > allowed && more > (row.noiseUs ?? 0);
}

function shown(us: number): string {
  return us >= 100 ? Math.round(us).toLocaleString('en-US') : us.toPrecision(2);
}
