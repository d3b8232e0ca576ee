import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { bracketed } from '../../base/bracketed.ts';
import { parseServerLine } from '../../config/configured-server.ts';
import { mistakeInMember } from '../../model/member-address.ts';
import type { Member } from '../../model/membership.ts';
import {
  durationMs,
  examples,
  jsonBody,
  peerNumber,
  ringOf,
  withClientOptions,
  withQuery,
  word,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { documentOf, problemCode, type RestAsk } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { table, type Terminal } from '../terminal/terminal.ts';

type Document = Readonly<Record<string, unknown>>;

interface ChangeOptions extends ClientOptions {
  readonly fromVersion?: string;
  readonly force?: boolean;
}

interface AddOptions extends ChangeOptions {
  readonly observer?: boolean;
  readonly wait: boolean;
  readonly timeout?: string;
}

/** How often it is looked whether a new member has its vote. */
const lookEveryMs = 250;
/** One that is not heard for so long was not started: whoever adds it first and starts it then must get on. */
const heardWithinMs = 10_000;

const who = `
For administrators; while grants are off, from the machine of a peer, with a certificate, or as the super
user. One change at a time; every change is committed by a majority of the voters before and of those after.
`;

export function addMemberCommand(program: Command, terminal: Terminal): void {
  const member = withClientOptions(program.command('member'))
    .description('who belongs to the ensemble and who votes: show it, add, remove, replace')
    .addHelpText(
      'after',
      `${examples(
        'quoll member list',
        'quoll member add 4=db4.example:2888:3888',
        'quoll member remove 3',
        'quoll member replace 3 6=db6.example:2888:3888',
      )}${who}`,
    );
  addList(member, terminal);
  addAdd(member, terminal);
  addReplace(member, terminal);
  addRemove(member, terminal);
  addRole(member, terminal, {
    name: 'promote',
    about: 'give a member a vote: at once, or once it has caught up',
  });
  addRole(member, terminal, {
    name: 'demote',
    about: 'take a member its vote: it goes on as an observer',
  });
}

function addList(member: Command, terminal: Terminal): void {
  withClientOptions(member.command('list'))
    .description('show the members, and who of them votes')
    .addHelpText(
      'after',
      `${examples('quoll member list', "quoll member list -o json | jq '.members[].id'")}
VOTE is yes, no, or joining: it comes by itself once the member has caught up. CONFIG says whether the
configuration of the peer that was asked has a line for the member; the membership counts, not that.
`,
    )
    .action(async (options: ClientOptions) => {
      const ring = ringOf(options);
      show(terminal, options, await ring.document({ method: 'GET', path: '/v1/members' }));
    });
}

function withChangeOptions(command: Command): Command {
  return withClientOptions(command)
    .option('--from-version <n>', 'only if this is the version that `quoll member list` shows')
    .option(
      '--force',
      'also when the majority of the new voters that is there is not up to date yet',
    );
}

function withWaiting(command: Command): Command {
  return withChangeOptions(command)
    .option('--observer', 'as an observer: it serves clients and never votes')
    .option('--timeout <duration>', 'how long it may take to get its vote: 10m if not said');
}

function addAdd(member: Command, terminal: Terminal): void {
  withWaiting(member.command('add'))
    .argument('<server>', 'ID=HOST:QUORUMPORT:ELECTIONPORT[:observer][;CLIENTPORT]')
    .option('--no-wait', 'do not wait for its vote: it comes by itself')
    .description('add a peer: it copies the data, and votes once it has caught up')
    .addHelpText(
      'after',
      `${examples(
        'quoll member add 4=db4.example:2888:3888',
        'quoll member add 5=db5.example:2888:3888 --observer',
      )}
Start the new peer with server lines for the members and for itself, and with an empty data directory;
before this or after it: a peer that is not heard for 10s is not waited for any more, unless --timeout is
given; it gets its vote when it comes. Should the leader change meanwhile, the next one goes on with it.
${who}`,
    )
    .action(async (server: string, options: AddOptions) => {
      const wanted = memberIn(server, options);
      const shown = await add(terminal, wanted, { ...options, isNeeded: false });
      show(terminal, options, shown);
    });
}

function addReplace(member: Command, terminal: Terminal): void {
  withWaiting(member.command('replace'))
    .argument('<id>', 'the member that goes')
    .argument('<server>', 'the one that comes: ID=HOST:QUORUMPORT:ELECTIONPORT')
    .description(
      'put a new peer in the place of another: added, waited for, then the other removed',
    )
    .addHelpText(
      'after',
      `${examples('quoll member replace 3 6=db6.example:2888:3888')}
The old one may be dead. Broken off, it goes on where it was when it is called again.
${who}`,
    )
    .action(async (id: string, server: string, options: AddOptions) => {
      const old = memberNumber(id);
      const wanted = memberIn(server, options);
      if (old === wanted.id) throw sameNumber(id);
      await add(terminal, wanted, { ...options, wait: true, isNeeded: true });
      show(terminal, options, await removed(old, options));
    });
}

function addRemove(member: Command, terminal: Terminal): void {
  withChangeOptions(member.command('remove'))
    .argument('<id>', 'the number of the member')
    .description('remove a member: it stops by itself, also when it leads')
    .addHelpText('after', `${examples('quoll member remove 3')}${who}`)
    .action(async (id: string, options: ChangeOptions) => {
      show(terminal, options, await removed(memberNumber(id), options));
    });
}

function addRole(
  member: Command,
  terminal: Terminal,
  { name, about }: { readonly name: 'promote' | 'demote'; readonly about: string },
): void {
  withChangeOptions(member.command(name))
    .argument('<id>', 'the number of the member')
    .description(about)
    .addHelpText('after', `${examples(`quoll member ${name} 3`)}${who}`)
    .action(async (id: string, options: ChangeOptions) => {
      const path = `/v1/members/${String(memberNumber(id))}/${name}`;
      show(terminal, options, await changed(options, { method: 'POST', path }));
    });
}

/** `isNeeded`: what comes next can't be done without the new peer's vote. */
async function add(
  terminal: Terminal,
  wanted: Member,
  { isNeeded, ...options }: AddOptions & { readonly isNeeded: boolean },
): Promise<Document> {
  const { timeout } = options;
  const waitMs = durationMs('--timeout', timeout ?? '10m');
  const isPatient = timeout !== undefined || isNeeded;
  const body = jsonBody(wanted);
  const shown = await changed(options, { method: 'POST', path: '/v1/members', ...body });
  const isToWait = options.wait && wanted.role === 'participant';
  const waiting = { options, waitMs, isPatient };
  return isToWait ? await waitForVote(terminal, wanted.id, waiting) : shown;
}

async function removed(id: number, options: ChangeOptions): Promise<Document> {
  return await changed(options, { method: 'DELETE', path: `/v1/members/${String(id)}` });
}

async function changed(options: ChangeOptions, ask: RestAsk): Promise<Document> {
  const { fromVersion, force } = options;
  const path = withQuery(ask.path, { fromVersion, force });
  return documentOf(await ringOf(options).askForSuccess({ ...ask, path }));
}

interface Waiting {
  readonly options: ClientOptions;
  readonly waitMs: number;
  /** Also for one that is not heard at all: it may not have been started yet. */
  readonly isPatient: boolean;
}

/** By whichever peer answers: the one that was asked may be gone. */
async function waitForVote(
  terminal: Terminal,
  id: number,
  { options, waitMs, isPatient }: Waiting,
): Promise<Document> {
  const startedAtMs = Date.now();
  let said = '';
  let wasHeard = false;
  for (;;) {
    const shown = await listed(options);
    const found =
      shown === undefined ? undefined : membersIn(shown).find((each) => each['id'] === id);
    if (shown !== undefined && found?.['voter'] === true) return shown;
    const isUp = found?.['state'] === 'up';
    wasHeard ||= isUp;
    const step = isUp ? 'is catching up' : 'is not heard yet: start it, if it does not run';
    if (step !== said) terminal.writeError(`server ${String(id)} ${step}\n`);
    said = step;
    const waitedMs = Date.now() - startedAtMs;
    if (waitedMs >= waitMs) throw noVoteYet(id, step);
    if (shown !== undefined && !wasHeard && !isPatient && waitedMs >= heardWithinMs) {
      terminal.writeError('it gets its vote when it has come and caught up: quoll member list\n');
      return shown;
    }
    await pause(lookEveryMs);
  }
}

async function listed(options: ClientOptions): Promise<Document | undefined> {
  try {
    return await ringOf(options).document({ method: 'GET', path: '/v1/members' });
  } catch (error) {
    if (problemCode(error) === '') return undefined;
    throw error;
  }
}

function noVoteYet(id: number, step: string): CommandFailed {
  return new CommandFailed(exitCode.unavailable, `Server ${String(id)} has no vote yet`, {
    hint: `It is a member and ${step}. It gets its vote by itself; see quoll member list.`,
  });
}

function sameNumber(id: string): CommandFailed {
  return new CommandFailed(exitCode.usage, `The new peer has the number of the old one, ${id}`, {
    hint: 'Give it another. A peer that lost its data is started again under its own number, empty: it gets its vote back.',
  });
}

function memberIn(text: string, { observer }: AddOptions): Member {
  const [, id = '', line = ''] = /^(?:server\.)?(\d+)=(.*)$/.exec(text) ?? [];
  const parsed = parseServerLine(id, line);
  if (typeof parsed === 'string') {
    throw new CommandFailed(exitCode.usage, `"${text}" is no server: ${parsed}`, {
      hint: 'Write ID=HOST:QUORUMPORT:ELECTIONPORT[:observer][;CLIENTPORT], as in 4=db4.example:2888:3888',
    });
  }
  const client = line.split(';')[1];
  const role = observer === true ? 'observer' : parsed.server.role;
  const member = { ...parsed.server, role, ...(client !== undefined && { client }) };
  const mistake = mistakeInMember(member);
  if (mistake !== undefined) throw new CommandFailed(exitCode.usage, mistake);
  return member;
}

function memberNumber(typed: string): number {
  return peerNumber(typed, { called: 'member', shownBy: 'quoll member list' });
}

function membersIn({ members }: Document): readonly Document[] {
  return Array.isArray(members) ? (members as Document[]) : [];
}

function show(terminal: Terminal, { output }: ClientOptions, shown: Document): void {
  if (output === 'json') {
    writeJson(terminal, shown);
    return;
  }
  const rows = membersIn(shown).map((member) => [
    word(member['id']),
    word(member['role']),
    member['joining'] === true ? 'joining' : member['voter'] === true ? 'yes' : 'no',
    `${word(member['state'])}${member['leader'] === true ? ', leads' : ''}`,
    `${bracketed(word(member['host']))}:${word(member['quorumPort'])}:${word(member['electionPort'])}`,
    member['inConfig'] === true ? 'yes' : 'no',
  ]);
  const heading = ['ID', 'ROLE', 'VOTE', 'STATE', 'ADDRESS', 'CONFIG'];
  terminal.write(`version ${word(shown['version'])}\n${table([heading, ...rows])}`);
}
