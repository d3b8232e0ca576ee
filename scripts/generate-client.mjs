// The types of openapi/quoll.yaml for TypeScript, into clients/typescript/schema.ts. `--check`: only says whether what is
// there is what would be written.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { say } from './console.mjs';
import { root } from './setup.mjs';

const file = join(root, 'clients/typescript/schema.ts');
const contract = pathToFileURL(join(root, 'openapi/quoll.yaml'));
// What has a default may be left away.
const types = astToString(await openapiTS(contract, { defaultNonNullable: false }));
const text = `// Written by scripts/generate-client.mjs from openapi/quoll.yaml: change that, and run it again.\n\n${types}`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (text !== readFileSync(file, 'utf8')) {
  say(`clients/typescript/schema.ts is not what openapi/quoll.yaml says. Run: npm run generate`);
  process.exitCode = 1;
}
