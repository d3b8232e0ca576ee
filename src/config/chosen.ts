import { nearest } from '../base/nearest.ts';
import { didYouMean, type ConfigEntry, type Mistake } from './config-entry.ts';
import type { Findings } from './findings.ts';
import { optionPrefix } from './options.ts';
import { meansServers } from './server-list.ts';
import {
  isSettingKey,
  settingKeys,
  settings,
  type SettingKey,
  type SettingValue,
} from './settings.ts';

type Outcome = { readonly value: unknown } | { readonly mistake: Mistake };

/** The values that were said, parsed; of two for one key the later counts. */
export class Chosen {
  readonly #values = new Map<SettingKey, { readonly value: unknown; readonly where: string }>();

  /**
   * `entries` in rising order of precedence; what is wrong or unknown goes to `findings`, and what is wrong and
   * overridden by something right is a warning there.
   */
  constructor(entries: readonly ConfigEntry[], findings: Findings) {
    const lastOf = new Map(entries.map((entry) => [entry.key, entry]));
    const read = entries.map((entry) => ({ entry, outcome: outcomeOf(entry) }));
    const countsOf = new Map(read.map(({ entry, outcome }) => [entry, outcome]));
    for (const { entry, outcome } of read) {
      const { key, where, name } = entry;
      const last = lastOf.get(key) ?? entry;
      if (outcome === undefined || !isSettingKey(key)) sayUnknown(entry, findings);
      else if (isKeptInFile(key, where)) {
        const fix = `Take the line out and start once with --${key}.`;
        findings.complain(where, `${name} is said once and not kept in a file`, fix);
      } else if ('value' in outcome) {
        if (last === entry) this.#values.set(key, { value: outcome.value, where });
      } else {
        const { problem, fix } = outcome.mistake;
        const counting = countsOf.get(last);
        if (counting !== undefined && 'value' in counting) {
          findings.warn(where, `${problem}; ${last.where} counts instead`);
        } else findings.complain(where, problem, fix);
      }
    }
  }

  get<Key extends SettingKey>(key: Key): SettingValue<Key> | undefined {
    // The constructor stored what this key's own parser gave.
    return this.#values.get(key)?.value as SettingValue<Key> | undefined;
  }

  /** Says where it was said, for complaints; the key itself when it was not. */
  where(key: SettingKey): string {
    return this.#values.get(key)?.where ?? key;
  }
}

/** Undefined for a key that nobody knows. */
function outcomeOf({ key, name, text, mistake }: ConfigEntry): Outcome | undefined {
  if (!isSettingKey(key)) return undefined;
  if (mistake !== undefined) return { mistake };
  const setting = settings[key];
  const parsed = setting.parse(text);
  if ('value' in parsed) return { value: parsed.value };
  const problem = 'isSecret' in setting ? `${name} has no such form` : `${name} is "${text}"`;
  return { mistake: { problem, fix: `Write ${parsed.want}.` } };
}

function isKeptInFile(key: SettingKey, where: string): boolean {
  const isSaidAtStart = ['--', 'QUOLL_', optionPrefix].some((start) => where.startsWith(start));
  return 'onlyAtStart' in settings[key] && !isSaidAtStart;
}

/** Words for what `serverId` says. */
const wordsForNumber = ['serverid', 'myid', 'id', 'nodeid', 'peerid'];

/**
 * Says what is wrong with a key that nobody knows, or warns: who meant the ensemble, this peer's number or its directory
 * by it would get an empty ensemble of one.
 */
function sayUnknown({ key, name, where, meant: hint }: ConfigEntry, findings: Findings): void {
  const bare = key.replace(/^quoll\./, '');
  const meant = nearest(bare, [...settingKeys, 'servers.1']);
  const plain = bare.toLowerCase().replaceAll(/[-_.]/g, '');
  const text = `unknown key ${name}`;
  if (plain === 'datadir' || meant === 'dataDir') {
    findings.complain(where, text, 'Write dataDir, with capitals as here, or take it out.');
  } else if (meansServers(bare) && !wordsForNumber.includes(plain)) {
    findings.complain(
      where,
      `${text}, and no ensemble would be known`,
      'Write servers (in a zoo.cfg server.1=host:2888:3888 and so on), or take it out.',
    );
  } else if (wordsForNumber.includes(plain) || meant === 'serverId') {
    const fix = `Write ${hint === undefined ? '' : 'quoll.'}serverId, or take it out.`;
    findings.complain(where, text, fix);
  } else findings.warn(where, `${text}, without effect${hint ?? didYouMean(meant)}`);
}
