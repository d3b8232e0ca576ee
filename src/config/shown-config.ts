import type { PeerConfig } from './config.ts';
import { isSettingKey, settings } from './settings.ts';

// A loaded configuration for somebody else's eyes: what no reader of a bug report is to know is not in it.

/** Stands in place of what is left out. */
export const leftOut = '(left out)';

/** What holds a secret by its name, should a setting ever forget to say so; files are named, and never read. */
const secretName = /(password|secret|digest|token)$/i;

/** Gives `config` as plain JSON, without secrets; with `paths` false also without paths of znodes. */
export function shownConfig(
  config: PeerConfig,
  { paths }: { readonly paths: boolean },
): Readonly<Record<string, unknown>> {
  return shownObject(config, '', paths);
}

function shownObject(value: object, prefix: string, paths: boolean): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, field]: [string, unknown]) => [
    name,
    shownValue(field, `${prefix}${name}`, paths),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function shownValue(value: unknown, key: string, paths: boolean): unknown {
  if (value === undefined) return null;
  if (isSecret(key)) return leftOut;
  if (key === 'audit.writesBelow' && !paths) return leftOut;
  if (typeof value === 'string') return withoutCredentials(value);
  if (Array.isArray(value)) {
    return value.map((item: unknown) => shownValue(item, `${key}.`, paths));
  }
  if (typeof value === 'object' && value !== null) return shownObject(value, `${key}.`, paths);
  return value;
}

function isSecret(key: string): boolean {
  if (secretName.test(key)) return true;
  return isSettingKey(key) && 'isSecret' in settings[key];
}

/** A URL may name a user, with a password, or carry a key in its query. */
function withoutCredentials(text: string): string {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === '' && url.password === '' && url.search === '') return text;
  return `${url.origin}${url.pathname} ${leftOut}`;
}
