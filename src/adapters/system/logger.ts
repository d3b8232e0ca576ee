import { destination, pino, stdTimeFunctions, type DestinationStream } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { ServerId } from '../../model/ids.ts';
import type { Logger, LogLevel } from '../../ports/logger.ts';
import { plainFields } from './log-values.ts';

export interface LoggerOptions {
  /** This level and the graver ones are written. */
  readonly level: LogLevel | 'silent';
  /** json: a line per event, for machines. human: for a person at a terminal. */
  readonly form: 'json' | 'human';
  /** Stands on every line. */
  readonly server?: ServerId;
  /** Standard output unless told. */
  readonly to?: DestinationStream & NodeJS.WritableStream;
}

/** Says what `form` is when nobody has said: human lines for a terminal, JSON for everything else. */
export function defaultLogForm(): 'json' | 'human' {
  return process.stdout.isTTY ? 'human' : 'json';
}

/** These names of a line are the logger's own; a field of that name gets a `_`. */
const reserved = new Set(['time', 'level', 'event', 'server']);

/** Makes a logger that writes at once, not by and by: the last line before an exit is the one that matters. */
export function createLogger(options: LoggerOptions): Logger {
  const isHuman = options.form === 'human';
  const lines = pino(
    {
      level: options.level,
      messageKey: 'event',
      base: options.server === undefined ? null : { server: options.server },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    isHuman ? humanStream(options) : (options.to ?? standardOutput()),
  );
  return {
    log(level, event, fields) {
      if (!lines.isLevelEnabled(level)) return;
      if (fields === undefined) lines[level](event);
      else lines[level](plainFields(fields, { lowControls: isHuman }, reserved), event);
    },
  };
}

/** Lines that can't be written now, of a full disk say, wait for the next one, up to so many bytes. */
const unwrittenBytesMax = 1_048_576;

/** A peer does not die of a log that can't be written. */
function standardOutput(): ReturnType<typeof destination> {
  const stream = destination({ fd: 1, sync: true, maxLength: unwrittenBytesMax });
  stream.on('error', () => undefined);
  return stream;
}

function humanStream(options: LoggerOptions): DestinationStream {
  return pretty({
    sync: true,
    destination: options.to ?? standardOutput(),
    messageKey: 'event',
    colorize: options.to === undefined && process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
}
