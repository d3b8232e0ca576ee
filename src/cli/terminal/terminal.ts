/** Where a command reads and writes: the process's own streams, or a test's. */
export interface Terminal {
  /** A person looks at what is written. */
  readonly isInteractive: boolean;
  write(content: string | Uint8Array): void;
  writeError(content: string): void;
  /** Undefined when nothing is piped in. */
  readInput(): Promise<Uint8Array | undefined>;
}

export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreBrokenPipe);
  return {
    isInteractive: process.stdout.isTTY,
    write: (content) => {
      process.stdout.write(content);
    },
    writeError: (content) => {
      process.stderr.write(content);
    },
    readInput: async () => {
      if (process.stdin.isTTY) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
  };
}

/** Whoever read our output has gone: no reason to end a peer, nor to show a stack to `| head`. */
function ignoreBrokenPipe(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Lays out a table, columns padded to their widest cell. The first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}
