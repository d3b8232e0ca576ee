import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAuthorityUri } from '../../model/peer-name.ts';
import type { KeysRefused } from '../../model/tls-keys.ts';
import { canSign, type KeyPair } from './authority.ts';
import { urisOf } from './certificate.ts';

// An authority as it lies in a directory of keys.

export const authorityCert = 'ca.pem';
export const authorityKey = 'ca.key';

export function refused(problem: string, fix: string): KeysRefused {
  return { kind: 'refused', problem, fix };
}

interface FoundAuthority {
  readonly kind: 'found';
  readonly keys: KeyPair;
  /** Undefined when it was not made for one ensemble. */
  readonly clusterId: string | undefined;
}

/** Undefined when there is none in the directory. */
export async function findAuthority(
  directory: string,
): Promise<FoundAuthority | KeysRefused | undefined> {
  const certFile = join(directory, authorityCert);
  const keyFile = join(directory, authorityKey);
  const cert = await contentOf(certFile);
  const key = await contentOf(keyFile);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const missing = cert === undefined ? certFile : keyFile;
    return refused(
      `${missing} is missing, and the other one is there`,
      'Both are needed to make certificates: take them from where they were made.',
    );
  }
  try {
    const certificate = new X509Certificate(cert);
    const privateKey = createPrivateKey(key);
    if (!certificate.ca || !certificate.checkPrivateKey(privateKey)) {
      const problem = `${certFile} and ${keyFile} are not certificate and key of an authority`;
      return refused(problem, 'Name the two that were made together.');
    }
    if (!canSign(privateKey)) {
      const problem = `${keyFile} is a key of a kind that is not signed with here`;
      return refused(problem, 'Use an authority with a key of RSA, P-256 or P-384.');
    }
    const clusterId = urisOf(certificate)
      .map(parseAuthorityUri)
      .find((id) => id !== undefined);
    return { kind: 'found', keys: { cert, key }, clusterId };
  } catch {
    return refused(`${certFile} or ${keyFile} is broken`, 'Copy them again, whole.');
  }
}

/** Undefined when there is no such file. */
export async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
