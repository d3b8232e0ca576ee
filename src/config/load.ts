import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { assemble } from './assemble.ts';
import { Chosen } from './chosen.ts';
import type { Complaint, Notice } from './complaint.ts';
import { configDefaults, type PeerConfig } from './config.ts';
import { readServerLines } from './ensemble.ts';
import { Findings } from './findings.ts';
import { readPeerOptions } from './options.ts';
import {
  readEnvironment,
  readCommandLine,
  readProperties,
  variable,
  type Environment,
} from './sources.ts';
import type { ConfigEntry } from './config-entry.ts';
import { readYaml } from './yaml-file.ts';
import { translateDynamicFile, translateZooCfg, type ZooCfg } from './zoo-cfg.ts';
import { checkForZooKeeperData } from './zoo-data.ts';

export type LoadOutcome =
  | { readonly kind: 'loaded'; readonly config: PeerConfig; readonly notices: readonly Notice[] }
  | {
      readonly kind: 'refused';
      readonly complaints: readonly Complaint[];
      readonly notices: readonly Notice[];
    };

export interface ConfigSources {
  /** YAML by its ending (.yaml, .yml, .json), a zoo.cfg otherwise. */
  readonly file?: string | undefined;
  /** By setting key, plus `servers` (`1=host:2888:3888,2=…`). */
  readonly flags?: Environment;
  readonly environment?: Environment;
}

const noZooCfg: ZooCfg = {
  entries: [],
  tickTime: undefined,
  listensOnAllAddresses: false,
  clientPortAddress: undefined,
  dataLogDir: undefined,
  peerType: undefined,
  neverAlone: undefined,
  dynamicConfigFile: undefined,
  wantsTls: undefined,
};

/**
 * Reads a peer's configuration, flags before the environment before the file, and checks it as a whole. The only reader
 * of files, variables and flags; nothing is written.
 */
export function loadConfig(sources: ConfigSources): LoadOutcome {
  const findings = new Findings();
  const environment = sources.environment ?? process.env;
  const file = sources.file ?? configFile(environment);
  const fromFile = file === undefined ? noZooCfg : readConfigFile(file, findings);
  const levels = [
    fromFile.entries,
    readEnvironment(environment, findings),
    readCommandLine(sources.flags ?? {}),
  ];
  return conclude(levels, fromFile, findings);
}

/**
 * Makes a configuration of what a program says (`PeerOptions`) and nothing else, but for `myid` in the data directory.
 */
export function loadOptions(options: unknown): LoadOutcome {
  const findings = new Findings();
  return conclude([readPeerOptions(options, findings)], noZooCfg, findings);
}

/** `levels` in rising order of precedence. */
function conclude(
  levels: readonly (readonly ConfigEntry[])[],
  zooCfg: ZooCfg,
  findings: Findings,
): LoadOutcome {
  const isServer = ({ key }: ConfigEntry): boolean => key.startsWith('servers.');
  const chosen = new Chosen(
    levels.flat().filter((entry) => !isServer(entry)),
    findings,
  );
  // An ensemble is said in one place: a part of it from here and a part from there would be nobody's ensemble.
  const serverEntries = levels.findLast((level) => level.some(isServer))?.filter(isServer) ?? [];
  const dataDir = resolve(chosen.get('dataDir') ?? configDefaults.dataDir);
  checkForZooKeeperData(
    { dataDir, where: chosen.where('dataDir'), logDir: zooCfg.dataLogDir },
    findings,
  );
  const config = assemble(
    {
      chosen,
      dataDir,
      myid: readMyid(dataDir, findings),
      lines: readServerLines(serverEntries, findings),
      hasServerLines: serverEntries.length > 0,
      zooCfg,
    },
    findings,
  );
  const { complaints, notices } = findings;
  return complaints.length > 0 || config === undefined
    ? { kind: 'refused', complaints, notices }
    : { kind: 'loaded', config, notices };
}

/** Gives the configuration file of a peer that is not told another. */
export function configFile(environment: Environment = process.env): string | undefined {
  return variable(environment, 'QUOLL_CONFIG');
}

/** Gives the URL that the client commands talk to unless told otherwise, or several with commas. */
export function clientUrl(environment: Environment = process.env): string {
  return (
    variable(environment, 'QUOLL_URL') ?? `http://127.0.0.1:${String(configDefaults.httpPort)}`
  );
}

/** Gives `ID:SECRET` of the session that the client commands speak for; undefined when there is none. */
export function clientSession(environment: Environment = process.env): string | undefined {
  return variable(environment, 'QUOLL_SESSION');
}

/** Gives the file with the token that the client commands show: the one that was typed, else what the environment says. */
export function clientTokenFile(
  typed: string | undefined,
  environment: Environment = process.env,
): string | undefined {
  return typed ?? variable(environment, 'QUOLL_TOKEN_FILE');
}

/** Gives where programs keep what is this user's own (XDG Base Directory Specification). */
export function userConfigDirectory(environment: Environment = process.env): string {
  return variable(environment, 'XDG_CONFIG_HOME') ?? join(homedir(), '.config');
}

/** What the client commands speak TLS by. */
export interface ClientKeyFiles {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/** Gives what was `typed`, and for the rest what the environment says. */
export function clientKeyFiles(
  { caFile, certFile, keyFile }: ClientKeyFiles,
  environment: Environment = process.env,
): ClientKeyFiles {
  return {
    caFile: caFile ?? variable(environment, 'QUOLL_CACERT'),
    certFile: certFile ?? variable(environment, 'QUOLL_CERT'),
    keyFile: keyFile ?? variable(environment, 'QUOLL_KEY'),
  };
}

/** Gives what the shell was told to run, as most of them say it in `_`: what comes before us, as `nohup`. */
export function programOfShell(environment: Environment = process.env): string {
  return environment['_'] ?? '';
}

/** Gives the environment of a command that is run on behalf of somebody: all that is set, and these too. */
export function environmentWith(
  more: Environment,
  environment: Environment = process.env,
): Environment {
  return { ...environment, ...more };
}

/** Of a supervisor that waits for one process, and not for those that it starts. */
const ofSupervisor = ['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC'];

/** Gives the environment of a child process that is configured by a file of its own. */
export function environmentWithoutSettings(environment: Environment = process.env): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !name.startsWith('QUOLL_') && !ofSupervisor.includes(name),
    ),
  );
}

function readConfigFile(file: string, findings: Findings): ZooCfg {
  const bytes = readBytes(file, findings);
  if (bytes === undefined) return noZooCfg;
  if (/\.(ya?ml|json)$/i.test(file)) {
    return { ...noZooCfg, entries: readYaml(bytes.toString('utf8'), file, findings) };
  }
  const zooCfg = translateZooCfg(
    readProperties(charsOf(bytes, file, findings), file, findings),
    findings,
  );
  const { dynamicConfigFile } = zooCfg;
  if (dynamicConfigFile === undefined) return zooCfg;
  const doubled = zooCfg.entries.find(({ key }) => key.startsWith('servers.'));
  if (doubled !== undefined) {
    const problem = `${doubled.name} stands here, and the servers are in ${dynamicConfigFile.text}`;
    findings.complain(doubled.where, problem, 'Say the ensemble in one place.');
  }
  const name = dynamicConfigFile.text;
  const dynamicBytes = readBytes(name, findings);
  if (dynamicBytes === undefined) return zooCfg;
  const lines = readProperties(charsOf(dynamicBytes, name, findings), name, findings);
  return { ...zooCfg, entries: [...zooCfg.entries, ...translateDynamicFile(lines, findings)] };
}

function readBytes(file: string, findings: Findings): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const [first, second] = bytes;
    if ((first !== 0xff || second !== 0xfe) && (first !== 0xfe || second !== 0xff)) return bytes;
    findings.complain(file, 'is written in UTF-16', 'Save it as UTF-8.');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.complain(file, `cannot be read (${reason})`, 'Check the name and who may read it.');
  }
  return undefined;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Gives a char for each byte, as Java reads properties, but for the mark that some editors put before the first. */
function charsOf(bytes: Buffer, file: string, findings: Findings): string {
  if (!bytes.subarray(0, 3).equals(byteOrderMark)) return bytes.toString('latin1');
  findings.warn(
    `${file}:1`,
    'the file begins with a byte order mark, which is left out here; ZooKeeper takes it for a part of the first key',
  );
  return bytes.subarray(3).toString('latin1');
}

/** ZooKeeper's `myid`, its first line: absent in most data directories of an ensemble of one. */
function readMyid(
  dataDir: string,
  findings: Findings,
): { readonly id: number; readonly where: string } | undefined {
  const where = join(dataDir, 'myid');
  let content: string;
  try {
    content = readFileSync(where, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Where there can be no such directory, the store says so.
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(String(code))) return undefined;
    findings.complain(where, `cannot be read (${String(code)})`, 'Let this user read it.');
    return undefined;
  }
  const [line = ''] = content.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const text = line.trim();
  const id = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (id >= 1 && id <= 255) return { id, where };
  findings.complain(where, `"${text.slice(0, 20)}" is not a server's number`, 'Write 1 to 255.');
  return undefined;
}
