import type { Terminal } from '../../../src/cli/terminal/terminal.ts';

/** Keeps what a command wrote, and pipes `input` into it. */
export class RecordingTerminal implements Terminal {
  readonly isInteractive: boolean = false;
  readonly #input: string | undefined;
  output = '';
  errors = '';

  constructor(input?: string) {
    this.#input = input;
  }

  write(content: string | Uint8Array): void {
    this.output += typeof content === 'string' ? content : Buffer.from(content).toString();
  }

  writeError(content: string): void {
    this.errors += content;
  }

  progress(): void {
    // Shown to people alone.
  }

  onReaderGone(): void {
    // Its reader never goes.
  }

  readSecret(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  readInput(): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#input === undefined ? undefined : Buffer.from(this.#input));
  }
}
