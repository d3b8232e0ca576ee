// The types of proto/quoll/v1 for TypeScript, into src/generated: one file for each .proto. With `--into FOLDER` they go
// there, for a comparison. The options are those that src/frontends/grpc/messages/protocol.ts loads the files with.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './console.mjs';
import { root } from './setup.mjs';

const generator = 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js';
const home = 'quoll/v1';

/** What the generator writes for each message, enum and service: a file of its own, too many to look at. */
async function generatedTexts() {
  const folder = mkdtempSync(join(tmpdir(), 'quoll-proto-'));
  try {
    const { code, output } = await run(process.execPath, [
      generator,
      ...['--enums=String', '--defaults', '--oneofs', '--includeComments'],
      ...['--grpcLib=@grpc/grpc-js', '--importFileExtension=.ts', '--targetFileExtension=.ts'],
      ...['-O', folder, '-I', 'proto', '--'],
      ...readdirSync(join('proto', home)).map((file) => `${home}/${file}`),
    ]);
    if (code !== 0) throw new Error(`the generator failed:\n${output}`);
    const files = readdirSync(join(folder, home)).sort();
    return files.map((file) => readFileSync(join(folder, home, file), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One generated text in parts: which .proto it is of, what it declares and uses, its imports from packages, its body. */
function partsOf(text) {
  const [, proto] = /^\/\/ Original file: proto\/quoll\/v1\/(\w+)\.proto\n/.exec(text);
  const imports = text.match(/^import .*$/gm) ?? [];
  const body = text
    .replace(/^(\/\/ Original file:|import) .*\n/gm, '')
    // What a client would call and a server implement: the door needs the definitions of the services alone.
    .replace(/(\/\*\*\n( \*.*\n)+)?export interface \w+ extends grpc\.(Client|Unt)[^]*?\n}\n/g, '')
    .replace(/\b_quoll_v1_/g, '')
    .trim();
  return {
    proto,
    declared: [...body.matchAll(/^export \w+ (\w+)/gm)].map(([, name]) => name),
    used: [...text.matchAll(/(\w+) as _quoll_v1_/g)].map(([, name]) => name),
    packages: imports
      .filter((line) => !line.includes('_quoll_v1_'))
      .map((line) => line.replace(/;?$/, ';')),
    body,
  };
}

/** What the parts of one .proto make together, with the imports that are left to do. */
function merged(proto, parts, homeOf) {
  const used = [...new Set(parts.flatMap((part) => part.used))].sort();
  const others = new Set(used.map((name) => homeOf.get(name)).filter((other) => other !== proto));
  const imports = [
    ...new Set(parts.flatMap(({ packages }) => packages).sort()),
    ...[...others].sort().map((other) => {
      const names = used.filter((name) => homeOf.get(name) === other);
      return `import type {\n${names.map((name) => `  ${name},\n`).join('')}} from './${other}.ts';`;
    }),
  ];
  return [
    `// Written by scripts/generate-proto.mjs from proto/${home}/${proto}.proto: change that, and run it again.`,
    imports.join('\n'),
    ...parts.map(({ body }) => body),
  ].join('\n\n');
}

const [option, into] = process.argv.slice(2);
if (option === '--into' && into === undefined) throw new Error('--into needs a folder');
// The generator writes the names of its inputs into its output: relative ones are the same everywhere.
process.chdir(root);
const parts = (await generatedTexts()).map(partsOf);
const homeOf = new Map(parts.flatMap((part) => part.declared.map((name) => [name, part.proto])));
const folder = join(into ?? 'src/generated', home);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const proto of new Set(homeOf.values())) {
  const own = parts.filter((part) => part.proto === proto);
  writeFileSync(join(folder, `${proto}.ts`), `${merged(proto, own, homeOf)}\n`);
}
