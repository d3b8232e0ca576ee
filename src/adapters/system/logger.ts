import { pino, stdTimeFunctions, type DestinationStream } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { ServerId } from '../../model/ids.ts';
import type { Logger, LogLevel, LogThreshold } from '../../ports/logger.ts';
import { LogOutput } from './log-output.ts';
import { plainFields } from './log-values.ts';

/** `write` may throw: the line is lost then. */
export interface LineTaker {
  write(line: string): unknown;
}

export interface LoggerOptions {
  /** This level and the graver ones are written. */
  readonly level: LogLevel | 'silent';
  /** json: a line per event, for machines. human: for a person at a terminal. */
  readonly form: 'json' | 'human';
  /** Stands on every line. */
  readonly server?: ServerId;
  /** Takes line by line, each with its line feed. Standard output unless told, as `LogOutput` writes there. */
  readonly to?: LineTaker;
}

/** Says what `form` is when nobody has said: human lines for a terminal, JSON for everything else. */
export function defaultLogForm(): 'json' | 'human' {
  return process.stdout.isTTY ? 'human' : 'json';
}

/** These names of a line are the logger's own; a field of that name gets a `_`. */
const reserved = new Set(['time', 'level', 'event', 'server']);

/**
 * Makes a logger that writes at once, not by and by: the last line before an exit is the one that matters. It never throws,
 * whatever it is given to log and wherever it writes.
 */
export function createLogger(options: LoggerOptions): Logger & LogThreshold {
  const isHuman = options.form === 'human';
  const to = options.to ?? new LogOutput();
  const isTerminal = to instanceof LogOutput && process.stdout.isTTY;
  const lines = pino(
    {
      level: options.level,
      messageKey: 'event',
      base: options.server === undefined ? null : { server: options.server },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    isHuman ? readable(to, isTerminal) : { write: (line) => void to.write(line) },
  );
  const logger = harmless({
    log(level, event, fields) {
      if (!lines.isLevelEnabled(level)) return;
      if (fields === undefined) lines[level](event);
      else lines[level](plainFields(fields, { lowControls: isHuman }, reserved), event);
    },
  });
  return {
    log: (level, event, fields) => {
      logger.log(level, event, fields);
    },
    get level() {
      return lines.level as LogLevel;
    },
    set level(level) {
      lines.level = level;
    },
  };
}

/** Gives a logger that does what `logger` does, and never throws: nothing of what is logged is worth a peer. */
export function harmless(logger: Logger): Logger {
  return {
    log(level, event, fields) {
      try {
        logger.log(level, event, fields);
      } catch {
        tellWithout(logger, level, event);
      }
    },
  };
}

/** The fields may be what can't be written: the event alone is better than nothing. */
function tellWithout(logger: Logger, level: LogLevel, event: string): void {
  try {
    logger.log(level, event, { fields: 'lost: they could not be written' });
  } catch {
    // Nobody is left to tell.
  }
}

function readable(to: LineTaker, colorize: boolean): DestinationStream {
  const lineOf = prettyFactory({
    messageKey: 'event',
    colorize,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return { write: (line) => void to.write(lineOf(line)) };
}
