// The pages of docs/ that are made of the code's own tables.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { say } from './console.mjs';

/** Writes a page; with `--check` it only says whether it is as it would be written. Paths are below the clone's root. */
export function renewPage(page: string, document: () => string): void {
  process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
  const written = document();
  if (!process.argv.includes('--check')) writeFileSync(page, written);
  else if (readFileSync(page, 'utf8') !== written) {
    say(`${page} is not what the code says: npm run generate`);
    process.exitCode = 1;
  }
}

/** Gives the lines of a table, whose rows are lines already. */
export function table(head: readonly string[], rows: readonly string[]): string[] {
  return [row(head), row(head.map(() => '---')), ...rows];
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}
