import { X509Certificate } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RevokedKeysOutcome } from '../../model/tls-keys.ts';
import { revocationList } from './authority.ts';
import { contentOf, findAuthority, refused } from './authority-files.ts';
import { viewOf } from './certificate.ts';
import { plainSerial } from '../../tls/certificate-id.ts';
import { readSerials } from './read-keys.ts';

const listFile = 'ca.crl';

/**
 * Adds certificates to the list (`ca.crl`) of what the authority in a directory believes no more; it holds for as long as
 * the authority. `names` are those of files there, as `peer-2`, or of files elsewhere. Rejects when the disk refuses.
 */
export async function revokeKeys(
  directory: string,
  names: readonly string[],
  nowMs: number,
): Promise<RevokedKeysOutcome> {
  const authority = await findAuthority(directory);
  if (authority === undefined) {
    return refused(
      `there is no authority in ${directory}`,
      'Name the one that holds ca.pem, ca.key.',
    );
  }
  if (authority.kind === 'refused') return authority;
  const issuer = new X509Certificate(authority.keys.cert);
  const crlFile = join(directory, listFile);
  const serials = new Set(await readSerials(crlFile));
  const subjects: string[] = [];
  for (const name of names) {
    const file =
      name.includes('/') || name.endsWith('.pem') ? name : join(directory, `${name}.pem`);
    const certificate = certificateIn(await contentOf(file));
    if (certificate === undefined) {
      return refused(`${file} holds no certificate`, 'Name it as in: quoll tls revoke keys peer-2');
    }
    if (certificate.ca || !certificate.checkIssued(issuer)) {
      const problem = `${file} is not a certificate that the authority in ${directory} has made`;
      return refused(problem, 'Only whoever made it can take it back.');
    }
    serials.add(plainSerial(certificate.serialNumber));
    subjects.push(viewOf(certificate).subject);
  }
  const holds = { fromMs: nowMs - 60_000, untilMs: viewOf(issuer).notAfterMs };
  await writeFile(`${crlFile}.new`, await revocationList(authority.keys, [...serials], holds), {
    flush: true,
  });
  await rename(`${crlFile}.new`, crlFile);
  return { kind: 'revoked', crlFile, subjects, inAll: serials.size };
}

function certificateIn(text: string | undefined): X509Certificate | undefined {
  try {
    return new X509Certificate(text ?? '');
  } catch {
    return undefined;
  }
}
