import { LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Findings } from './findings.ts';
import { flagOf, settingKeys, variableOf } from './settings.ts';
import { nearest } from '../base/nearest.ts';

/** One thing that somebody wrote down, still as text. */
export interface ConfigEntry {
  /** Of the settings table, or `servers.N`. */
  readonly key: string;
  /** As it was written. */
  readonly name: string;
  readonly text: string;
  readonly where: string;
}

/**
 * Reads Java properties, as ZooKeeper reads a zoo.cfg; `key` is the name as written. A line may go on after a
 * backslash.
 */
export function readProperties(content: string, file: string, findings: Findings): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  const firstSeen = new Map<string, string>();
  let carried = '';
  content.split(/\r?\n/).forEach((line, index) => {
    const whole = carried + line.trim();
    carried = /(^|[^\\])(\\\\)*\\$/.test(whole) ? whole.slice(0, -1) : '';
    if (carried !== '' || whole === '' || whole.startsWith('#') || whole.startsWith('!')) return;
    const where = `${file}:${String(index + 1)}`;
    const [, key = whole, value = ''] = /^([^=:\s]+)\s*[=:\s]\s*(.*)$/.exec(whole) ?? [];
    const earlier = firstSeen.get(key);
    if (earlier !== undefined) {
      findings.warn(where, `${key} stands in ${earlier} too; this one counts`);
    }
    firstSeen.set(key, where);
    entries.push({ key, name: key, text: value, where });
  });
  return entries;
}

/**
 * Reads YAML. Nested keys are joined by dots, lists by commas. Syntax errors and doubled keys are complaints with their
 * line.
 */
export function readYaml(content: string, file: string, findings: Findings): ConfigEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const whereOf = (offset: number): string => `${file}:${String(lines.linePos(offset).line)}`;
  for (const { pos, message } of document.errors) {
    findings.complain(whereOf(pos[0]), message, 'Mend the YAML.');
  }
  const entries: ConfigEntry[] = [];
  const walk = (node: unknown, path: readonly string[], offset: number): void => {
    const key = path.join('.');
    if (isMap(node)) {
      for (const pair of node.items) {
        if (!isScalar(pair.key)) continue;
        walk(pair.value, [...path, String(pair.key.value)], pair.key.range?.[0] ?? offset);
      }
    } else if (isSeq(node)) {
      const parts = node.items.map((item) => (isScalar(item) ? String(item.value) : ''));
      entries.push({ key, name: key, text: parts.join(','), where: whereOf(offset) });
    } else if (isScalar<string | number | boolean | null>(node) && node.value !== null) {
      const text = node.source ?? String(node.value);
      entries.push({ key, name: key, text: text.trim(), where: whereOf(offset) });
    }
  };
  if (document.contents !== null && !isMap(document.contents)) {
    findings.complain(`${file}:1`, 'this is not a list of keys', 'Write key: value, one a line.');
  } else walk(document.contents, [], 0);
  return entries;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Read elsewhere: by the client commands and by the command line itself. */
const otherVariables = ['QUOLL_URL', 'QUOLL_SESSION', 'QUOLL_CONFIG'];

export function readEnvironment(environment: Environment, findings: Findings): ConfigEntry[] {
  const keys = new Map(settingKeys.map((key) => [variableOf(key), key as string]));
  const known = [...keys.keys(), 'QUOLL_SERVERS', ...otherVariables];
  return Object.entries(environment).flatMap(([name, text = '']) => {
    if (!name.startsWith('QUOLL_') || otherVariables.includes(name)) return [];
    if (name === 'QUOLL_SERVERS') return serverList(text, name, findings);
    const key = keys.get(name);
    if (key !== undefined) return [{ key, name, text, where: name }];
    findings.warn(name, `unknown and without effect${didYouMean(nearest(name, known))}`);
    return [];
  });
}

/** Reads the flags of the command line, by setting key, plus `servers`. */
export function readCommandLine(flags: Environment, findings: Findings): ConfigEntry[] {
  return Object.entries(flags).flatMap(([key, text]) => {
    const name = `--${flagOf(key)}`;
    if (text === undefined) return [];
    if (key === 'servers') return serverList(text, name, findings);
    return [{ key, name, text, where: name }];
  });
}

/** `1=host:2888:3888,2=…`, for the places where one line must do. */
function serverList(text: string, where: string, findings: Findings): ConfigEntry[] {
  return text.split(',').flatMap((part) => {
    const [, id, line] = /^\s*([^=\s]+)=(\S+)\s*$/.exec(part) ?? [];
    if (id !== undefined && line !== undefined) {
      return [{ key: `servers.${id}`, name: where, text: line, where }];
    }
    findings.complain(
      where,
      `"${part}" is not a server`,
      'Write 1=host:2888:3888,2=host:2888:3888',
    );
    return [];
  });
}

export function didYouMean(word: string | undefined): string {
  return word === undefined ? '' : `; did you mean ${word}?`;
}
