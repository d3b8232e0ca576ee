import { nearest } from '../base/nearest.ts';
import type { Findings } from './findings.ts';
import { isSettingKey, settingKeys } from './settings.ts';
import { didYouMean, type ConfigEntry } from './sources.ts';
import {
  aliasOf,
  isZooKey,
  unsupportedBecause,
  zooKeys,
  zooQuorumListenOnAllIps,
  zooTickTime,
  zooWithoutEffect,
} from './zoo-keys.ts';

/** What a zoo.cfg says, in our own keys. */
export interface ZooCfg {
  readonly entries: readonly ConfigEntry[];
  /** As written: other settings follow from them. */
  readonly tickTime: ConfigEntry | undefined;
  readonly listensOnAllAddresses: boolean;
  /** Where more `server.N` lines stand. */
  readonly dynamicConfigFile: ConfigEntry | undefined;
}

/** Translates the lines of a zoo.cfg; what has no meaning here is said, never silently dropped. */
export function translateZooCfg(lines: readonly ConfigEntry[], findings: Findings): ZooCfg {
  const named = (name: string): ConfigEntry | undefined =>
    lines.findLast((line) => line.key === name);
  return {
    entries: lines.flatMap((line) => translate(line, findings)),
    tickTime: named(zooTickTime),
    listensOnAllAddresses: named(zooQuorumListenOnAllIps)?.text === 'true',
    dynamicConfigFile: named('dynamicConfigFile'),
  };
}

function translate(line: ConfigEntry, findings: Findings): readonly ConfigEntry[] {
  const { key, text, where } = line;
  if (key.startsWith('server.')) return [{ ...line, key: `servers.${key.slice(7)}` }];
  const own = /^quoll\.(.*)$/.exec(key)?.[1];
  if (own !== undefined && isSettingKey(own)) return [{ ...line, key: own }];
  const alias = aliasOf(key);
  // -1 is ZooKeeper's way to leave a session bound to the tick.
  if (alias !== undefined) return text === '-1' ? [] : [{ ...line, key: alias }];
  const reason = unsupportedBecause(key, text);
  if (reason !== undefined) findings.warn(where, `${key} has no effect: ${reason}`);
  else if (Object.hasOwn(zooWithoutEffect, key)) {
    findings.mention(where, `${key} has no effect: ${zooWithoutEffect[key] ?? ''}`);
  } else if (!isZooKey(key) && key !== 'dynamicConfigFile') {
    const known = [...zooKeys, ...settingKeys.map((setting) => `quoll.${setting}`)];
    findings.warn(where, `unknown key ${key}, without effect${didYouMean(nearest(key, known))}`);
  }
  return [];
}
