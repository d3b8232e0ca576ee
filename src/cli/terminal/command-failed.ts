/** The exit codes, which scripts rely on. */
export const exitCode = {
  ok: 0,
  error: 1,
  usage: 2,
  notFound: 3,
  versionConflict: 4,
  unavailable: 5,
  notHeld: 6,
} as const;

/** Thrown when a command could not do what it was asked; `message` and `hint` are for the person who typed it. */
export class CommandFailed extends Error {
  readonly exitCode: number;
  /** What to do next; empty when the message says it. */
  readonly hint: string;
  /** The peer's own words, for `-o json`. */
  readonly problem: unknown;

  constructor(
    code: number,
    message: string,
    more: { readonly hint?: string; readonly problem?: unknown; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'CommandFailed';
    this.exitCode = code;
    this.hint = more.hint ?? '';
    this.problem = more.problem;
  }
}

/** Says why the system refused something, in short: `ENOENT`. */
export function systemReason(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

/** Thrown when nothing went wrong here, but the exit code is another's: that of a command which was run. */
export class EndedWith extends Error {
  readonly exitCode: number;

  constructor(code: number) {
    super(`ended with ${String(code)}`);
    this.name = 'EndedWith';
    this.exitCode = code;
  }
}
