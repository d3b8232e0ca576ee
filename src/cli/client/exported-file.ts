import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';

// What `quoll export` writes and `quoll import` reads: lines of JSON (docs/copies.md). A header, a line for each znode, the
// parent ahead of its children, and an end with how many there are and SHA-256 over all lines before it.

export const exportVersion = 1;

export interface ExportHeader {
  readonly quoll: 'export';
  readonly version: number;
  /** What was exported; the paths of znodes are below it. */
  readonly path: string;
  readonly zxid: string;
  readonly time: string;
}

export interface ExportedZnode {
  /** Below the exported path, with a slash ahead; empty for that path itself. */
  readonly path: string;
  readonly data: string | null;
  readonly encoding: 'utf8' | 'base64';
  readonly kind: 'persistent' | 'ephemeral' | 'container' | 'ttl';
  readonly ttlMs?: number;
  readonly acl: readonly object[];
}

export interface ExportEnd {
  readonly end: true;
  readonly count: number;
  readonly sha256: string;
}

/** Makes the lines, and the end that fits them. */
export class ExportLines {
  readonly #hash = createHash('sha256');
  #count = 0;

  get count(): number {
    return this.#count;
  }

  header(header: Omit<ExportHeader, 'quoll' | 'version'>): string {
    return this.#line({ quoll: 'export', version: exportVersion, ...header });
  }

  znode(znode: ExportedZnode): string {
    this.#count++;
    return this.#line(znode);
  }

  end(): string {
    const end: ExportEnd = { end: true, count: this.#count, sha256: this.#hash.digest('hex') };
    return `${JSON.stringify(end)}\n`;
  }

  #line(document: object): string {
    const line = `${JSON.stringify(document)}\n`;
    this.#hash.update(line);
    return line;
  }
}

/** Reads all of a file for its checks alone, so that nothing is imported of one that is not whole. */
export async function checkExported(file: string): Promise<ExportHeader & { count: number }> {
  const hash = createHash('sha256');
  let header: ExportHeader | undefined;
  let count = -1;
  let end: ExportEnd | undefined;
  for await (const line of linesOf(file)) {
    if (end !== undefined) throw unusable(file, 'there is more in it after its end');
    const document = parsed(line, file);
    if ('end' in document) end = document as ExportEnd;
    else {
      header ??= headerFrom(document, file);
      hash.update(`${line}\n`);
      count++;
    }
  }
  if (header === undefined) throw unusable(file, 'it is empty');
  if (end === undefined) throw unusable(file, 'it is cut off: its last line is missing');
  if (end.count !== count || end.sha256 !== hash.digest('hex')) {
    throw unusable(file, 'it was altered: its checksum does not fit its lines');
  }
  return { ...header, count };
}

/** Gives the znodes of a file that was checked. */
export async function* exportedZnodes(file: string): AsyncGenerator<ExportedZnode> {
  let isHeader = true;
  for await (const line of linesOf(file)) {
    const document = parsed(line, file);
    if (!isHeader && !('end' in document)) yield document as ExportedZnode;
    isHeader = false;
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw unusable(file, `it can't be read (${code})`);
  } finally {
    input.destroy();
  }
}

function parsed(line: string, file: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw unusable(file, 'it has a line that is no JSON: it is cut off, or no export');
}

function headerFrom(document: object, file: string): ExportHeader {
  const header = document as Partial<ExportHeader>;
  if (header.quoll !== 'export' || typeof header.version !== 'number') {
    throw unusable(file, 'it is no export: quoll export writes one');
  }
  if (header.version > exportVersion) {
    throw unusable(
      file,
      `it has version ${String(header.version)}, and this program reads up to ${String(exportVersion)}`,
    );
  }
  return header as ExportHeader;
}

function unusable(file: string, what: string): CommandFailed {
  return new CommandFailed(exitCode.error, `${file} can't be imported: ${what}`, {
    hint: 'Nothing was changed.',
  });
}
