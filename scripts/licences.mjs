// The licences of what a bundle took in, to lie beside it.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

/** The folder of the package that a file below node_modules is of. */
const packageOf = (file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)[0];

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(at(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(at(folder))
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => readFileSync(at(folder, file), 'utf8').trim());
  if (texts.length === 0) throw new Error(`${folder} has no licence to copy`);
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

/** One text of the licences of all packages that `files` (paths from the root) are of. */
export function licencesOf(files) {
  const folders = new Set(files.filter((file) => file.includes('node_modules/')).map(packageOf));
  return `${[...folders]
    .sort()
    .map(licenceOf)
    .join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
