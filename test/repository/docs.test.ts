import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  exportedName,
  metricTable,
  type MetricName,
} from '../../src/adapters/system/metric-table.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const skipped = new Set(['node_modules', 'dist', 'coverage', 'data', '.git']);

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

describe('the documents', () => {
  const documents = filesBelow('.', '.md');

  it('are there', () => {
    for (const file of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
      assert.ok(documents.includes(file), file);
    }
  });

  it('name only files that exist', () => {
    const named = /(?<![\w/.-])(?:src|test|scripts|docs|openapi)\/[\w./-]*\w/g;
    const missing = documents.flatMap((document) =>
      (read(document).match(named) ?? [])
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${document}: ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  it('name, in a DESIGN.md, only files of their own folder', () => {
    // A file or a folder, `../` before it where it is a neighbour's. The test above has those that begin at the root.
    const named =
      /`(?!(?:src|test|scripts|docs|openapi)\/)((?:\.\.\/)*(?:[a-z][a-z-]*\/)*(?:[a-z][a-z-]*(?:\/|\.ts)))`/g;
    const missing = documents
      .filter((document) => document.endsWith('DESIGN.md'))
      .flatMap((document) =>
        [...read(document).matchAll(named)]
          .map(([, name = '']) => join(dirname(document), name))
          .filter((path) => !existsSync(join(root, path)))
          .map((path) => `${document}: ${path}`),
      );
    assert.deepEqual(missing, []);
  });

  it('link only to what exists', () => {
    const missing = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target = '']) => join(dirname(document), target))
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${document}: ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  it('give a reason for every dependency, and for no other', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const [, section = ''] = read('CONTRIBUTING.md').split('## Dependencies');
    const reasons = [...section.matchAll(/^\| `([^`]+)` +\| +(\S.*?) +\|$/gm)].map(
      ([, name = '']) => name,
    );
    const wanted = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    assert.deepEqual(reasons.toSorted(), wanted.toSorted());
  });

  it('explain every metric', () => {
    const runbook = read('docs/runbook.md');
    const names = (Object.keys(metricTable) as MetricName[]).map(exportedName);
    assert.deepEqual(
      names.filter((name) => !runbook.includes(`\`${name}\``)),
      [],
    );
  });

  it('explain every event of the log', () => {
    const runbook = read('docs/runbook.md');
    const sources = filesBelow('src', '.ts').map(read).join('\n');
    const logged = [...sources.matchAll(/\.log\(\s*'(?:debug|info|warn|error)',\s*'(\w+)'/g)];
    const links = [...sources.matchAll(/\.complain\('(\w+)'/g)];
    const zab = [...read('src/zab/ready.ts').matchAll(/readonly event: '(\w+)'/g)];
    const events = [...logged, ...links, ...zab].map(([, name = '']) => name);
    assert.ok(events.length > 25, `only ${String(events.length)} were found`);
    assert.deepEqual(
      events.filter((event) => !runbook.includes(`\`${event}\``)),
      [],
    );
  });

  it('show only commands that there are', () => {
    const help = execFileSync(process.execPath, [join(root, 'dist/program/main.js'), '--help'], {
      encoding: 'utf8',
    });
    const commands = [...help.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name);
    const used = documents.flatMap((document) =>
      [...read(document).matchAll(/(?:^|[`$] ?)quoll ([a-z]+(?:-[a-z]+)*)/gm)].map(
        ([, name = '']) => name,
      ),
    );
    assert.ok(used.length > 10);
    assert.deepEqual(
      used.filter((name) => !commands.includes(name)),
      [],
    );
  });
});
