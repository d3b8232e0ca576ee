import { nearest } from '../base/nearest.ts';
import { didYouMean, type ConfigEntry } from './config-entry.ts';
import type { Findings } from './findings.ts';
import { javaDecoded, javaInt } from './java-values.ts';
import { serverEntries } from './server-list.ts';
import { isSettingKey, settingKeys, settings, type SettingKey } from './settings.ts';
import {
  aliasOf,
  isZooKey,
  unsupportedBecause,
  zooClientPortAddress,
  zooDataLogDir,
  zooDynamicConfigFile,
  zooKeys,
  zooPeerType,
  zooQuorumListenOnAllIps,
  zooStandaloneEnabled,
  zooTickTime,
  zooWithoutEffect,
  type ZooAlias,
} from './zoo-keys.ts';
import { translateZooTls } from './zoo-tls.ts';

/** What a zoo.cfg says, in our own keys. */
export interface ZooCfg {
  readonly entries: readonly ConfigEntry[];
  /** As written: other settings follow from them. */
  readonly tickTime: ConfigEntry | undefined;
  readonly listensOnAllAddresses: boolean;
  readonly clientPortAddress: ConfigEntry | undefined;
  /** Where ZooKeeper's log was, if not in its data directory. */
  readonly dataLogDir: ConfigEntry | undefined;
  readonly peerType: ConfigEntry | undefined;
  /** Said to be part of an ensemble, whatever the server lines say: `standaloneEnabled=false`, or a file for them. */
  readonly neverAlone: ConfigEntry | undefined;
  /** Where the `server.N` lines stand, in place of this file. */
  readonly dynamicConfigFile: ConfigEntry | undefined;
  /** A line that asks for TLS, be there keys for it or not. */
  readonly wantsTls: ConfigEntry | undefined;
}

/** Translates the lines of a zoo.cfg; what has no meaning here is said, never silently dropped. */
export function translateZooCfg(lines: readonly ConfigEntry[], findings: Findings): ZooCfg {
  const named = (name: string): ConfigEntry | undefined =>
    lines.findLast((line) => line.key === name);
  const saysNo = named(zooStandaloneEnabled)?.text.toLowerCase() === 'false';
  const dynamicConfigFile = named(zooDynamicConfigFile);
  const tls = translateZooTls(lines, findings);
  return {
    entries: [
      // Of two for one setting the later counts: our own.
      ...tls.entries,
      ...tls.rest
        .filter((line) => !(isNoPort(line) && lines.some(namesClientPort)))
        .filter((line) => counts(line, named(line.key), findings))
        .flatMap((line) => translate(line, findings)),
    ],
    tickTime: named(zooTickTime),
    listensOnAllAddresses: named(zooQuorumListenOnAllIps)?.text.toLowerCase() === 'true',
    clientPortAddress: named(zooClientPortAddress),
    dataLogDir: named(zooDataLogDir),
    peerType: named(zooPeerType),
    neverAlone: dynamicConfigFile ?? (saysNo ? named(zooStandaloneEnabled) : undefined),
    dynamicConfigFile,
    wantsTls: tls.wantedBy,
  };
}

/** Of two lines for one key Java knows the later alone, be the earlier right or wrong. Server lines may not stand twice. */
function counts(line: ConfigEntry, last: ConfigEntry | undefined, findings: Findings): boolean {
  if (last === undefined || last === line || aliasOf(line.key) === undefined) return true;
  findings.warn(line.where, `${line.name} stands again later: ${last.where} counts instead`);
  return false;
}

/** 0 is as if no port was said: a server line may say it. */
const isNoPort = ({ key, text }: ConfigEntry): boolean =>
  key === 'clientPort' && javaInt(text) === 0;
const namesClientPort = ({ key, text }: ConfigEntry): boolean =>
  key.startsWith('server.') && text.includes(';');

/** Reads the lines of a dynamic file: servers, and nothing else. */
export function translateDynamicFile(
  lines: readonly ConfigEntry[],
  findings: Findings,
): readonly ConfigEntry[] {
  return lines.flatMap((line) => {
    if (line.key === 'version') return [];
    if (line.key.startsWith('server.')) return [asServer(line, line.key)];
    const reason = unsupportedBecause(line.key, line.text);
    if (reason !== undefined) findings.warn(line.where, `${line.key} has no effect: ${reason}`);
    else {
      const problem = `${line.key} does not belong into a dynamic file`;
      findings.complain(
        line.where,
        problem,
        'Write server.N lines alone, the rest in the zoo.cfg.',
      );
    }
    return [];
  });
}

function translate(line: ConfigEntry, findings: Findings): readonly ConfigEntry[] {
  const { key, text, where } = line;
  if (key.startsWith('server.')) return [asServer(line, key)];
  const own = /^quoll\.(.*)$/.exec(key)?.[1];
  if (own !== undefined && isSettingKey(own)) return [{ ...line, key: own }];
  if (own === 'servers') return serverEntries(text, key, () => where);
  if (own !== undefined && /^servers?\.\d+$/.test(own)) return [asServer(line, own)];
  const alias = aliasOf(key);
  if (alias !== undefined) {
    if (key.startsWith('zookeeper.')) {
      findings.warn(where, `${key} is read as ${key.slice(10)}; ZooKeeper would not see it`);
    }
    return translateValue(line, alias, findings);
  }
  const reason = unsupportedBecause(key, text);
  if (reason !== undefined) findings.warn(where, `${key} has no effect: ${reason}`);
  else if (Object.hasOwn(zooWithoutEffect, key)) {
    findings.mention(where, `${key} has no effect: ${zooWithoutEffect[key] ?? ''}`);
  } else if (!isZooKey(key)) return [unknown(line)];
  return [];
}

function asServer(line: ConfigEntry, key: string): ConfigEntry {
  return { ...line, key: `servers.${key.replace(/^servers?\./, '')}` };
}

/** Left for `Chosen` to judge; with the name that it would have in a zoo.cfg. */
function unknown(line: ConfigEntry): ConfigEntry {
  const known = [...zooKeys, ...settingKeys.map((setting) => `quoll.${setting}`)];
  const close = isSettingKey(line.key) ? `quoll.${line.key}` : nearest(line.key, known);
  return { ...line, key: `quoll.${line.key.replace(/^quoll\./, '')}`, meant: didYouMean(close) };
}

/** What ZooKeeper takes and we do not never ends a start: the nearest that we take is used, and said. */
function translateValue(
  line: ConfigEntry,
  { key, form }: ZooAlias,
  findings: Findings,
): readonly ConfigEntry[] {
  const { text } = line;
  switch (form) {
    case 'text':
      return [{ ...line, key }];
    case 'textProperty':
      if ('value' in settings[key].parse(text)) return [{ ...line, key }];
      findings.warn(line.where, `${line.name} has no such form, and is without effect`);
      return [];
    case 'flag':
      return [{ ...line, key, text: text.toLowerCase() }];
    case 'flagProperty': {
      const isOn = text.toLowerCase() === 'true';
      if (!isOn && !['false', 'no', ''].includes(text.toLowerCase())) {
        findings.warn(line.where, `${line.name}=${text} is read as false, as ZooKeeper reads it`);
      }
      return [{ ...line, key, text: String(isOn) }];
    }
    case 'sessionBound':
      return text === '-1' ? [] : [clamped({ ...line, key }, key, javaInt(text), findings)];
    case 'port':
      if (javaInt(text) === 0) {
        findings.warn(line.where, `${line.name}=0 is any free port here, off closes the door`);
      }
      return [{ ...line, key, text: String(javaInt(text) ?? text) }];
    case 'int':
      return [clamped({ ...line, key }, key, javaInt(text), findings)];
    case 'intProperty': {
      const value = javaDecoded(text);
      if (value !== undefined) return [clamped({ ...line, key }, key, value, findings)];
      findings.warn(line.where, `${line.name}=${text} is no number, and without effect`);
      return [];
    }
  }
}

function clamped(
  entry: ConfigEntry,
  key: SettingKey,
  value: number | undefined,
  findings: Findings,
): ConfigEntry {
  if (value === undefined) return entry;
  const { range } = settings[key];
  if (range === undefined) return entry;
  const { min, max } = range;
  const taken = Math.min(Math.max(value, min), max);
  // A number below 0 is ZooKeeper's way to say 0, where that is the least.
  if (taken !== value && !(value < 0 && min === 0)) {
    const edge = value < min ? 'least' : 'greatest';
    findings.warn(
      entry.where,
      `${entry.name}=${entry.text}: ${String(taken)} is used, the ${edge} that is taken`,
    );
  }
  return { ...entry, text: String(taken) };
}
