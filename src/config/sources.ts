import { nearest } from '../base/nearest.ts';
import { didYouMean, type ConfigEntry } from './config-entry.ts';
import type { Findings } from './findings.ts';
import { parseProperties } from './properties.ts';
import { meansServers, serverEntries } from './server-list.ts';
import { flagOf, settingKeys, variableOf } from './settings.ts';

/**
 * Reads Java properties, as ZooKeeper reads a zoo.cfg; `key` is the name as written. `content` has a char per byte.
 */
export function readProperties(content: string, file: string, findings: Findings): ConfigEntry[] {
  const firstSeen = new Map<string, string>();
  return parseProperties(content).map(({ key, value, line, isMalformed }) => {
    const where = `${file}:${String(line)}`;
    if (isMalformed) {
      findings.complain(
        where,
        'a \\u is not followed by four hex digits',
        'Write \\\\ for a backslash, as Java properties have it.',
      );
    } else if (/[^\0-\x7f]/.test(key + value) && /[\x80-\xff]/.test(content)) {
      findings.warn(
        where,
        `letters beyond ASCII are read as ISO-8859-1, as ZooKeeper reads them: ${key}=${value}; write them as \\u00fc`,
      );
    }
    const earlier = firstSeen.get(key);
    if (earlier !== undefined) {
      findings.warn(where, `${key} stands in ${earlier} too; this one counts`);
    }
    firstSeen.set(key, where);
    return { key, name: key, text: value, where };
  });
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Read elsewhere: by the client commands and by the command line itself. */
const otherVariables = [
  ...['QUOLL_URL', 'QUOLL_SESSION', 'QUOLL_CONFIG'],
  ...['QUOLL_CACERT', 'QUOLL_CERT', 'QUOLL_KEY', 'QUOLL_TOKEN_FILE'],
];

/** What Kubernetes tells every pod of a service whose name begins with quoll, besides `…_PORT`. */
const ofServices = /_SERVICE_(HOST|PORT(_.+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
const serviceAddress = /^(tcp|udp|sctp):\/\//;

/** Gives what a variable says; one that is empty is as one that is not set, as `docker compose` passes it. */
export function variable(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  return text === '' ? undefined : text;
}

export function readEnvironment(environment: Environment, findings: Findings): ConfigEntry[] {
  const keys = new Map(settingKeys.map((key) => [variableOf(key), key as string]));
  const known = [...keys.keys(), 'QUOLL_SERVERS', ...otherVariables];
  return Object.keys(environment).flatMap((name) => {
    if (!name.startsWith('QUOLL_') || otherVariables.includes(name)) return [];
    const text = variable(environment, name);
    const key = keys.get(name);
    if (text === undefined) {
      if (name === 'QUOLL_SERVERS') findings.warn(name, 'is empty, and so as if it were not set');
      return [];
    }
    if (isOfService(name, text)) {
      // Nobody meant it, but somebody may look for why it does nothing.
      if (key !== undefined) {
        findings.mention(name, `${text} is Kubernetes' word of a service, and without effect`);
      }
      return [];
    }
    if (name === 'QUOLL_SERVERS') return serverEntries(text, name, () => name);
    if (key !== undefined) return [{ key, name, text, where: name }];
    const close = didYouMean(nearest(name, known));
    if (meansServers(name)) {
      findings.complain(
        name,
        `unknown${close}`,
        'Name the ensemble in QUOLL_SERVERS, or unset it.',
      );
    } else findings.warn(name, `unknown and without effect${close}`);
    return [];
  });
}

function isOfService(name: string, text: string): boolean {
  return ofServices.test(name) || (name.endsWith('_PORT') && serviceAddress.test(text));
}

/** Reads the flags of the command line, by setting key, plus `servers`. */
export function readCommandLine(flags: Environment): ConfigEntry[] {
  return Object.entries(flags).flatMap(([key, text]) => {
    const name = `--${flagOf(key)}`;
    if (text === undefined) return [];
    if (key === 'servers') return serverEntries(text, name, () => name);
    return [{ key, name, text, where: name }];
  });
}
