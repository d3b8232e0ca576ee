// Fails when openapi/quoll.yaml or proto/ breaks a client of the last release, which baseline/ keeps as text.
// `--renew`, at a release: the baseline becomes what there is now.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { buf } from '../test/support/buf.ts';
import { run, say } from './console.mjs';
import { breakingChanges } from './openapi-diff.ts';

const contract = 'openapi/quoll.yaml';
const contractBaseline = 'baseline/openapi/quoll.yaml';
// A workspace of its own for buf: without its buf.yaml, baseline/ would be a part of the one it is compared with.
const protoConfig = 'buf.yaml';
const protoBaseline = 'baseline/proto';

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
if (process.argv.includes('--renew')) renew();
else {
  const results = [compareContracts(), await lintProtos(), await compareProtos()];
  process.exitCode = results.every(Boolean) ? 0 : 1;
}

function renew(): void {
  mkdirSync(dirname(contractBaseline), { recursive: true });
  cpSync(contract, contractBaseline);
  if (!existsSync(protoConfig)) return;
  rmSync(protoBaseline, { recursive: true, force: true });
  cpSync('proto', protoBaseline, { recursive: true });
  cpSync(protoConfig, join('baseline', protoConfig));
}

function compareContracts(): boolean {
  const read = (file: string): object => parse(readFileSync(file, 'utf8')) as object;
  const breaks = breakingChanges(read(contractBaseline), read(contract));
  for (const each of breaks) say(`${contract}: ${each}`);
  if (breaks.length > 0) {
    say(`These break clients of the last release. Keep what was there beside what is new.`);
  }
  return breaks.length === 0;
}

async function lintProtos(): Promise<boolean> {
  return !existsSync(protoConfig) || runBuf('lint');
}

async function compareProtos(): Promise<boolean> {
  if (!existsSync(protoConfig)) {
    say('proto: not compared, there is none');
    return true;
  }
  if (!existsSync(protoBaseline)) {
    say(`${protoBaseline} is missing. Make it: npm run baseline`);
    return false;
  }
  // Against the folder itself: neither a network nor the history of the repository is needed.
  return runBuf('breaking', '--against', 'baseline');
}

async function runBuf(...args: readonly string[]): Promise<boolean> {
  const { code, output } = await run(process.execPath, [buf, ...args]);
  if (code !== 0) say(output.trimEnd());
  return code === 0;
}
