import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { programOfShell } from '../../config/load.ts';

/**
 * Calls `stop` when the terminal hangs up (SIGHUP), unless whoever started this process wants it to live on: then the
 * signal is ignored. Where there is `renew`, it is called then, and where there is no terminal that could hang up: the
 * signal is how services are told to read their files anew. Gives what takes the listener away.
 */
export function onHangUp(stop: () => void, renew?: () => void): () => void {
  const livesOn = isToOutliveTerminal() || (renew !== undefined && !hasTerminal());
  const listener = livesOn ? (renew ?? ((): void => undefined)) : stop;
  process.on('SIGHUP', listener);
  return () => {
    process.off('SIGHUP', listener);
  };
}

function hasTerminal(): boolean {
  if (process.platform === 'win32') return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Says whether there is a trace of `nohup`, or of a parent that ignores hang-ups. Node gives every signal its default
 * back as it starts, so what nohup itself had set can't be seen any more.
 */
function isToOutliveTerminal(): boolean {
  return basename(programOfShell()) === 'nohup' || isIgnoredByParent() || isInputOfNohup();
}

/** SIGHUP is signal 1, and so the lowest bit. */
function isIgnoredByParent(): boolean {
  const status = contentOf(`/proc/${String(process.ppid)}/status`);
  const [, mask = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return (parseInt(mask.slice(-1), 16) & 1) === 1;
}

/** In place of a terminal, nohup gives the program /dev/null as its input: open for writing, as nobody else opens it. */
function isInputOfNohup(): boolean {
  const [, flags = '0'] = /^flags:\s*([0-7]+)$/m.exec(contentOf('/proc/self/fdinfo/0')) ?? [];
  const isWriteOnly = (parseInt(flags, 8) & 3) === 1;
  return isWriteOnly && targetOf('/proc/self/fd/0') === '/dev/null';
}

/** Empty where there is no such file, as on other systems than Linux. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
