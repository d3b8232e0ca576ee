import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { revocationList } from '../../../src/adapters/tls/authority.ts';

/** Writes the list of what an authority (`ca.pem`, `ca.key`) has revoked. */
export async function writeCrl(
  file: string,
  authority: { readonly certFile: string; readonly keyFile: string },
  revoked: { readonly certFiles: readonly string[]; readonly nextUpdateMs: number },
): Promise<void> {
  const pair = {
    cert: readFileSync(authority.certFile, 'latin1'),
    key: readFileSync(authority.keyFile, 'latin1'),
  };
  const serials = revoked.certFiles.map((certFile) =>
    new X509Certificate(readFileSync(certFile)).serialNumber.toLowerCase(),
  );
  const untilMs = revoked.nextUpdateMs;
  writeFileSync(
    file,
    await revocationList(pair, serials, { fromMs: untilMs - 86_400_000 * 2, untilMs }),
  );
}
