// Reads what strace wrote (-f -y -xx) into what happened to the files of one directory, in order.

export type DiskEvent =
  | { readonly kind: 'create'; readonly file: string }
  | {
      readonly kind: 'write';
      readonly file: string;
      readonly offset: number;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'truncate'; readonly file: string; readonly length: number }
  | { readonly kind: 'sync'; readonly file: string }
  /** The kernel may have dropped what it could not write, and calls the next sync a success. */
  | { readonly kind: 'syncFailed'; readonly file: string }
  | { readonly kind: 'unlink'; readonly file: string }
  | { readonly kind: 'syncDirectory' }
  /** A line that the process printed. */
  | { readonly kind: 'said'; readonly text: string };

const call = /^\d+\s+(\w+)\((.*)\)\s+= (-?\d+)/;

/** Events of the files in `directory`; of the calls that failed, only the syncs. */
export function readTrace(text: string, directory: string): DiskEvent[] {
  const events: DiskEvent[] = [];
  for (const line of joined(text)) {
    const match = call.exec(line);
    if (match === null) continue;
    const [, name = '', args = '', result = ''] = match;
    const event = eventOf(name, args, directory);
    if (Number(result) >= 0 && event !== undefined) events.push(event);
    else if (event?.kind === 'sync') events.push({ ...event, kind: 'syncFailed' });
  }
  return events;
}

/**
 * Lines whole again that strace cut because another thread came between. What a process says counts from when it began
 * to say it; all else from when it was done.
 */
function* joined(text: string): Generator<string> {
  const cut = new Map<string, string>();
  for (const line of text.split('\n')) {
    const thread = /^\d+/.exec(line)?.[0] ?? '';
    if (line.endsWith('<unfinished ...>')) {
      const start = line.slice(0, -'<unfinished ...>'.length).trimEnd();
      if (start.includes(' write(1<')) yield `${start}) = 0`;
      else cut.set(thread, start);
      continue;
    }
    const resumed = /<\.\.\. \w+ resumed>(.*)$/.exec(line);
    if (resumed === null) {
      yield line;
      continue;
    }
    const start = cut.get(thread);
    cut.delete(thread);
    if (start !== undefined) yield start + (resumed[1] ?? '');
  }
}

function eventOf(name: string, args: string, directory: string): DiskEvent | undefined {
  const strings = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
    fromHex(hex),
  );
  const opened = /^\d+<((?:\\x[0-9a-f]{2})*)(?:\(deleted\))?>/.exec(args)?.[1];
  const descriptorPath = opened === undefined ? undefined : fromHex(opened).toString();
  const numbers = args.split(', ').map(Number);
  if (name === 'write' && args.startsWith('1<')) {
    return { kind: 'said', text: strings[0]?.toString().trimEnd() ?? '' };
  }
  const path = descriptorPath ?? strings[0]?.toString() ?? '';
  if (path === directory && (name === 'fsync' || name === 'fdatasync')) {
    return { kind: 'syncDirectory' };
  }
  if (!path.startsWith(`${directory}/`)) return undefined;
  const file = path.slice(directory.length + 1);
  switch (name) {
    case 'openat':
      return args.includes('O_CREAT') ? { kind: 'create', file } : undefined;
    case 'pwrite64':
      return {
        kind: 'write',
        file,
        offset: numbers.at(-1) ?? 0,
        bytes: strings[0] ?? Buffer.alloc(0),
      };
    case 'ftruncate':
      return { kind: 'truncate', file, length: numbers.at(-1) ?? 0 };
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', file };
    case 'unlink':
    case 'unlinkat':
      return { kind: 'unlink', file };
    default:
      throw new Error(`a call that the disk model does not know: ${name}(${args.slice(0, 200)})`);
  }
}

function fromHex(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}
