import { unreachable } from '../base/assert.ts';
import { MalformedBytes, fromUtf8 } from '../base/bytes.ts';
import type { LogEntry } from '../model/log-entry.ts';
import { decodeMembership, type Membership } from '../model/membership.ts';
import type { Change, OwnedKind, Txn } from '../model/txn.ts';
import { txnCodec } from '../wire/txn-codec.ts';

// Entries of the log and data of znodes, each on one line, for people.

const shownCharacters = 60;

/** Describes an entry: `create /a "hello"; set /b to version 3`, or who may vote from here on. */
export function describeEntry({ kind, payload }: LogEntry): string {
  try {
    if (kind === 'txn') return describeTxn(txnCodec.decode(payload));
    const voters = describeVoters(decodeMembership(payload));
    return kind === 'epochStart' ? `epoch begins, voters ${voters}` : `voters become ${voters}`;
  } catch (error) {
    if (error instanceof MalformedBytes) return `cannot be read: ${error.message}`;
    throw error;
  }
}

/** Describes voters: ids, with the beginning of the identity each is bound to. */
export function describeVoters({ voters }: Membership): string {
  return voters
    .map(({ id, nonce }) => `${String(id)} (${nonce === '' ? 'nobody yet' : nonce.slice(0, 8)})`)
    .join(', ');
}

/** Describes data: text as text, anything else by its size. */
export function describeData(data: Uint8Array | null): string {
  if (data === null) return 'no data';
  const bytes = data.length === 1 ? '1 byte' : `${String(data.length)} bytes`;
  let text: string;
  try {
    text = fromUtf8(data);
  } catch {
    return bytes;
  }
  // JSON's escapes keep control characters off the terminal.
  return text.length <= shownCharacters
    ? JSON.stringify(text).replace(/[\u007f-\u009f]/g, '?')
    : bytes;
}

function describeTxn({ timeMs, changes, session, branch, idempotency }: Txn): string {
  const parts = [new Date(timeMs).toISOString(), changes.map(describeChange).join('; ')];
  if (branch === 'orElse') parts.push('(by else)');
  const isNamed = changes.some((change) => 'session' in change);
  if (session !== undefined && !isNamed) parts.push(`(session ${session})`);
  if (idempotency !== undefined) parts.push(`(key ${JSON.stringify(idempotency.key)})`);
  return parts.join('  ');
}

function describeChange(change: Change): string {
  switch (change.change) {
    case 'create':
      return `create ${change.path}${describeKind(change.owned)} ${describeData(change.data)}`;
    case 'set':
      return `set ${change.path} to version ${String(change.stat.version)} ${describeData(change.data)}`;
    case 'delete':
      return `delete ${change.path}`;
    case 'setAcl':
      return `set the ACL of ${change.path}`;
    case 'check':
      return `check ${change.path}`;
    case 'createSession':
      return `open session ${change.session}, timeout ${String(change.timeoutMs)} ms`;
    case 'moveSession':
      return `move session ${change.session}`;
    case 'closeSession':
      return `session ${change.session} ${change.reason}`;
    default:
      return unreachable(change);
  }
}

function describeKind(owned: OwnedKind): string {
  switch (owned.kind) {
    case 'persistent':
      return '';
    case 'container':
      return ' (container)';
    case 'ephemeral':
      return ` (ephemeral of ${owned.owner})`;
    case 'ttl':
      return ` (ttl ${String(owned.ttlMs)} ms)`;
    default:
      return unreachable(owned);
  }
}
