import { Option, type Command } from 'commander';
import type { KeyTools } from '../../config/key-tools.ts';
import { describeComplaints } from '../../config/complaint.ts';
import { configFile, loadConfig } from '../../config/load.ts';
import { parseHost } from '../../config/setting.ts';
import { keyPurposeOf } from '../../config/tls.ts';
import { isClusterId } from '../../model/peer-name.ts';
import type {
  CertificateView,
  KeyFiles,
  KeyProblem,
  KeyPurpose,
  KeysRefused,
  NewKeys,
} from '../../model/tls-keys.ts';
import { countOption, examples, writeJson } from '../client/client-command.ts';
import { CommandFailed, EndedWith, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

// Keys for TLS: commands that need no peer that runs.

/** Loaded when one of the commands is run. */
export type LoadKeyTools = () => Promise<KeyTools>;

const dayMs = 86_400_000;
const peersMax = 255;
const daysMax = 3_650;

export function addTlsCommand(program: Command, terminal: Terminal, load: LoadKeyTools): void {
  const command = program
    .command('tls')
    .description('make, revoke, show and check keys for TLS')
    .addHelpText(
      'after',
      examples(
        'quoll tls new keys --hosts node01,node02,node03 --peers 3',
        'quoll tls show keys/peer-1.pem',
        'quoll tls check --config zoo.cfg',
      ),
    );
  addNew(command, terminal, load);
  addRevoke(command, terminal, load);
  addShow(command, terminal, load);
  addCheck(command, terminal, load);
}

interface NewOptions {
  readonly hosts?: readonly string[];
  readonly peers?: number;
  readonly clients?: readonly string[];
  readonly clusterId?: string;
  readonly ca?: string;
  readonly renew?: true;
  readonly days: number;
  readonly output: 'text' | 'json';
}

function addNew(command: Command, terminal: Terminal, load: LoadKeyTools): void {
  command
    .command('new <dir>')
    .description('make an authority, and keys for each peer and for the administrator')
    .option('--hosts <names>', 'names and addresses of the peers, with commas', hostsOption)
    .option('--peers <count>', 'how many peers: peer-1 and so on', countOption(3))
    .option('--clients <names>', 'keys for clients, too, with commas', clientsOption)
    .option('--cluster-id <hex>', 'of an ensemble that exists: quoll status shows it')
    .option('--ca <dir>', 'take the authority (ca.pem, ca.key) from there')
    .option('--renew', 'make new keys in place of those that are there, by the same authority')
    .option('--days <count>', 'how long they hold, the authority ten years', countOption(4), 365)
    .addOption(outputOption())
    .addHelpText(
      'after',
      `${examples(
        'quoll tls new keys --hosts node01,node02,node03 --peers 3',
        'quoll tls new keys --hosts node01,node02,node03,node04 --peers 4   one more peer',
        'quoll tls new keys --renew                                         before they end',
      )}
Nothing is overwritten without --renew, and the authority never is. Keys are readable by you alone.
ca.key makes peers: keep it off the machines that run them.
`,
    )
    .action(async (directory: string, options: NewOptions) => {
      const { peers = 0, days, clusterId } = options;
      if (peers === 0 && options.renew === undefined && options.clients === undefined) {
        throw new CommandFailed(exitCode.usage, 'How many peers are there?', {
          hint: 'Say --peers 3, and in --hosts by which names they are reached.',
        });
      }
      checkNumbers(peers, days, clusterId);
      const outcome = await (
        await load()
      ).make({
        directory,
        authority: options.ca,
        hosts: options.hosts ?? [],
        peers,
        clients: options.clients ?? [],
        clusterId,
        isRenewal: options.renew === true,
        days,
      });
      if (outcome.kind === 'refused') throw refusalOf(outcome);
      if (options.output === 'json') writeJson(terminal, outcome);
      else {
        const after = options.renew === true ? wordsOfRenewal : wordsOfUse(outcome);
        terminal.write(
          `${wordsOfNew(outcome)}${after}When they end: quoll tls check, quoll tls new ${directory} --renew\n`,
        );
      }
    });
}

function checkNumbers(peers: number, days: number, clusterId: string | undefined): void {
  if (peers > peersMax) {
    throw new CommandFailed(exitCode.usage, `an ensemble has ${String(peersMax)} peers at most`);
  }
  if (days > daysMax) {
    throw new CommandFailed(exitCode.usage, `keys hold ${String(daysMax)} days at most`);
  }
  if (clusterId === undefined || isClusterId(clusterId)) return;
  throw new CommandFailed(exitCode.usage, `"${clusterId}" is not the id of an ensemble`, {
    hint: 'It is 16 hex digits, which quoll status shows.',
  });
}

function wordsOfNew({ caFile, certFiles, isNewAuthority, clusterId }: NewKeys): string {
  return [
    ...(isNewAuthority ? [`${caFile}  the authority; keep ca.key off the peers' machines`] : []),
    ...certFiles.map((file) => `${file}  its key is beside it`),
    `They are of the ensemble ${clusterId}.`,
    '',
  ].join('\n');
}

const wordsOfRenewal =
  'Copy each pair to where its peer has it: it is taken over within seconds, and nobody is cut off.\n';

function wordsOfUse({ caFile, certFiles }: NewKeys): string {
  const firstPeer = certFiles.find((file) => /peer-\d+\.pem$/.test(file));
  if (firstPeer === undefined) return '';
  const name = firstPeer.replace(/\.pem$/, '');
  return [
    'In the configuration of each peer, with its own number:',
    `  tls: { certFile: ${name}.pem, keyFile: ${name}.key, caFile: ${caFile} }`,
    'In a zoo.cfg:',
    `  quoll.tls.certFile=${name}.pem`,
    `  quoll.tls.keyFile=${name}.key`,
    `  quoll.tls.caFile=${caFile}`,
    `For clients: QUOLL_CACERT=${caFile}, curl --cacert ${caFile}`,
    '',
  ].join('\n');
}

function addRevoke(command: Command, terminal: Terminal, load: LoadKeyTools): void {
  command
    .command('revoke <dir> <name...>')
    .description('have certificates believed no more: write them into ca.crl, for tls.crlFile')
    .addOption(outputOption())
    .addHelpText('after', examples('quoll tls revoke keys peer-2', 'quoll tls revoke keys old.pem'))
    .action(
      async (
        directory: string,
        names: readonly string[],
        { output }: { readonly output: 'text' | 'json' },
      ) => {
        const outcome = await (await load()).revoke(directory, names);
        if (outcome.kind === 'refused') throw refusalOf(outcome);
        const { crlFile, subjects, inAll } = outcome;
        if (output === 'json') writeJson(terminal, outcome);
        else {
          terminal.write(
            `${crlFile} lists ${subjects.join('; ')}; ${String(inAll)} in all.\n` +
              `Copy it to every peer, and name it there: tls: { crlFile: ${crlFile} } (zoo.cfg:\n` +
              `quoll.tls.crlFile=${crlFile}). A peer that has named it takes the new list over within seconds;\n` +
              'what was connected before stays so: restart the peers one by one to cut it.\n',
          );
        }
      },
    );
}

function refusalOf(outcome: KeysRefused): CommandFailed {
  const { problem, fix } = outcome;
  return new CommandFailed(exitCode.error, problem, { hint: fix, problem: outcome });
}

function addShow(command: Command, terminal: Terminal, load: LoadKeyTools): void {
  command
    .command('show <file...>')
    .description('show certificates: whom they name, what they are for, until when they hold')
    .addOption(outputOption())
    .addHelpText('after', examples('quoll tls show keys/peer-1.pem keys/ca.pem'))
    .action(async (files: readonly string[], { output }: { readonly output: 'text' | 'json' }) => {
      const tools = await load();
      const shown = await Promise.all(
        files.map(async (file) => ({ file, ...(await tools.show(file)) })),
      );
      if (output === 'json') writeJson(terminal, shown);
      else {
        for (const { file, certificates } of shown) {
          for (const view of certificates) terminal.write(wordsOf(file, view, Date.now()));
        }
      }
      endWith(
        shown.flatMap(({ problems }) => problems),
        output,
        terminal,
      );
    });
}

function wordsOf(file: string, view: CertificateView, nowMs: number): string {
  const { subject, peer, hosts, purposes, isAuthority, issuer, fingerprint } = view;
  const uses = purposes.length === 0 ? 'neither server nor client' : purposes.join(' and ');
  return [
    file,
    `  subject      ${subject}`,
    ...(peer === undefined ? [] : [`  peer         ${String(peer.id)} of ${peer.clusterId}`]),
    ...(hosts.length === 0 ? [] : [`  hosts        ${hosts.join(', ')}`]),
    `  for          ${isAuthority ? 'signing certificates' : uses}`,
    `  holds        ${validityOf(view, nowMs)}`,
    `  issuer       ${issuer === subject ? 'itself' : issuer}`,
    `  fingerprint  SHA-256 ${fingerprint}`,
    '',
  ].join('\n');
}

function validityOf({ notBeforeMs, notAfterMs }: CertificateView, nowMs: number): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const days = Math.floor((notAfterMs - nowMs) / dayMs);
  const left =
    nowMs < notBeforeMs
      ? 'not yet'
      : nowMs >= notAfterMs
        ? 'ended'
        : `${String(days)} ${days === 1 ? 'day' : 'days'} left`;
  return `${day(notBeforeMs)} to ${day(notAfterMs)} (${left})`;
}

interface CheckOptions {
  readonly config?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly cacert?: string;
  readonly crl?: string;
  readonly host?: readonly string[];
  readonly for?: 'server' | 'client';
  readonly output: 'text' | 'json';
}

function addCheck(command: Command, terminal: Terminal, load: LoadKeyTools): void {
  command
    .command('check')
    .description(
      'say whether keys can be used, and for how long; ends with 1 when there is a fault',
    )
    .option('--config <file>', 'of a peer: zoo.cfg, or .yaml (QUOLL_CONFIG)')
    .option('--cert <file>', 'the certificate, and those between it and the authority')
    .option('--key <file>', 'its key (default: in the same file)')
    .option('--cacert <file>', 'whose certificates are believed')
    .option('--crl <file>', 'certificates that are believed no more')
    .option('--host <names>', 'names that it must stand for, with commas', hostsOption)
    .addOption(new Option('--for <role>', 'what it is shown as').choices(['server', 'client']))
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples(
        'quoll tls check --config zoo.cfg',
        'quoll tls check --cert keys/peer-1.pem --key keys/peer-1.key --cacert keys/ca.pem --host node01',
        'quoll tls check --cert keys/admin.pem --key keys/admin.key --for client',
      ),
    )
    .action(async (options: CheckOptions) => {
      const { output, cert } = options;
      const { files, purpose } =
        cert === undefined ? ofConfiguration(options) : ofFiles(options, cert);
      const { certificate, problems } = await (await load()).check(files, purpose);
      if (output === 'json') writeJson(terminal, { certificate: certificate ?? null, problems });
      else if (problems.length === 0 && certificate !== undefined) {
        terminal.write(`${files.certFile}: all well, ${validityOf(certificate, Date.now())}\n`);
      }
      endWith(problems, output, terminal);
    });
}

interface ToCheck {
  readonly files: KeyFiles;
  readonly purpose: KeyPurpose;
}

function ofFiles(options: CheckOptions, certFile: string): ToCheck {
  const { key, cacert: caFile, crl: crlFile, host: hosts = [], for: role = 'server' } = options;
  if (options.config !== undefined) {
    throw new CommandFailed(exitCode.usage, 'Say --config or --cert, not both');
  }
  return {
    files: { certFile, keyFile: key ?? certFile, caFile, crlFile, keyPasswordFile: undefined },
    purpose: { peer: undefined, hosts, roles: [role] },
  };
}

/** As a peer with this configuration would look at its keys. */
function ofConfiguration({ config: file, host = [] }: CheckOptions): ToCheck {
  if (file === undefined && configFile() === undefined) {
    throw new CommandFailed(exitCode.usage, 'What is to be checked?', {
      hint: 'Name the configuration of a peer: --config FILE; or a certificate: --cert FILE --key FILE',
    });
  }
  const outcome = loadConfig({ file });
  if (outcome.kind === 'refused') {
    throw new CommandFailed(exitCode.usage, describeComplaints(outcome.complaints));
  }
  const purpose = keyPurposeOf(outcome.config);
  const { tls } = outcome.config;
  if (tls !== undefined) {
    return { files: tls, purpose: { ...purpose, hosts: [...purpose.hosts, ...host] } };
  }
  throw new CommandFailed(exitCode.error, 'a peer with this configuration speaks no TLS', {
    hint: 'Name keys in tls.certFile, tls.keyFile and tls.caFile (zoo.cfg: quoll.tls.certFile=…).',
  });
}

/** Says each fault with its remedy. */
function endWith(
  problems: readonly KeyProblem[],
  output: 'text' | 'json',
  terminal: Terminal,
): void {
  if (problems.length === 0) return;
  if (output === 'text') {
    for (const { severity, file, problem, fix } of problems) {
      terminal.writeError(`quoll: ${severity}: ${file}: ${problem}\n  ${fix}\n`);
    }
  }
  throw new EndedWith(exitCode.error);
}

function outputOption(): Option {
  return new Option('-o, --output <form>', 'text for people, json for programs')
    .choices(['text', 'json'])
    .default('text');
}

function hostsOption(typed: string): readonly string[] {
  return namesOf(typed, (name) => parseHost(name), 'a host name or an address, without a port');
}

/** A name makes files: it is no path, and none of those that are written anyway. */
function clientsOption(typed: string): readonly string[] {
  const isFree = (name: string): boolean =>
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name) && !/^(ca|admin|peer-\d+)$/.test(name);
  return namesOf(
    typed,
    (name) => (isFree(name) ? name : undefined),
    'a name of letters and digits, as of a user, and not ca, admin or peer-1',
  );
}

function namesOf(
  typed: string,
  parse: (name: string) => string | undefined,
  want: string,
): readonly string[] {
  const given = typed.split(',').map((name) => name.trim());
  return given
    .filter((name) => name !== '')
    .map((name) => {
      const parsed = parse(name);
      if (parsed !== undefined) return parsed;
      throw new CommandFailed(exitCode.usage, `"${name}" is not ${want}`);
    });
}
