import { formatZxid } from '../../model/zxid.ts';

// What may stand in a log line: plain values only, of bounded size, with nothing in them that a terminal obeys.

const textMax = 4_096;
const itemsMax = 100;
const depthMax = 5;
const hexBytesMax = 64;

export interface Escaping {
  /** JSON escapes the controls below U+0020 itself; a terminal's line must not hold them at all. */
  readonly lowControls: boolean;
}

// C1 controls work as escape sequences in terminals; the others break or reorder lines.
const highControls = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
const allControls = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Gives the fields of an event, ready to be written. `reserved` names belong to the line itself. */
export function plainFields(
  fields: Readonly<Record<string, unknown>>,
  escaping: Escaping,
  reserved: ReadonlySet<string>,
): Record<string, unknown> {
  const plain = plainValue(fields, escaping, 0) as Record<string, unknown>;
  for (const name of reserved) {
    if (!Object.hasOwn(plain, name)) continue;
    plain[`${name}_`] = plain[name];
    Reflect.deleteProperty(plain, name);
  }
  return plain;
}

function plainValue(value: unknown, escaping: Escaping, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return plainText(value, escaping);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
    case 'undefined':
      return value;
    case 'symbol':
    case 'function':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : plainObject(value, escaping, depth);
  }
}

function plainText(text: string, escaping: Escaping): string {
  const kept = text.length > textMax ? `${text.slice(0, textMax)}…` : text;
  return kept.replace(escaping.lowControls ? allControls : highControls, escaped);
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function plainObject(value: object, escaping: Escaping, depth: number): unknown {
  if (isZxid(value)) return formatZxid(value);
  if (depth >= depthMax) return '[deep]';
  if (value instanceof Error) return plainError(value, escaping, depth);
  if (value instanceof Date) return value.toJSON();
  if (value instanceof Uint8Array) return hexOf(value);
  if (value instanceof Map) return plainItems([...value.entries()], escaping, depth);
  if (value instanceof Set) return plainItems([...value.values()], escaping, depth);
  if (Array.isArray(value)) return plainItems(value, escaping, depth);
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, field] of Object.entries(value).slice(0, itemsMax)) {
    plain[plainText(name, escaping)] = plainValue(field, escaping, depth + 1);
  }
  return plain;
}

function plainItems(items: readonly unknown[], escaping: Escaping, depth: number): unknown[] {
  const plain = items.slice(0, itemsMax).map((item) => plainValue(item, escaping, depth + 1));
  if (items.length > itemsMax) plain.push(`… ${String(items.length - itemsMax)} more`);
  return plain;
}

function plainError(error: Error, escaping: Escaping, depth: number): unknown {
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: plainText(error.message, escaping),
    ...(code !== undefined && { code: plainValue(code, escaping, depth + 1) }),
    stack: (error.stack ?? '').split('\n').map((line) => plainText(line, escaping)),
    ...(error.cause !== undefined && { cause: plainValue(error.cause, escaping, depth + 1) }),
  };
}

function hexOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, hexBytesMax));
  const rest = bytes.length > hexBytesMax ? `… ${String(bytes.length)} bytes` : '';
  return hex.toString('hex') + rest;
}

function isZxid(value: object): value is { epoch: number; counter: number } {
  const { epoch, counter } = value as { epoch?: unknown; counter?: unknown };
  return (
    Number.isSafeInteger(epoch) && Number.isSafeInteger(counter) && Object.keys(value).length === 2
  );
}
