import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { isOpenToOthers } from '../base/file-mode.ts';

/** Thrown when the secret that all peers share could not be used; says why and what to type. */
export class UnusableSecret extends Error {
  readonly fix: string;

  constructor(problem: string, fix: string, cause?: unknown) {
    super(problem, { cause });
    this.name = 'UnusableSecret';
    this.fix = fix;
  }
}

/** Hex digits that a secret has at least: 128 bits. */
const digitsMin = 32;

/** Reads the file that `peer.secretFile` names. Throws `UnusableSecret`. */
export function readPeerSecret(file: string): Uint8Array {
  let text: string;
  let stat: Stats;
  try {
    text = readFileSync(file, 'utf8').trim();
    stat = statSync(file);
  } catch (cause) {
    const make = `Make it once with: quoll secret new ${file} (and copy it to every peer).`;
    throw new UnusableSecret(`the secret ${file} cannot be read`, make, cause);
  }
  if (isOpenToOthers(stat)) {
    throw new UnusableSecret(
      `others may read the secret ${file}`,
      `Type: chmod 600 ${file} (of a Kubernetes volume: defaultMode: 0400).`,
    );
  }
  if (!/^([0-9a-f]{2})+$/i.test(text) || text.length < digitsMin) {
    throw new UnusableSecret(
      `${file} does not hold at least ${String(digitsMin)} hex digits`,
      `Make a new one with: quoll secret new NEWFILE (and copy it to every peer).`,
    );
  }
  return Buffer.from(text, 'hex');
}

/** Writes a new secret that only the owner may read. Throws when the file exists: a secret is never overwritten. */
export function writeNewSecret(file: string): void {
  writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
}
