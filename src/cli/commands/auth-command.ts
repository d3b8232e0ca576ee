import type { Command } from 'commander';
import { isComplaint, parsePrincipal, readGrant, readRole, verbs } from '../../model/auth.ts';
import {
  examples,
  jsonBody,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { wholeList } from '../client/auth-list.ts';
import { documentOf, type RestAsk } from '../client/rest-client.ts';
import { addTokenCommands } from './token-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A role or a grant, as the peers show it. */
type Shown = Readonly<Record<string, unknown>>;

const about = `
Grants say who may do what below which prefix, beside the ACLs. A role has rules, a grant gives roles to
people and groups. Nobody may do anything that was not granted; what several roles give adds up. The role
admin is built in and may do all. Verbs: ${verbs.join(', ')}; "all" stands for all of them.

Principals: x509:CN=ops (a certificate's name), group:team-a, token:ci, jwt:SUBJECT@ISSUER,
digest:USER:HASH, sasl:USER, ip:10.0.0.0/8, world:anyone.
`;

export function addAuthCommand(program: Command, terminal: Terminal): void {
  const auth = withClientOptions(program.command('auth'))
    .description('who may do what: switch grants on, roles, and to whom they are given')
    .addHelpText(
      'after',
      `${examples(
        'quoll auth init x509:CN=ops',
        'quoll auth role set reader /app:read,watch /config:read',
        'quoll auth grant set team-a reader group:team-a x509:CN=ann',
        'quoll auth show',
      )}${about}`,
    );
  addSwitch(auth, terminal);
  addRole(auth, terminal);
  addGrant(auth, terminal);
  addTokenCommands(auth, terminal);
}

function addSwitch(auth: Command, terminal: Terminal): void {
  withClientOptions(auth.command('show'))
    .description('who you are to the peer, what you were granted, and whether grants are on')
    .addHelpText('after', examples('quoll auth show'))
    .action(async (options: ClientOptions) => {
      const shown = await asked(options, { method: 'GET', path: '/v1/auth' });
      if (options.output === 'json') writeJson(terminal, shown);
      else terminal.write(statusText(shown));
    });
  addInit(auth, terminal);
  withClientOptions(auth.command('off'))
    .description('switch grants off: only ACLs are asked then; roles and grants stay')
    .addHelpText(
      'after',
      `${examples('quoll auth off')}
Whoever reaches a port may then do all that ACLs leave open, which is nearly everything in most trees.
`,
    )
    .action(async (options: ClientOptions) => {
      await ringOf(options).askForSuccess({ method: 'POST', path: '/v1/auth/off' });
      if (options.output === 'json') writeJson(terminal, { on: false });
      else terminal.write('grants are off: only ACLs are asked now\n');
    });
}

interface InitOptions extends ClientOptions {
  readonly open?: true;
}

function addInit(auth: Command, terminal: Terminal): void {
  withClientOptions(auth.command('init [principal...]'))
    .description('switch grants on, with these as the first administrators; else with you')
    .option('--open', 'grant everybody all below / by the role "open", to be narrowed step by step')
    .addHelpText(
      'after',
      `${examples('quoll auth init x509:CN=ops', 'quoll auth init --open group:ops token:ci')}
For who asks from the machine of the peer itself, has a certificate, or is the super user. From then on
nobody may do what was not granted; the super user can make roles and grants before. With --open, everybody
goes on as before, but below /zookeeper, which is the administrators' from then on.
`,
    )
    .action(async (principals: readonly string[], options: InitOptions) => {
      for (const each of principals) checkPrincipal(each);
      const open = options.open === true;
      const body = jsonBody(open ? { principals, open } : { principals });
      const shown = await asked(options, { method: 'POST', path: '/v1/auth/init', ...body });
      if (options.output === 'json') writeJson(terminal, shown);
      else terminal.write(`${open ? begunOpen : begunClosed}\n${whoText(shown)}`);
      const { warning } = shown;
      if (typeof warning === 'string') terminal.writeError(`quoll: warning: ${warning}\n`);
    });
}

const begunClosed = 'grants are on: nobody may do what was not granted';
const begunOpen =
  'grants are on, and open: the role "open" gives everybody all below /, but /zookeeper';

function addRole(auth: Command, terminal: Terminal): void {
  const role = withClientOptions(auth.command('role'))
    .description('roles: which verbs below which prefixes')
    .addHelpText(
      'after',
      examples(
        'quoll auth role list',
        'quoll auth role set writer /app:read,write,create,delete,watch',
        'quoll auth role set locks /locks:lock /elections:lock,read,watch',
        'quoll auth role delete writer',
      ),
    );
  withClientOptions(role.command('set <name> <prefix:verbs...>'))
    .description('make a role of these rules, or put them in the place of those that it has')
    .addHelpText(
      'after',
      `${examples('quoll auth role set reader /app:read,watch /config:read')}
A prefix stands for its znode and all below it. Nothing below /zookeeper can be granted but by the role admin.
`,
    )
    .action(async (name: string, rules: readonly string[], options: ClientOptions) => {
      const read = readRole(rules.map(ruleFrom));
      if (isComplaint(read)) throw wrongUsage(read.complaint);
      await put(terminal, options, { kind: 'role', name, document: read });
    });
  addCommon(role, terminal, { kind: 'role', text: roleText });
}

function addGrant(auth: Command, terminal: Terminal): void {
  const grant = withClientOptions(auth.command('grant'))
    .description('grants: which roles for whom')
    .addHelpText(
      'after',
      examples(
        'quoll auth grant list',
        'quoll auth grant set team-a reader,locks group:team-a x509:CN=ann',
        'quoll auth grant delete team-a',
      ),
    );
  withClientOptions(grant.command('set <name> <roles> <principal...>'))
    .description('give these roles, with commas, to these; in the place of what the grant said')
    .addHelpText(
      'after',
      `${examples('quoll auth grant set admins admin x509:CN=ops group:ops')}
Each role must exist. While grants are on, somebody has to keep the role admin.
`,
    )
    .action(
      async (
        name: string,
        roles: string,
        principals: readonly string[],
        options: ClientOptions,
      ) => {
        const read = readGrant(principals, roles.split(','));
        if (isComplaint(read)) throw wrongUsage(read.complaint);
        await put(terminal, options, { kind: 'grant', name, document: read });
      },
    );
  addCommon(grant, terminal, { kind: 'grant', text: grantText });
}

interface Kind {
  readonly kind: 'role' | 'grant';
  readonly text: (shown: Shown) => string;
}

/** What roles and grants have in common: list, show, delete. */
function addCommon(command: Command, terminal: Terminal, { kind, text }: Kind): void {
  withClientOptions(command.command('list'))
    .description(`all ${kind}s`)
    .addHelpText('after', examples(`quoll auth ${kind} list`))
    .action(async (options: ClientOptions) => {
      const all = await wholeList(ringOf(options), `${kind}s`);
      if (options.output === 'json') writeJson(terminal, { [`${kind}s`]: all });
      else for (const each of all) terminal.write(text(each));
    });
  withClientOptions(command.command('show <name>'))
    .description(`one ${kind}`)
    .addHelpText('after', examples(`quoll auth ${kind} show team-a`))
    .action(async (name: string, options: ClientOptions) => {
      const shown = await asked(options, { method: 'GET', path: pathOf(kind, name) });
      if (options.output === 'json') writeJson(terminal, shown);
      else terminal.write(text(shown));
    });
  withClientOptions(command.command('delete <name>'))
    .description(`delete a ${kind}: what it gave is gone at once, on open streams too`)
    .addHelpText('after', examples(`quoll auth ${kind} delete team-a`))
    .action(async (name: string, options: ClientOptions) => {
      await ringOf(options).askForSuccess({ method: 'DELETE', path: pathOf(kind, name) });
      if (options.output === 'json') writeJson(terminal, { name });
      else terminal.write(`${kind} ${name} is deleted\n`);
    });
}

async function put(
  terminal: Terminal,
  options: ClientOptions,
  { kind, name, document }: { kind: Kind['kind']; name: string; document: object },
): Promise<void> {
  const ask = { method: 'PUT', path: pathOf(kind, name), ...jsonBody(document) } as const;
  await ringOf(options).askForSuccess(ask);
  if (options.output === 'json') writeJson(terminal, { name, ...document });
  else terminal.write(`${kind} ${name} is set\n`);
}

async function asked(options: ClientOptions, ask: RestAsk): Promise<Shown> {
  return documentOf(await ringOf(options).askForSuccess(ask));
}

function pathOf(kind: Kind['kind'], name?: string): string {
  return `/v1/auth/${kind}s${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** Reads `/app:read,watch`; a name may have a colon, verbs have none. */
function ruleFrom(typed: string): { readonly prefix: string; readonly verbs: readonly string[] } {
  const colon = typed.lastIndexOf(':');
  if (colon <= 0) throw wrongUsage(`"${typed}" is no rule`);
  const words = typed.slice(colon + 1);
  return { prefix: typed.slice(0, colon), verbs: words === 'all' ? verbs : words.split(',') };
}

function checkPrincipal(typed: string): void {
  const read = parsePrincipal(typed);
  if ('complaint' in read) throw wrongUsage(read.complaint);
}

function wrongUsage(complaint: string): CommandFailed {
  return new CommandFailed(exitCode.usage, complaint, {
    hint: 'Write PREFIX:VERB,VERB for a rule (/app:read,watch) and SCHEME:ID for a principal (group:team-a).',
  });
}

function statusText(shown: Shown): string {
  const grants = shown['on'] === true ? 'on' : 'off: only ACLs are asked';
  return `grants       ${grants}\n${whoText(shown)}`;
}

function whoText({ identities, roles, rules }: Shown): string {
  return (
    `you are      ${textsOf(identities).join(', ') || 'nobody'}\n` +
    `your roles   ${textsOf(roles).join(', ') || 'none'}\n` +
    rulesText(rules)
  );
}

function roleText({ name, rules }: Shown): string {
  return `${String(name)}\n${rulesText(rules)}`;
}

function grantText({ name, roles, principals }: Shown): string {
  const given = textsOf(roles).join(', ') || 'nothing';
  return `${String(name)}: ${given}\n${textsOf(principals)
    .map((each) => `  ${each}\n`)
    .join('')}`;
}

function rulesText(rules: unknown): string {
  const list = Array.isArray(rules) ? (rules as readonly Shown[]) : [];
  return list
    .map(({ prefix, verbs: granted }) => `  ${String(prefix)}  ${textsOf(granted).join(',')}\n`)
    .join('');
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}
