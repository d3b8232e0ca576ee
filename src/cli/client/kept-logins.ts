import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { userConfigDirectory } from '../../config/load.ts';

/** By the origin of a peer. */
type Logins = Readonly<Record<string, string>>;

/** Where `quoll login` keeps tokens: a file that its owner alone may read. */
export function loginsFile(): string {
  return join(userConfigDirectory(), 'quoll', 'logins.json');
}

export function keptLogin(origin: string): string | undefined {
  return readLogins()[origin];
}

export function keepLogin(origins: readonly string[], token: string): void {
  writeLogins({ ...readLogins(), ...Object.fromEntries(origins.map((each) => [each, token])) });
}

/** False when there was none. */
export function forgetLogin(origins: readonly string[]): boolean {
  const logins = readLogins();
  const left = Object.entries(logins).filter(([origin]) => !origins.includes(origin));
  if (left.length === Object.keys(logins).length) return false;
  writeLogins(Object.fromEntries(left));
  return true;
}

function readLogins(): Logins {
  try {
    const read: unknown = JSON.parse(readFileSync(loginsFile(), 'utf8'));
    if (typeof read !== 'object' || read === null) return {};
    const texts = Object.entries(read).filter(([, token]) => typeof token === 'string');
    return Object.fromEntries(texts);
  } catch {
    // There is none yet, or somebody wrote something else there: whoever logs in anew puts that right.
    return {};
  }
}

/** Whole or not at all. */
function writeLogins(logins: Logins): void {
  const file = loginsFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const half = `${file}.new`;
  writeFileSync(half, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600 });
  // The mode counts for a new file alone.
  chmodSync(half, 0o600);
  renameSync(half, file);
}
