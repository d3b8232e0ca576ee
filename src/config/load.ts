import { readFileSync } from 'node:fs';
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
  readYaml,
  type ConfigEntry,
  type Environment,
} from './sources.ts';
import { translateZooCfg, type ZooCfg } from './zoo-cfg.ts';

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
  dynamicConfigFile: undefined,
};

/**
 * Reads a peer's configuration, flags before the environment before the file, and checks it as a whole. The only reader
 * of files, variables and flags; nothing is written.
 */
export function loadConfig(sources: ConfigSources): LoadOutcome {
  const findings = new Findings();
  const environment = sources.environment ?? process.env;
  const file = sources.file ?? environment['QUOLL_CONFIG'];
  const fromFile = file === undefined ? noZooCfg : readConfigFile(file, findings);
  const levels = [
    fromFile.entries,
    readEnvironment(environment, findings),
    readCommandLine(sources.flags ?? {}, findings),
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
  const config = assemble(
    {
      chosen,
      dataDir,
      myid: readMyid(dataDir, findings),
      lines: readServerLines(serverEntries, findings),
      hasServerLines: serverEntries.length > 0,
      tickTime: zooCfg.tickTime,
      listensOnAllAddresses: zooCfg.listensOnAllAddresses,
    },
    findings,
  );
  const { complaints, notices } = findings;
  return complaints.length > 0 || config === undefined
    ? { kind: 'refused', complaints, notices }
    : { kind: 'loaded', config, notices };
}

/** Gives the URL that the client commands talk to unless told otherwise, or several with commas. */
export function clientUrl(environment: Environment = process.env): string {
  const { QUOLL_URL: url = '' } = environment;
  return url === '' ? `http://127.0.0.1:${String(configDefaults.httpPort)}` : url;
}

/** Gives `ID:SECRET` of the session that the client commands speak for; undefined when there is none. */
export function clientSession(environment: Environment = process.env): string | undefined {
  const session = environment['QUOLL_SESSION'];
  return session === '' ? undefined : session;
}

/** Gives the environment of a command that is run on behalf of somebody: all that is set, and these too. */
export function environmentWith(
  more: Environment,
  environment: Environment = process.env,
): Environment {
  return { ...environment, ...more };
}

/** Gives the environment of a child process that is configured by a file of its own. */
export function environmentWithoutSettings(environment: Environment = process.env): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('QUOLL_')),
  );
}

function readConfigFile(file: string, findings: Findings): ZooCfg {
  const content = readText(file, findings);
  if (content === undefined) return noZooCfg;
  if (/\.(ya?ml|json)$/i.test(file)) {
    return { ...noZooCfg, entries: readYaml(content, file, findings) };
  }
  const zooCfg = translateZooCfg(readProperties(content, file, findings), findings);
  if (zooCfg.dynamicConfigFile === undefined) return zooCfg;
  const servers = readText(zooCfg.dynamicConfigFile.text, findings) ?? '';
  const more = readProperties(servers, zooCfg.dynamicConfigFile.text, findings);
  const withoutVersion = more.filter(({ key }) => key !== 'version');
  return {
    ...zooCfg,
    entries: [...zooCfg.entries, ...translateZooCfg(withoutVersion, findings).entries],
  };
}

function readText(file: string, findings: Findings): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.complain(file, `cannot be read (${reason})`, 'Check the name and who may read it.');
    return undefined;
  }
}

/** ZooKeeper's `myid`: absent in most data directories of an ensemble of one. */
function readMyid(
  dataDir: string,
  findings: Findings,
): { readonly id: number; readonly where: string } | undefined {
  const where = join(dataDir, 'myid');
  let content: string;
  try {
    content = readFileSync(where, 'utf8').trim();
  } catch {
    return undefined;
  }
  const id = /^\d{1,3}$/.test(content) ? Number(content) : 0;
  if (id >= 1 && id <= 255) return { id, where };
  findings.complain(where, `"${content.slice(0, 20)}" is not a server's number`, 'Write 1 to 255.');
  return undefined;
}
