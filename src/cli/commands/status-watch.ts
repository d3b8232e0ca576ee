import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What a look at the ensemble has found. */
export interface Look {
  /** For whoever sees the whole of it at once. */
  readonly picture: string;
  /** What is worth a line when it changes, by whom it is about. What moves all the time, as zxids do, is not in it. */
  readonly facts: ReadonlyMap<string, string>;
  /** As `-o json` shows it. */
  readonly document: Readonly<Record<string, unknown>>;
}

const everyMs = 1_000;
/** To the first place of the screen; what stood there is gone. */
const clear = '\u001B[H\u001B[2J';

/**
 * Looks again each second, for ever: a person sees the picture drawn anew, a program a line for each change, or with
 * `json` the document whenever a fact in it has changed.
 */
export async function watchStatus(
  look: () => Promise<Look>,
  terminal: Terminal,
  { json }: { readonly json: boolean },
): Promise<never> {
  terminal.onReaderGone('end');
  let before: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const { picture, facts, document } = await orUnanswered(look);
    const now = new Date().toISOString();
    const changes = changesBetween(before, facts);
    before = facts;
    if (json) {
      if (changes.length > 0) terminal.write(`${JSON.stringify({ at: now, ...document })}\n`);
    } else if (terminal.isInteractive) terminal.write(`${clear}${now}\n${picture}`);
    else for (const change of changes) terminal.write(`${now} ${change}\n`);
    await delay(everyMs);
  }
}

/** Gives what is new in `after`, a line for each that it is about. */
export function changesBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const changed = [...after].filter(([about, fact]) => before.get(about) !== fact);
  const gone = [...before.keys()].filter((about) => !after.has(about));
  return [
    ...changed.map(([about, fact]) => `${about}: ${fact}`),
    ...gone.map((about) => `${about}: not known any more`),
  ];
}

/** That nobody answers is something to see, too: somebody may come back. */
async function orUnanswered(look: () => Promise<Look>): Promise<Look> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return {
      picture: `${error.message}\n`,
      facts: new Map([['ensemble', 'no peer answers']]),
      document: { error: error.message },
    };
  }
}
