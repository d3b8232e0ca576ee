import { readFileSync } from 'node:fs';

/** Gives the version of package.json, the one place that has it. */
export function programVersion(): string {
  // This file is compiled to dist/src/config.
  const file = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
