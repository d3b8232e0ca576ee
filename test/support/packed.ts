import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The package as npm makes it, and an installation of it.

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Packed {
  readonly file: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly paths: readonly string[];
}

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs what is built already. */
export function pack(folder: string): Packed {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [report] = JSON.parse(npm(args, root)) as readonly [PackReport];
  return {
    file: join(folder, report.filename),
    bytes: report.size,
    unpackedBytes: report.unpackedSize,
    paths: report.files.map(({ path }) => path),
  };
}

/** Runs npm to its end, and gives what it printed. */
export function npm(args: readonly string[], cwd: string): string {
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  const { status, stdout, stderr } = spawnSync('npm', [...args, ...quiet], {
    cwd,
    encoding: 'utf8',
    env: { ...headersOfNode(), ...process.env },
    maxBuffer: 1e8,
  });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

/** Node's own headers where the system has them, so that compiling SQLite's binding downloads none. */
export function headersOfNode(): NodeJS.ProcessEnv {
  return existsSync('/usr/include/node') ? { npm_package_config_node_gyp_nodedir: '/usr' } : {};
}
