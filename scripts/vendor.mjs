// What the package brings of others, made from development dependencies into dist/vendor, with the licences: so those who
// install it run no program of theirs, and get what was tested here.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licencesOf } from './licences.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const copies = (from, to, names) => names.map((name) => [`${from}/${name}`, `${to}/${name}`]);

/**
 * What the page at /docs loads: installing swagger-ui-dist runs a program that reports home.
 * src/frontends/http/reference/reference-files.ts serves the copies.
 */
const swaggerUi = copies('node_modules/swagger-ui-dist', 'dist/vendor/swagger-ui', [
  ...['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png'],
  ...['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt'],
]);

const grpc = 'dist/vendor/grpc';
/** Two folders deep as the code of each library is, all of which look for their definitions in `../../proto`. */
const grpcBundle = `${grpc}/build/src/index.js`;
const grpcLicences = `${grpc}/LICENSES`;
const grpcDefinitions = [
  ...copies('node_modules/grpc-health-check/proto', `${grpc}/proto`, ['health/v1/health.proto']),
  ...copies('node_modules/@grpc/reflection/build/proto', `${grpc}/proto`, [
    'grpc/reflection/v1/reflection.proto',
    'grpc/reflection/v1alpha/reflection.proto',
  ]),
];

const copied = [...swaggerUi, ...grpcDefinitions];

/** The files that `vendor` writes, as paths from the root. */
export const vendored = [...copied.map(([, copy]) => copy), grpcBundle, grpcLicences];

/** Makes one file of scripts/vendor/grpc.ts and what it imports: protobufjs, which they need, runs a program too. */
async function bundleGrpc() {
  // Not there before the dependencies are. In one go: its other ways leave a process running beside this one.
  const { buildSync } = await import('esbuild');
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ['scripts/vendor/grpc.ts'],
    outfile: grpcBundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // Not the libraries' own CommonJS: to find the names that such a file exports, Node would read it twice, in 0.2 s.
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    define: { __dirname: 'import.meta.dirname' },
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(at(grpcLicences), licencesOf(Object.keys(metafile.inputs)));
}

export async function vendor() {
  for (const [original, copy] of copied) {
    mkdirSync(dirname(at(copy)), { recursive: true });
    copyFileSync(at(original), at(copy));
  }
  await bundleGrpc();
}
