interface TraceLine {
  readonly timeMs: number;
  readonly node: number;
  readonly what: string;
  readonly detail: unknown;
}

const linesKept = 300;

/**
 * What happened: the last lines for a person, and a hash over all of them, so that two runs of one seed can be compared.
 * `detail` is turned into text only when somebody looks.
 */
export class Trace {
  readonly #lines: TraceLine[] = [];
  #next = 0;
  #hash = 0x811c9dc5;
  /** Also gets every line as it happens. */
  #listener: ((text: string) => void) | undefined;

  onLine(listener: (text: string) => void): void {
    this.#listener = listener;
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  note(timeMs: number, node: number, what: string, detail?: unknown): void {
    this.#mix(Math.round(timeMs * 1000));
    this.#mix(node);
    for (let index = 0; index < what.length; index++) this.#mix(what.charCodeAt(index));
    const line = { timeMs, node, what, detail };
    this.#lines[this.#next] = line;
    this.#next = (this.#next + 1) % linesKept;
    this.#listener?.(format(line));
  }

  lastLines(count = linesKept): string[] {
    const inOrder = [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)];
    return inOrder.slice(-count).map(format);
  }

  #mix(word: number): void {
    this.#hash = Math.imul(this.#hash ^ word, 0x01000193);
    this.#hash ^= this.#hash >>> 13;
  }
}

function format(line: TraceLine): string {
  const who = line.node === 0 ? '     ' : `peer${String(line.node)}`;
  const detail = line.detail === undefined ? '' : ` ${describe(line.detail)}`;
  return `${line.timeMs.toFixed(3).padStart(11)} ${who} ${line.what}${detail}`;
}

/** Protocol values in a reader's notation: zxids as epoch.counter, entries by zxid, hashes by their first digits. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return value.length === 32 ? value.slice(0, 6) : value;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `${String(value.length)}B`;
  if (Array.isArray(value)) {
    if (value.length > 4) {
      return `[${describe(value[0])} … ${describe(value.at(-1))} (${String(value.length)})]`;
    }
    return `[${value.map(describe).join(' ')}]`;
  }
  const record = value as Record<string, unknown>;
  if (typeof record['epoch'] === 'number' && typeof record['counter'] === 'number') {
    return `${String(record['epoch'])}.${String(record['counter'])}`;
  }
  if (record['zxid'] !== undefined && record['payload'] instanceof Uint8Array) {
    const kind = record['kind'] === 'txn' ? '' : describe(record['kind']);
    return `${describe(record['zxid'])}${kind}`;
  }
  return `{${Object.entries(record)
    .map(([key, field]) => `${key}=${describe(field)}`)
    .join(' ')}}`;
}
