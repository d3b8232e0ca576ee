import { readFileSync } from 'node:fs';

/** Of the package that this file was built into: two folders above `dist/src`. */
export const packageVersion: string = (() => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
})();
