import { nearest } from '../base/nearest.ts';
import type { Findings } from './findings.ts';
import { optionPrefix } from './options.ts';
import {
  isSettingKey,
  settingKeys,
  settings,
  type SettingKey,
  type SettingValue,
} from './settings.ts';
import { didYouMean, type ConfigEntry } from './sources.ts';

/** The values that were said, parsed; of two for one key the later counts. */
export class Chosen {
  readonly #values = new Map<SettingKey, { readonly value: unknown; readonly where: string }>();

  /** `entries` in rising order of precedence; what is wrong or unknown goes to `findings`. */
  constructor(entries: readonly ConfigEntry[], findings: Findings) {
    for (const entry of entries) this.#add(entry, findings);
  }

  get<Key extends SettingKey>(key: Key): SettingValue<Key> | undefined {
    // `#add` stored what this key's own parser gave.
    return this.#values.get(key)?.value as SettingValue<Key> | undefined;
  }

  /** Says where it was said, for complaints; the key itself when it was not. */
  where(key: SettingKey): string {
    return this.#values.get(key)?.where ?? key;
  }

  #add({ key, name, text, where }: ConfigEntry, findings: Findings): void {
    if (!isSettingKey(key)) {
      const known = [...settingKeys, 'servers.1'];
      findings.warn(where, `unknown key ${name}, without effect${didYouMean(nearest(key, known))}`);
      return;
    }
    const setting = settings[key];
    const isSaidAtStart = ['--', 'QUOLL_', optionPrefix].some((start) => where.startsWith(start));
    if ('onlyAtStart' in setting && !isSaidAtStart) {
      const fix = `Take the line out and start once with --${key}.`;
      findings.complain(where, `${name} is said once and not kept in a file`, fix);
      return;
    }
    const parsed = setting.parse(text);
    if ('want' in parsed) {
      const problem = 'isSecret' in setting ? `${name} has no such form` : `${name} is "${text}"`;
      findings.complain(where, problem, `Write ${parsed.want}.`);
    } else this.#values.set(key, { value: parsed.value, where });
  }
}
