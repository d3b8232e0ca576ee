import { comparisonOf, type Row } from './row.ts';

const labelWidth = 240;
const plotWidth = 470;
const width = labelWidth + plotWidth + 20;
const rowHeight = 20;
const top = 62;
const headHeight = 30;
/** Ratios that the axis reaches from and to; it is logarithmic, so that twice as fast is as far as half as fast. */
const least = 0.125;
const most = 8;
const ticks = [0.125, 0.25, 0.5, 1, 2, 4, 8];

/** Bars of ratios, from the line where both are equally fast: to the right where Quoll is faster. */
export function drawRatios(rows: readonly Row[]): string {
  const drawn = rows.filter((row) => comparisonOf(row) !== undefined);
  const parts: string[] = [];
  let y = top;
  for (const peers of [1, 3]) {
    const own = drawn.filter((row) => row.peers === peers);
    if (own.length === 0) continue;
    y += headHeight;
    parts.push(
      text(8, y - 9, `${String(peers)} ${peers === 1 ? 'peer' : 'peers'}`, 'class="head"'),
    );
    for (const row of own) {
      parts.push(drawRow(row, y));
      y += rowHeight;
    }
  }
  const height = y + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}" role="img">`,
    '<title>Rates of Quoll, as ratios of those of ZooKeeper and etcd</title>',
    '<style>',
    'text { font: 12px sans-serif; fill: #222 } .head { font-weight: bold } .small { font-size: 11px; fill: #555 }',
    '.ahead { fill: #2f7d4f } .behind { fill: #b4532a } .disturbed { opacity: 0.45 }',
    '.grid { stroke: #ddd } .one { stroke: #222 } .aim { stroke: #222; stroke-width: 2 }',
    '</style>',
    `<rect width="${String(width)}" height="${String(height)}" fill="#fff"/>`,
    text(8, 18, 'Rate of Quoll / rate of the rival, in the same run', 'class="head"'),
    text(
      8,
      36,
      'Black marks are aims; pale bars were measured while others disturbed.',
      'class="small"',
    ),
    ...ticks.map((tick) => drawTick(tick, y)),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function drawTick(ratio: number, bottom: number): string {
  const x = xOf(ratio);
  const line = `<line x1="${x}" y1="${String(top)}" x2="${x}" y2="${String(bottom)}" class="${ratio === 1 ? 'one' : 'grid'}"/>`;
  const label = ratio < 1 ? `1/${String(1 / ratio)}` : String(ratio);
  return `${line}${text(x, top - 5, label, 'class="small" text-anchor="middle"')}`;
}

function drawRow(row: Row, y: number): string {
  const other = comparisonOf(row);
  if (other === undefined) return '';
  const [one, end] = [Number(xOf(1)), Number(xOf(other.ratio))];
  const isAhead = other.ratio >= 1;
  const classes = `${isAhead ? 'ahead' : 'behind'}${row.disturbed ? ' disturbed' : ''}`;
  const bar =
    `<rect x="${Math.min(one, end).toFixed(1)}" y="${String(y + 3)}" width="${Math.abs(end - one).toFixed(1)}" ` +
    `height="${String(rowHeight - 6)}" class="${classes}"/>`;
  const label = text(
    labelWidth - 8,
    y + 14,
    `${row.work} ${row.concurrency}, ${other.rival}`,
    'text-anchor="end"',
  );
  const anchor = isAhead ? 'start' : 'end';
  const valueAt = (isAhead ? end + 5 : end - 5).toFixed(1);
  const value = text(
    valueAt,
    y + 14,
    other.ratio.toFixed(2),
    `class="small" text-anchor="${anchor}"`,
  );
  return `${bar}${label}${value}${drawAim(row.aim, y)}`;
}

function drawAim(aim: number | null, y: number): string {
  if (aim === null) return '';
  const x = xOf(aim);
  return `<line x1="${x}" y1="${String(y + 1)}" x2="${x}" y2="${String(y + rowHeight - 1)}" class="aim"/>`;
}

function xOf(ratio: number): string {
  const shown = Math.min(most, Math.max(least, ratio));
  const part = Math.log(shown / least) / Math.log(most / least);
  return (labelWidth + part * plotWidth).toFixed(1);
}

function text(x: number | string, y: number, content: string, attributes: string): string {
  return `<text x="${String(x)}" y="${String(y)}" ${attributes}>${content}</text>`;
}
