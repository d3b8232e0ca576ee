import type { Environment } from './sources.ts';

/** What whoever started this process asks to be told, as systemd says it in the environment of a service. */
export interface Supervision {
  /** Longer silence than this is taken for a process that hangs, and it is ended; undefined: nobody minds. */
  readonly watchdogMs: number | undefined;
}

/** Gives what a supervisor asks for; undefined where there is none. */
export function supervision(
  environment: Environment = process.env,
  pid = process.pid,
): Supervision | undefined {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_PID: whose = '' } = environment;
  if (socket === '') return undefined;
  const isOurs = whose === '' || whose === String(pid);
  const usec = Number(environment['WATCHDOG_USEC']);
  return { watchdogMs: isOurs && usec > 0 ? usec / 1_000 : undefined };
}
