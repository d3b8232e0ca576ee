import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Logger } from '../../ports/logger.ts';

/**
 * Sends each line to the supervisor and says how that went. Told to stop with the rest of the service, it stays for what
 * is said last; it ends with our end of the pipe.
 */
const script = `
trap '' HUP INT TERM
set -f
IFS='\t'
while read -r words; do systemd-notify $words; echo $?; done`;

/**
 * Tells systemd of this process by `systemd-notify`, which every system has that has systemd: Node has no sockets for
 * datagrams on a path, and a package with one would have to be compiled. A shell that is started once, while this process
 * is small, starts it: to fork a large process costs time of its one thread. One message is on its way at a time, and of
 * those of one kind that wait only the last counts: a supervisor that does not listen is owed a handful of lines.
 */
export class ServiceNotifier {
  readonly #logger: Logger;
  readonly #waiting = new Map<string, string>();
  #shell: ChildProcess | undefined;
  #isSending = false;
  /** What is wrong, once it has been said. */
  #complaint = '';

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Sends assignments, as sd_notify(3) has them, in one message; `kind` is what a later one of its kind replaces. */
  tell(kind: string, assignments: Readonly<Record<string, string>>): void {
    const words = Object.entries(assignments).map(([name, value]) => `${name}=${oneLine(value)}`);
    this.#waiting.delete(kind);
    this.#waiting.set(kind, words.join('\t'));
    this.#send();
  }

  #send(): void {
    if (this.#isSending) return;
    const [next] = this.#waiting;
    if (next === undefined) return;
    const [kind, words] = next;
    this.#waiting.delete(kind);
    this.#isSending = true;
    this.#shell ??= this.#startShell();
    this.#shell.stdin?.write(`${words}\n`);
  }

  #startShell(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', script, 'quoll-notify'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      cwd: '/',
    });
    const gone = (why: string): void => {
      if (this.#shell !== shell) return;
      // The next message starts another.
      this.#shell = undefined;
      this.#isSending = false;
      this.#complain(why);
    };
    shell.on('error', (error) => {
      gone(error.message);
    });
    shell.on('exit', (code, signal) => {
      gone(`the shell ended (${signal ?? String(code)})`);
    });
    shell.stdin.on('error', () => undefined);
    shell.stdout.on('data', (said: Buffer) => {
      const code = said.toString().trim();
      this.#isSending = false;
      if (code === '0') this.#complaint = '';
      else this.#complain(`systemd-notify ended with ${code}`);
      this.#send();
    });
    // It keeps nobody alive.
    shell.unref();
    for (const stream of [shell.stdin, shell.stdout]) (stream as Socket).unref();
    return shell;
  }

  /** Once, until it has gone well again. */
  #complain(why: string): void {
    if (this.#complaint === why) return;
    this.#complaint = why;
    this.#logger.log('warn', 'supervisorNotTold', { why });
  }
}

/** No value may end its line, or be taken for two. */
function oneLine(value: string): string {
  return value.replace(/[\t\r\n]+/g, ' ');
}
