// Writes docs/limits.md from what the code says of its limits: its tables, and the comments of its constants. `--check`: only
// says whether the page is as it would be written.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { budgetKinds, defaultBudget } from '../src/model/budget.ts';
import { defaults } from '../src/model/defaults.ts';
import { budgetTable, limitTable } from '../src/model/limit-table.ts';
import { defaultLimits, type Limits } from '../src/model/limits.ts';
import { number, renewPage, row, table } from './generated-page.ts';

renewPage('docs/limits.md', document);

function document(): string {
  const limits = Object.entries(limitTable).map(([name, { about, beyond, gauge }]) =>
    row([
      `\`limits.${name}\``,
      number(defaultLimits[name as keyof Limits]),
      about,
      beyond,
      metric(gauge),
    ]),
  );
  const budgets = budgetKinds.map((kind) => {
    const { about, beyond, gauge } = budgetTable[kind];
    const { each, all } = defaultBudget[kind];
    const names = `\`budget.${kind}Each\`, \`…All\``;
    return row([names, `${number(each)}; ${number(all)}`, about, beyond, metric(gauge)]);
  });
  return [
    '# Limits',
    '',
    'Every bound that Quoll has by name, with its default and what happens beyond it. `npm run generate` makes this page of the code; a check holds it. Settings stand as in a YAML file; [the README](../README.md) says how a zoo.cfg, the environment and flags spell them.',
    '',
    '## What clients may ask for',
    '',
    'The same on every peer and every door. `GET /v1/info` shows them.',
    '',
    ...table(['setting', 'default', 'of what', 'beyond', 'gauge'], limits),
    '',
    '## What a peer keeps for its clients',
    '',
    'Counted on each peer: for one address (for what the service keeps, one principal), and for all of them. Small answers do not count, so that whoever asks for little never waits behind one who asks for much.',
    '',
    ...table(['setting', 'default: each; all', 'of what', 'beyond', 'gauge'], budgets),
    '',
    '## What a peer keeps for itself',
    '',
    ...table(
      ['setting', 'default', 'of what', 'beyond', 'gauge'],
      [
        row([
          '`retention.keepBytesMax`',
          number(defaults.keepBytesMax),
          'bytes of the log',
          'the log forgets its oldest txns; watches that would resume from them are told `lost`',
          metric('log_cap_reached'),
        ]),
        row([
          '`disk.freeBytesMin`',
          number(defaults.freeBytesMin),
          'bytes free on the disk; an eighth of it where that is less, unless it is said',
          'the leader takes no writes of clients; below a quarter of it, no sessions either',
          metric('disk_free_bytes'),
        ]),
        row([
          '`zookeeper.connectionsMax`',
          '20,000',
          'connections to the ZooKeeper door',
          'closed as they come',
          '',
        ]),
      ],
    ),
    '',
    '## Fixed',
    '',
    'What the code bounds with a number of its own, by file. The words are those of the code.',
    '',
    ...table(['name', 'value', 'what it is', 'where'], constants().map(row)),
    '',
  ].join('\n');
}

function metric(name: string | undefined): string {
  return name === undefined || name === '' ? '' : `\`quoll_${name}\``;
}

/** Constants whose name ends in Max (or has it before a unit), with a comment, in the order of the files. */
function constants(): string[][] {
  const found: string[][] = [];
  for (const file of filesBelow('src')) {
    const text = readFileSync(file, 'utf8');
    const declared = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?(?:export )?const (\w+Max) = ([^;]+);/g;
    for (const [, comment, name = '', expression = ''] of text.matchAll(declared)) {
      if (comment === undefined) continue;
      found.push([`\`${name}\``, valueOf(expression), words(comment), `\`${file.slice(4)}\``]);
    }
  }
  return found;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/^src\/(generated|cli)\//.test(file))
    .toSorted();
}

/** Of numbers that are multiplied or raised; anything else as it is written. */
function valueOf(expression: string): string {
  const terms = expression.replaceAll('_', '').split(/\s*(\*\*|[*-])\s*/);
  if (!terms.every((term) => /^(?:\d+|\*\*|[*-])$/.test(term))) return `\`${expression}\``;
  let value = Number(terms[0]);
  for (let index = 1; index < terms.length; index += 2) {
    const next = Number(terms[index + 1]);
    if (terms[index] === '*') value *= next;
    else if (terms[index] === '-') value -= next;
    else value **= next;
  }
  return number(value);
}

function words(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, '').trim())
    .join(' ')
    .trim()
    .replaceAll('|', '\\|');
}
