import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Lock {
  readonly packages: Readonly<Record<string, { dev?: boolean; hasInstallScript?: boolean }>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(`${root}${file}`, 'utf8'));

describe('the published package', () => {
  it('brings no program that runs when it is installed, but for two that are known', () => {
    const { packages } = read('package-lock.json') as Lock;
    const withScripts = Object.entries(packages)
      .filter(([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    assert.deepEqual(withScripts.toSorted(), [
      // Compiles SQLite, or fetches what was compiled.
      'better-sqlite3',
      // Compares two version numbers and asks nobody. @grpc/grpc-js needs it, by way of @grpc/proto-loader.
      'protobufjs',
    ]);
  });

  it('holds what the page of the API reference loads, with its licences', () => {
    const { files } = read('package.json') as { readonly files: readonly string[] };
    assert.ok(files.includes('dist/vendor'));
    for (const file of ['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'LICENSE']) {
      assert.ok(existsSync(`${root}dist/vendor/swagger-ui/${file}`), file);
    }
  });
});
