import { parseArgs, type ParseArgsConfig } from 'node:util';

/** As `sysexits.h` has it: a program was called in a way that it does not know. */
export const wrongUsage = 64;

/**
 * What a program was called with, by `parseArgs`. `--help` prints how it is used and ends it; what it does not know is said
 * first, and ends it with `wrongUsage`.
 */
export function programArguments<Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if (process.argv.includes('--help')) end(usage, 0);
  try {
    return parseArgs(config);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS_') !== true) throw error;
    return end(`${message}\n\n${usage}`, wrongUsage);
  }
}

function end(text: string, code: number): never {
  process.stdout.write(`${text}\n`);
  process.exit(code);
}
