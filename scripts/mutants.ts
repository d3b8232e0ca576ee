// Mutation test of the protocol: plants one known bug at a time and runs the simulator until a checker objects, or, where
// the list says so, the golden scripts or a file of tests. A mutant that survives says that nothing would find that bug if somebody wrote it
// (brief C4, A19).
//
// Needs a compiled dist/, which it stands in itself (npx tsc). The sources are never touched: the mutants are planted one after the other in one copy
// of dist/, the mutated files compiled anew, and what was there is put back before the next.
import { cpSync, symlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { elapsed, run, say } from './console.mjs';
import type { Edit, Mutant } from './mutant.ts';
import { mutants } from './mutants-list.ts';
import { programArguments } from '../test/support/program/program-arguments.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const usage = `npm run mutants -- [--quick] [--only NAME] [--seeds N] [--seconds S]

Plants one known bug at a time and runs what should find it; a mutant that survives says that nothing would.

  --quick      the few that fall within seconds: what the tests run
  --only NAME  this one
  --seeds N    of the simulator, for each at most (1000)
  --seconds S  for each at most (120)`;

const { values } = programArguments(usage, {
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '120' },
  },
});

/** The text with exactly one match replaced. Anything else means that the list is out of date: fail loudly. */
function replaceOnce(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file}: ${String(parts.length - 1)} matches instead of 1 of:\n${find}`);
  }
  return parts.join(replace);
}

async function compilerOptions(): Promise<ts.CompilerOptions> {
  const text = await readFile('tsconfig.json', 'utf8');
  const { config } = ts.parseConfigFileTextToJson('tsconfig.json', text) as {
    readonly config: { readonly compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // One file alone does not say that it is a module of the package: ES modules, then.
  const modules = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  return { ...options, ...modules, declaration: false, sourceMap: false, incremental: false };
}

/** The files that a mutant changes, as it wants them. */
async function mutated(mutant: Mutant): Promise<ReadonlyMap<string, string>> {
  const changed = new Map<string, string>();
  for (const edit of mutant.edits) {
    const before = changed.get(edit.file) ?? (await readFile(edit.file, 'utf8'));
    changed.set(edit.file, replaceOnce(before, edit));
  }
  return changed;
}

/** What runs of dist/, without its declarations and maps. */
function copyProgram(directory: string): void {
  for (const folder of ['src', 'test']) {
    cpSync(join('dist', folder), join(directory, folder), {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts)$/.test(path),
    });
  }
  cpSync('package.json', join(directory, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
}

/** Gives the work that puts back what was there. */
async function plant(mutant: Mutant, directory: string): Promise<() => void> {
  const options = await compilerOptions();
  const outputs: string[] = [];
  for (const [file, text] of await mutated(mutant)) {
    const { outputText } = ts.transpileModule(text, { compilerOptions: options, fileName: file });
    const output = file.replace(/\.ts$/, '.js');
    outputs.push(output);
    await writeFile(join(directory, output), outputText);
  }
  return () => {
    for (const output of outputs) cpSync(join('dist', output), join(directory, output));
  };
}

/** Who found a bug, and how. */
interface Kill {
  readonly who: string;
  readonly how: string;
}

/** Who killed it, and how; undefined when it survived its budget. */
async function hunt(mutant: Mutant, directory: string) {
  const startedAtMs = Date.now();
  const restore = await plant(mutant, directory);
  const killed = await (mutant.judge === undefined ? bySimulator : byTests)(mutant, directory);
  restore();
  return { killed, took: elapsed(startedAtMs) };
}

async function bySimulator(mutant: Mutant, directory: string): Promise<Kill | undefined> {
  const { code, output } = await run(process.execPath, [
    join(directory, 'test/sim/run.js'),
    ...['--ring', mutant.ring ?? 'core', '--seed', String(mutant.seed ?? 1)],
    ...['--seeds', values.seeds],
    ...['--minutes', String(Number(values.seconds) / 60), '--quiet'],
  ]);
  const found = /^seed (\d+): (.*)$/m.exec(output);
  if (code !== 0 && found === null) throw new Error(`the simulator itself failed:\n${output}`);
  return found === null ? undefined : { who: `seed ${found[1] ?? ''}`, how: found[2] ?? '' };
}

async function byTests({ judge }: Mutant, directory: string): Promise<Kill | undefined> {
  const file = typeof judge === 'object' ? judge.test : 'conversations/conversations.test.ts';
  const { code, output } = await run(process.execPath, [
    join(root, 'node_modules/mocha/bin/mocha.js'),
    join(directory, 'test', file.replace(/\.ts$/, '.js')),
  ]);
  const found = /^ +1\) (.*)$/m.exec(output);
  if (code !== 0 && found === null) throw new Error(`the tests themselves failed:\n${output}`);
  return found === null ? undefined : { who: basename(file), how: found[1] ?? '' };
}

process.chdir(root);
// All of them, also those not chosen: a list that is out of date is found out by the quick run.
for (const mutant of mutants) await mutated(mutant);
const chosen = mutants.filter(
  ({ name, quick }) =>
    (!values.quick || quick === true) && (values.only === undefined || name.includes(values.only)),
);
let survivors = 0;
const directory = await mkdtemp(join(tmpdir(), 'quoll-mutant-'));
try {
  copyProgram(directory);
  for (const mutant of chosen) {
    const { killed, took } = await hunt(mutant, directory);
    if (killed === undefined) survivors++;
    const fate = killed === undefined ? 'SURVIVED' : `killed by ${killed.who}`;
    const how = (killed?.how ?? '').slice(0, 90);
    say(`${mutant.name.padEnd(44)} ${fate.padEnd(24)} ${took.padStart(8)}  ${how}`);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
say(`${String(chosen.length - survivors)} of ${String(chosen.length)} mutants killed`);
process.exitCode = chosen.length > 0 && survivors === 0 ? 0 : 1;
