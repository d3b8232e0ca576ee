// The types of proto/quoll/v1 for TypeScript, into src/generated. With `--into FOLDER` they go there,
// for a comparison. The options are those that src/frontends/grpc/messages/protocol.ts loads the files with.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './console.mjs';
import { root } from './setup.mjs';

const generator = 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js';
const folder = process.argv[2] === '--into' ? process.argv[3] : join(root, 'src/generated');
if (folder === undefined) throw new Error('--into needs a folder');
// The generator writes the names of its inputs into its output: relative ones are the same everywhere.
process.chdir(root);
const files = readdirSync('proto/quoll/v1').sort();

rmSync(folder, { recursive: true, force: true });
const { code, output } = await run(process.execPath, [
  generator,
  ...['--enums=String', '--defaults', '--oneofs', '--includeComments'],
  ...['--grpcLib=@grpc/grpc-js', '--importFileExtension=.ts', '--targetFileExtension=.ts'],
  ...['-O', folder, '-I', 'proto', '--'],
  ...files.map((file) => `quoll/v1/${file}`),
]);
if (code !== 0) say(output);
// One file for each input, which names everything once more and is of no use to us.
for (const file of files) rmSync(join(folder, file.replace(/proto$/, 'ts')), { force: true });
process.exitCode = code ?? 1;
