// Mutation test of the protocol: plants one known bug at a time and runs the simulator until a checker objects.
// A mutant that survives says that the simulator would not find that bug if somebody wrote it (brief C4, A19).
//
// node scripts/mutants.mjs [--quick] [--only NAME] [--seeds N] [--seconds S]
//   --quick    the few that fall within seconds: what the tests run
// Needs a compiled dist/ (npx tsc). The sources are never touched: each mutant is a copy of dist/ with the mutated files
// compiled anew.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { elapsed, run, say } from './console.mjs';
import { mutants } from './mutants-list.mjs';
import { root } from './setup.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '120' },
  },
});

/** The text with exactly one match replaced. Anything else means that the list is out of date: fail loudly. */
function replaceOnce(text, { file, find, replace }) {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file}: ${String(parts.length - 1)} matches instead of 1 of:\n${find}`);
  }
  return parts.join(replace);
}

async function compilerOptions() {
  const { config } = ts.parseConfigFileTextToJson(
    'tsconfig.json',
    await readFile('tsconfig.json', 'utf8'),
  );
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // One file alone does not say that it is a module of the package: ES modules, then.
  const modules = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  return { ...options, ...modules, declaration: false, sourceMap: false, incremental: false };
}

async function plant(mutant, directory) {
  await cp('dist/src', join(directory, 'src'), { recursive: true });
  await cp('dist/test/sim', join(directory, 'test/sim'), { recursive: true });
  await cp('package.json', join(directory, 'package.json'));
  const changed = new Map();
  for (const edit of mutant.edits) {
    const before = changed.get(edit.file) ?? (await readFile(edit.file, 'utf8'));
    changed.set(edit.file, replaceOnce(before, edit));
  }
  const options = await compilerOptions();
  for (const [file, text] of changed) {
    const { outputText } = ts.transpileModule(text, { compilerOptions: options, fileName: file });
    await writeFile(join(directory, file.replace(/\.ts$/, '.js')), outputText);
  }
}

/** `killed: undefined` means that it survived its budget. */
async function hunt(mutant) {
  const directory = await mkdtemp(join(tmpdir(), 'quoll-mutant-'));
  const startedAtMs = Date.now();
  try {
    await plant(mutant, directory);
    const minutes = String(Number(values.seconds) / 60);
    const ring = mutant.ring ?? 'core';
    const args = [
      '--ring',
      ring,
      '--seed',
      '1',
      '--seeds',
      values.seeds,
      '--minutes',
      minutes,
      '--quiet',
    ];
    const { code, output } = await run(process.execPath, [
      join(directory, 'test/sim/run.js'),
      ...args,
    ]);
    const killed = /^seed (\d+): (.*)$/m.exec(output);
    if (code !== 0 && killed === null) throw new Error(`the simulator itself failed:\n${output}`);
    return { seed: killed?.[1], by: killed?.[2], took: elapsed(startedAtMs) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

process.chdir(root);
const chosen = mutants.filter(
  ({ name, quick }) =>
    (!values.quick || quick === true) && (values.only === undefined || name.includes(values.only)),
);
let survivors = 0;
for (const mutant of chosen) {
  const { seed, by, took } = await hunt(mutant);
  if (seed === undefined) survivors++;
  const fate = seed === undefined ? 'SURVIVED' : `killed by seed ${seed}`;
  say(
    `${mutant.name.padEnd(44)} ${fate.padEnd(22)} ${took.padStart(8)}  ${(by ?? '').slice(0, 90)}`,
  );
}
say(`${String(chosen.length - survivors)} of ${String(chosen.length)} mutants killed`);
process.exitCode = chosen.length > 0 && survivors === 0 ? 0 : 1;
