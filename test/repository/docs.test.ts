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

/** As GitHub makes them of headings; one that is there already gets a number. */
function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>();
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const shown = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
    const words = shown.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
    const anchor = words.replaceAll(' ', '-');
    let unique = anchor;
    for (let times = 1; anchors.has(unique); times++) unique = `${anchor}-${String(times)}`;
    anchors.add(unique);
  }
  for (const [, id = ''] of prose.matchAll(/<a (?:id|name)="([^"]+)">/g)) anchors.add(id);
  return anchors;
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

  it('link only to headings that exist', () => {
    const headings = new Map<string, Set<string>>();
    const anchorsOf = (document: string): Set<string> => {
      const known = headings.get(document) ?? anchorsIn(read(document));
      headings.set(document, known);
      return known;
    };
    const missing = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:)([^)#]*)#([^)\s]+)\)/g)]
        .map(([, file = '', anchor = '']) => ({
          target: file === '' ? document : join(dirname(document), file),
          anchor,
        }))
        .filter(({ target }) => target.endsWith('.md') && existsSync(join(root, target)))
        .filter(({ target, anchor }) => !anchorsOf(target).has(anchor))
        .map(({ target, anchor }) => `${document}: ${target}#${anchor}`),
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

  it('have a heading for each alert to go to', () => {
    const headings = [...read('docs/runbook.md').matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
    const alerts = read('deploy/prometheus/quoll-alerts.yml');
    const named = [...alerts.matchAll(/runbook: docs\/runbook\.md#(\S+)/g)];
    assert.equal(named.length, alerts.match(/- alert:/g)?.length);
    assert.deepEqual(
      named.map(([, anchor = '']) => anchor).filter((anchor) => !headings.includes(anchor)),
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
