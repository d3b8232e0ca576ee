import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { loadX509 } from '../../../src/adapters/tls/x509.ts';

/** Writes the list of what an authority (`ca.pem`, `ca.key`) has revoked. */
export async function writeCrl(
  file: string,
  authority: { readonly certFile: string; readonly keyFile: string },
  revoked: { readonly certFiles: readonly string[]; readonly nextUpdateMs: number },
): Promise<void> {
  const x509 = await loadX509();
  const der = createPrivateKey(readFileSync(authority.keyFile)).export({
    type: 'pkcs8',
    format: 'der',
  });
  const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, curve, false, ['sign']);
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(readFileSync(authority.certFile, 'latin1')).subjectName,
    thisUpdate: new Date(revoked.nextUpdateMs - 86_400_000 * 2),
    nextUpdate: new Date(revoked.nextUpdateMs),
    entries: revoked.certFiles.map((certFile) => ({
      serialNumber: new X509Certificate(readFileSync(certFile)).serialNumber.toLowerCase(),
    })),
    signingAlgorithm: curve,
    signingKey,
  });
  // The library's own PEM has a label that OpenSSL does not know.
  const base64 = Buffer.from(list.rawData).toString('base64');
  writeFileSync(file, `-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`);
}
