import {
  LineCounter,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type YAMLMap,
} from 'yaml';
import type { ConfigEntry } from './config-entry.ts';
import type { Findings } from './findings.ts';
import { serverEntries } from './server-list.ts';

/** Settings that a file may hold, anchors counted as often as they are used: no peer has a tenth of them. */
const entriesMax = 10_000;

/** A list of servers is three deep. */
const depthMax = 4;

/**
 * Reads YAML: nested keys joined by dots, lists by commas, anchors and merges (`<<`) as they were written out. Syntax
 * errors and doubled keys are complaints with their line; keys below `x-…`, for anchors, are nobody's.
 */
export function readYaml(content: string, file: string, findings: Findings): ConfigEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const whereOf = (offset: number): string => `${file}:${String(lines.linePos(offset).line)}`;
  for (const { pos, message } of document.errors) {
    findings.complain(whereOf(pos[0]), message, 'Mend the YAML.');
  }
  const { contents } = document;
  if (document.errors.length > 0 || contents === null) return [];
  if (!isMap(contents)) {
    if (isScalar(contents) && contents.value === null) return [];
    findings.complain(`${file}:1`, 'this is not a list of keys', 'Write key: value, one a line.');
    return [];
  }
  const walk = new Walk(document, findings, whereOf);
  walk.map(contents, [], 0);
  return walk.entries;
}

interface Item {
  readonly key: string;
  readonly value: unknown;
  readonly offset: number;
}

class Walk {
  readonly entries: ConfigEntry[] = [];
  readonly #document: Document;
  readonly #findings: Findings;
  readonly #whereOf: (offset: number) => string;
  #isTooMuch = false;

  constructor(document: Document, findings: Findings, whereOf: (offset: number) => string) {
    this.#document = document;
    this.#findings = findings;
    this.#whereOf = whereOf;
  }

  map(map: YAMLMap, path: readonly string[], offset: number): void {
    for (const { key, value, offset: at } of this.#itemsOf(map, offset, new Set())) {
      if (path.length === 0 && /^x-/.test(key)) continue;
      if (path.length === 0 && (key === 'servers' || key === 'server')) {
        this.#servers(key, value, at);
      } else if (path.length === 0 && /^servers?\.\d+$/.test(key)) {
        const plain = { [key]: this.#plain(value, depthMax) };
        for (const entry of serverEntries(plain, key, () => this.#whereOf(at))) this.#add(entry);
      } else this.#value(value, [...path, key], at);
    }
  }

  /** What is said in the map itself comes before what is merged into it, and of that the first. */
  #itemsOf(map: YAMLMap, offset: number, within: Set<YAMLMap>): Item[] {
    if (within.has(map)) return [];
    within.add(map);
    const own: Item[] = [];
    const merged: Item[] = [];
    for (const pair of map.items) {
      const at = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      if (!isScalar(pair.key)) {
        this.#findings.complain(this.#whereOf(at), 'a key is no text', 'Write key: value.');
        continue;
      }
      const key = String(pair.key.value);
      if (key !== '<<') {
        own.push({ key, value: pair.value, offset: at });
        continue;
      }
      const source = this.#resolved(pair.value);
      for (const each of isSeq(source) ? source.items : [source]) {
        const from = this.#resolved(each);
        if (isMap(from)) merged.push(...this.#itemsOf(from, at, new Set(within)));
        else this.#findings.complain(this.#whereOf(at), 'what << merges is no table', 'Name one.');
      }
    }
    const known = new Set(own.map(({ key }) => key));
    for (const item of merged) {
      if (known.has(item.key)) continue;
      known.add(item.key);
      own.push(item);
    }
    return own;
  }

  #value(written: unknown, path: readonly string[], offset: number): void {
    const node = this.#resolved(written);
    const key = path.join('.');
    if (isMap(node)) this.map(node, path, offset);
    else if (isSeq(node)) {
      const parts = node.items.map((item) => this.#resolved(item));
      const text = parts.map((part) => (isScalar(part) ? String(part.value) : '')).join(',');
      const entry = { key, name: key, text, where: this.#whereOf(offset) };
      const mistake = { problem: `${key} holds more than texts`, fix: 'Write a list of texts.' };
      this.#add(parts.every(isScalar) ? entry : { ...entry, mistake });
    } else if (isScalar<string | number | boolean | null>(node) && node.value !== null) {
      const text = (node.source ?? String(node.value)).trim();
      this.#add({ key, name: key, text, where: this.#whereOf(offset) });
    }
  }

  #servers(name: string, value: unknown, offset: number): void {
    const node = this.#resolved(value);
    const lineOf = (path: readonly (string | number)[]): string => {
      const at: unknown =
        path.length > 0 && (isMap(node) || isSeq(node)) ? node.getIn(path, true) : node;
      return this.#whereOf(isNode(at) && path.length > 0 ? (at.range?.[0] ?? offset) : offset);
    };
    for (const entry of serverEntries(this.#plain(node, depthMax), name, lineOf)) this.#add(entry);
  }

  /** A table of the names and values, merged; undefined for what lies too deep. */
  #plain(written: unknown, depth: number): unknown {
    const node = this.#resolved(written);
    if (depth === 0) return undefined;
    if (isMap(node)) {
      const items = this.#itemsOf(node, 0, new Set());
      return Object.fromEntries(
        items.map(({ key, value }) => [key, this.#plain(value, depth - 1)]),
      );
    }
    if (isSeq(node)) return node.items.map((item) => this.#plain(item, depth - 1));
    return isScalar(node) ? node.value : null;
  }

  #add(entry: ConfigEntry): void {
    if (this.entries.length < entriesMax) this.entries.push(entry);
    else if (!this.#isTooMuch) {
      this.#isTooMuch = true;
      const problem = `the file says more than ${String(entriesMax)} things`;
      this.#findings.complain(entry.where, problem, 'Use its anchors less often.');
    }
  }

  #resolved(node: unknown): unknown {
    let found: unknown = node;
    for (let depth = 0; isAlias(found) && depth < 100; depth++) {
      found = found.resolve(this.#document);
    }
    return found;
  }
}
