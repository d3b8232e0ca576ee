import { bracketed } from '../base/bracketed.ts';
import { nearest } from '../base/nearest.ts';
import type { ConfigEntry, Mistake } from './config-entry.ts';
import { configDefaults } from './config.ts';
import { parseHost } from './setting.ts';

// The ensemble, as people write it: one text, a list, a table by id. Whatever form is not understood is a mistake and never
// nothing: a peer that was told of an ensemble and did not see it would found one of its own, and take writes.

/** Finds where a part of the list stands; an empty path is the list as a whole. */
export type WhereOf = (path: readonly (string | number)[]) => string;

const forms =
  '1: host:2888:3888, one server a line; in one line: 1=host:2888:3888,2=host:2888:3888';
const fix = `Write servers as ${forms}.`;

/**
 * Reads what somebody wrote as `servers`, in whichever form: `1=host:2888:3888,2=…` or `server.1=… server.2=…`, a list of
 * those or of `host:2888:3888` (the first is server 1), a list of objects, or a table of id and either. One entry a
 * server, and one for each part that says nothing.
 */
export function serverEntries(value: unknown, name: string, whereOf: WhereOf): ConfigEntry[] {
  const entries = listed(value, { name, whereOf, path: [] });
  return entries.length > 0
    ? entries
    : [mistaken({ name, whereOf, path: [] }, { problem: `${name} names no server`, fix })];
}

interface Place {
  readonly name: string;
  readonly whereOf: WhereOf;
  readonly path: readonly (string | number)[];
}

function listed(value: unknown, place: Place): ConfigEntry[] {
  if (typeof value === 'string') {
    const parts = value.replaceAll(/\s*=\s*/g, '=').split(/[\s,]+/);
    return inOrder(
      parts.filter((part) => part !== ''),
      { ...place, whereOf: () => place.whereOf(place.path) },
    );
  }
  if (Array.isArray(value)) return inOrder(value, place);
  if (isRecord(value)) return byId(value, place);
  return [
    mistaken(place, { problem: `${place.name} is ${wordsOf(value)}, no list of servers`, fix }),
  ];
}

/** Servers without ids are numbered as they come, as long as none has one. */
function inOrder(items: readonly unknown[], place: Place): ConfigEntry[] {
  const isNumbered = items.some((item) => idOf(item) !== undefined || isTable(item));
  return items.flatMap((item, index) => {
    const at = { ...place, path: [...place.path, index] };
    if (isTable(item)) return byId(item, at);
    const id = idOf(item) ?? (isNumbered ? undefined : String(index + 1));
    if (id === undefined) {
      const problem = `${wordsOf(item)} has no id, and others have one`;
      return [mistaken(at, { problem, fix })];
    }
    return [server(id, typeof item === 'string' ? afterId(item) : item, at)];
  });
}

function byId(table: Readonly<Record<string, unknown>>, place: Place): ConfigEntry[] {
  return Object.entries(table).map(([key, value]) => {
    const at = { ...place, path: [...place.path, key] };
    const id = bareId(key);
    const own = isRecord(value) ? idOf(value) : undefined;
    if (own !== undefined && own !== id) {
      return mistaken(at, { problem: `${key} has the id ${own}`, fix: 'Make both say the same.' });
    }
    return server(id, value, at);
  });
}

function server(id: string, value: unknown, place: Place): ConfigEntry {
  const { name, whereOf, path } = place;
  const entry = { key: `servers.${id}`, name: `${name}.${id}`, where: whereOf(path) };
  if (typeof value === 'string') return { ...entry, text: value.trim() };
  if (!isRecord(value)) {
    return mistaken(place, { problem: `server ${id} is ${wordsOf(value)}, no address`, fix });
  }
  const line = lineOf(value);
  return typeof line === 'string' ? { ...entry, text: line } : mistaken(place, line);
}

/** What people call the fields of a server. */
const fieldNames = new Map(
  Object.entries({
    id: ['id', 'serverid', 'myid'],
    host: ['host', 'hostname', 'address', 'addr', 'ip'],
    quorumPort: ['quorumport', 'peerport', 'followerport', 'port'],
    electionPort: ['electionport', 'leaderelectionport', 'leaderport'],
    role: ['role', 'type', 'peertype'],
    clientPort: ['clientport'],
    clientHost: ['clienthost', 'clientportaddress', 'clientaddress'],
  }).flatMap(([field, names]) => names.map((word) => [word, field])),
);
const fieldWords = ['host', 'quorumPort', 'electionPort', 'role', 'clientPort', 'clientHost'];

/** The server line of an object, still unchecked. */
function lineOf(object: Readonly<Record<string, unknown>>): string | Mistake {
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(object)) {
    const field = fieldNames.get(key.toLowerCase().replaceAll(/[-_]/g, ''));
    if (field === undefined) {
      const close = nearest(key, fieldWords);
      return {
        problem: `a server has no ${key}`,
        fix: close === undefined ? `It has ${fieldWords.join(', ')}.` : `Did you mean ${close}?`,
      };
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      return { problem: `${key} is ${wordsOf(value)}`, fix: 'Write a text or a number.' };
    }
    fields[field] = String(value).trim();
  }
  const { host, role, clientPort, clientHost } = fields;
  if (host === undefined || host === '') {
    return { problem: 'a server has no host', fix: 'Write host: its name or address.' };
  }
  const isBare = parseHost(host) !== undefined;
  const ports = [
    fields['quorumPort'] ?? String(configDefaults.quorumPort),
    fields['electionPort'] ?? String(configDefaults.electionPort),
  ];
  const address = isBare ? [bracketed(host), ...ports].join(':') : host;
  const client = [clientHost === undefined ? [] : bracketed(clientHost), clientPort ?? []].flat();
  return (
    address +
    (role === undefined ? '' : `:${role}`) +
    (client.length > 0 ? `;${client.join(':')}` : '')
  );
}

const idBefore = /^\s*([^=\s]+)\s*=/;

function idOf(item: unknown): string | undefined {
  if (typeof item === 'string') {
    const [, id] = idBefore.exec(item) ?? [];
    return id === undefined ? undefined : bareId(id);
  }
  if (!isRecord(item)) return undefined;
  const [, id] =
    Object.entries(item).find(([key]) => fieldNames.get(key.toLowerCase()) === 'id') ?? [];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

const afterId = (text: string): string => text.replace(idBefore, '').trim();

/** `server.1` and `1` are the same one. */
const bareId = (key: string): string => key.replace(/^servers?\./, '');

/** `{ 1: host:2888:3888 }`, as one item of a list. */
function isTable(item: unknown): item is Readonly<Record<string, unknown>> {
  if (!isRecord(item)) return false;
  const keys = Object.keys(item);
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(bareId(key)));
}

function mistaken({ name, whereOf, path }: Place, mistake: Mistake): ConfigEntry {
  return { key: 'servers.', name, text: '', where: whereOf(path), mistake };
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `"${typeof value === 'string' ? value : JSON.stringify(value)}"`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const wordsForServers = [
  ...['servers', 'peers', 'members', 'nodes', 'hosts', 'voters', 'observers', 'participants'],
  ...['server', 'ensemble', 'cluster', 'initialcluster', 'zooservers', 'quorum'],
];

/**
 * Says whether somebody who wrote this key, which nobody knows, meant the ensemble by it: `Servers`, `sevrers`,
 * `quoll.servers`, `http.servers`, `SERVER_1`.
 */
export function meansServers(key: string): boolean {
  const parts = key
    .toLowerCase()
    .replace(/^quoll[._]/, '')
    .split(/[._]/);
  const first = (parts[0] ?? '').replaceAll(/[-\d]/g, '');
  return (
    wordsForServers.includes(first) ||
    parts.some((part) => /^servers?\d*$/.test(part)) ||
    nearest(first, ['servers', 'server']) !== undefined
  );
}
