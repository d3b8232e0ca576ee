import { Option, type Command } from 'commander';
import { nameOf, parentOf, type ZnodePath } from '../../model/path.ts';
import {
  consistencyOption,
  durationMs,
  examples,
  neededSession,
  nodesUrl,
  ringOf,
  sessionSpokenFor,
  versionText,
  withClientOptions,
  withSessionOption,
  writeJson,
  znodePath,
  zxidInHex,
  type ClientOptions,
  type ReadCommandOptions,
  type SessionOptions,
} from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { givenBytes, neededBytes, type InputOptions } from '../client/input.ts';
import { documentOf, problemCode, type RestAnswer } from '../client/rest-client.ts';
import { table, type Terminal } from '../terminal/terminal.ts';

interface WriteCommandOptions extends ClientOptions, InputOptions {
  readonly parents?: boolean;
}

const znodeKinds = ['persistent', 'ephemeral', 'container', 'ttl'];
const asJson = { Accept: 'application/json' } as const;

export function addZnodeCommands(program: Command, terminal: Terminal): void {
  addGet(program, terminal);
  addSet(program, terminal);
  addCreate(program, terminal);
  addList(program, terminal);
  addStat(program, terminal);
}

function addGet(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('get <path>'))
    .description('print the data of a znode, byte for byte')
    .addOption(consistencyOption())
    .addHelpText('after', examples('quoll get /app/config', 'quoll get /app/config -o json'))
    .action(async (typed: string, options: ReadCommandOptions) => {
      const isJson = options.output === 'json';
      const answer = await ringOf(options).askForSuccess({
        method: 'GET',
        path: nodesUrl(znodePath(typed), { consistency: options.consistency }),
        headers: isJson ? asJson : {},
      });
      if (isJson) {
        writeJson(terminal, documentOf(answer));
        return;
      }
      terminal.write(answer.body);
      // A prompt behind the last byte is hard to read; a pipe gets the bytes alone.
      if (terminal.isInteractive && answer.body.at(-1) !== 0x0a) terminal.write('\n');
    });
}

function addSet(program: Command, terminal: Terminal): void {
  const command = program.command('set <path> [data]');
  withDataOptions(command)
    .description('replace the data of a znode')
    .option('--version <n>', 'only if this is its version now (exit code 4 if not)', versionText)
    .option('--create', 'create it if it does not exist')
    .option('--parents', 'with --create: create missing parents too')
    .addHelpText(
      'after',
      examples(
        'quoll set /app/config "colour=blue"',
        'quoll set /app/config --version 7 --file config.json',
        'quoll set /app/config ""                        (make it empty)',
        'echo hello | quoll set /app/config -',
        'quoll set /app/new hello --create --parents',
      ),
    )
    .action(
      async (
        typed: string,
        data: string | undefined,
        options: WriteCommandOptions & { version?: string; create?: boolean },
      ) => {
        const { version, create, parents } = options;
        const path = znodePath(typed);
        const answer = await ringOf(options)
          .change({
            method: 'PUT',
            path: nodesUrl(path, { version, create, parents }),
            body: await neededBytes(data, { ...options, example: `quoll set ${typed}` }, terminal),
          })
          .catch(orSayCreate(path));
        if (options.output === 'json') writeJson(terminal, documentOf(answer));
        else terminal.write(`${typed} is at version ${header(answer, 'x-zk-version')}\n`);
      },
    );
}

function addCreate(program: Command, terminal: Terminal): void {
  const command = program.command('create <path> [data]');
  withSessionOption(withDataOptions(command))
    .description('create a znode and print its path')
    .option('--parents', 'create missing parents too')
    .option('--sequential', 'append a number that only grows, ten digits')
    .addOption(new Option('--kind <kind>', 'how it ends').choices(znodeKinds))
    .option('--ttl <duration>', 'delete it once it was unchanged and childless for so long: 30s')
    .addHelpText(
      'after',
      `${examples(
        'quoll create /app/config "colour=green" --parents',
        'quoll create /jobs/job- --sequential',
        'quoll create /cache/x --ttl 10m',
        'quoll create /workers/w-1 10.0.0.7 --kind ephemeral',
      )}\nEphemeral znodes live as long as a session: see quoll session --help.\n`,
    )
    .action(
      async (
        typed: string,
        data: string | undefined,
        options: WriteCommandOptions &
          SessionOptions & { sequential?: boolean; kind?: string; ttl?: string },
      ) => {
        const { sequential = false, parents, kind, ttl } = options;
        const path = znodePath(typed, { sequential });
        if (path === '/') throw new CommandFailed(exitCode.usage, '/ exists always');
        if (ttl !== undefined) durationMs('--ttl', ttl);
        const name = nameOf(path) === '' ? undefined : nameOf(path);
        const session = kind === 'ephemeral' ? neededSession(options) : sessionSpokenFor(options);
        const answer = await ringOf(options).change({
          method: 'POST',
          path: nodesUrl(parentOf(path), { name, sequential, parents, kind, ttl }),
          headers: session?.headers ?? {},
          body: (await givenBytes(data, options, terminal)) ?? new Uint8Array(),
        });
        const document = documentOf(answer);
        if (options.output === 'json') writeJson(terminal, document);
        else terminal.write(`${String(document['path'])}\n`);
      },
    );
}

function addList(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('ls <path>'))
    .description('list the children of a znode, in order')
    .addOption(consistencyOption())
    .addHelpText('after', examples('quoll ls /', 'quoll ls /jobs -o json'))
    .action(async (typed: string, options: ReadCommandOptions) => {
      const path = znodePath(typed);
      const ring = ringOf(options);
      const children: string[] = [];
      let page: Readonly<Record<string, unknown>>;
      let token: string | undefined;
      do {
        const { consistency } = options;
        const url = nodesUrl(path, { children: true, consistency, continue: token });
        page = await ring.document({ method: 'GET', path: url });
        children.push(...namesOf(page['children']));
        token = typeof page['continue'] === 'string' ? page['continue'] : undefined;
      } while (token !== undefined);
      if (options.output === 'json') writeJson(terminal, { path, children, stat: page['stat'] });
      else terminal.write(children.map((name) => `${name}\n`).join(''));
    });
}

function addStat(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('stat <path>'))
    .description('show the stat of a znode: versions, times, zxids')
    .addOption(consistencyOption())
    .addHelpText('after', examples('quoll stat /app/config'))
    .action(async (typed: string, options: ReadCommandOptions) => {
      const path = nodesUrl(znodePath(typed), { stat: true, consistency: options.consistency });
      const document = await ringOf(options).document({ method: 'GET', path });
      if (options.output === 'json') {
        writeJson(terminal, document);
        return;
      }
      const rows = Object.entries(document['stat'] ?? {}).map(
        ([field, value]: [string, unknown]) => [field, readable(field, value)],
      );
      terminal.write(table(rows));
    });
}

function withDataOptions(command: Command): Command {
  const about = 'take the data from this file; - takes what is piped in';
  return withClientOptions(command).option('-f, --file <file>', about);
}

/** Of a write to what is not there: how to create it from this command line. */
function orSayCreate(path: ZnodePath): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CommandFailed) || problemCode(error) !== 'NONODE') throw error;
    throw new CommandFailed(error.exitCode, error.message, {
      hint: `${error.hint}\nTo create ${path} here, add --create (and --parents for what is above it).`,
      problem: error.problem,
      cause: error,
    });
  };
}

function namesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function header(answer: RestAnswer, name: string): string {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : '?';
}

/** Zxids in hex as logs have them, times as a date. */
function readable(field: string, value: unknown): string {
  const text = String(value);
  if (field.endsWith('zxid')) return `${text}  ${zxidInHex(text)}`;
  return /^[cm]time$/.test(field) ? `${text}  ${new Date(Number(text)).toISOString()}` : text;
}
