import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isOpenToOthers } from '../../base/file-mode.ts';
import { pemBlocks } from '../../base/pem.ts';
import type { KeyFiles, KeyProblem } from '../../model/tls-keys.ts';
import type { TransportKeys } from '../../ports/transport-security.ts';
import { readCrl, type Revocations } from './crl.ts';

/** A certificate with its chain has a few kilobytes, every public authority less than 1 MiB, 60,000 revoked ones this much. */
const fileBytesMax = 4 * 1_048_576;

const keyLabels = ['PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'];

/** What was found in key files: whatever could not be had is undefined or empty, and a problem says so. */
export interface ReadKeys {
  /** What TLS is spoken with; undefined unless all of it was there. Whether it fits together is not said. */
  readonly keys: TransportKeys | undefined;
  readonly key: KeyObject | undefined;
  readonly own: X509Certificate | undefined;
  /** The own certificate first. */
  readonly chain: readonly X509Certificate[];
  readonly authorities: readonly X509Certificate[];
  readonly revocations: readonly Revocations[];
  readonly problems: readonly KeyProblem[];
}

/** Reads all files and complains of what is not as it should be in one of them alone; never rejects. */
export async function readKeys(files: KeyFiles): Promise<ReadKeys> {
  const problems: KeyProblem[] = [];
  const complain: Complain = (file, problem, fix) => {
    problems.push({ severity: 'error', file, problem, fix });
  };
  const cert = await readText(files.certFile, complain);
  const chain = cert === undefined ? [] : certificatesIn(cert, files.certFile, complain);
  const key = await readKey(files, complain);
  const { caFile, crlFile } = files;
  const ca = caFile === undefined ? undefined : await readText(caFile, complain);
  const authorities =
    caFile === undefined || ca === undefined ? [] : certificatesIn(ca, caFile, complain);
  const crl = crlFile === undefined ? undefined : await readText(crlFile, complain);
  const revocations =
    crlFile === undefined || crl === undefined ? [] : revocationsIn(crl, crlFile, complain);
  const pem = key?.export({ type: 'pkcs8', format: 'pem' });
  return {
    keys:
      problems.length > 0 || typeof pem !== 'string'
        ? undefined
        : {
            cert: textOf(chain),
            key: pem,
            ca: caFile === undefined ? undefined : textOf(authorities),
            crl: crl === undefined ? undefined : pemBlocks(crl, crlLabel).join(''),
          },
    key,
    own: chain[0],
    chain,
    authorities,
    revocations,
    problems,
  };
}

/** Reads the certificates of one file, for those who only look at them. */
export async function readCertificates(file: string): Promise<{
  readonly found: readonly X509Certificate[];
  readonly problems: readonly KeyProblem[];
}> {
  const problems: KeyProblem[] = [];
  const complain: Complain = (where, problem, fix) => {
    problems.push({ severity: 'error', file: where, problem, fix });
  };
  const text = await readText(file, complain);
  return { found: text === undefined ? [] : certificatesIn(text, file, complain), problems };
}

type Complain = (file: string, problem: string, fix: string) => void;

const textOf = (certificates: readonly X509Certificate[]): string =>
  certificates.map((certificate) => certificate.toString()).join('');

async function readText(file: string, complain: Complain): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size <= fileBytesMax) return await readFile(file, 'latin1');
    const problem = `has ${String(size)} bytes, which no such file has`;
    complain(file, problem, `Name a PEM file of at most ${String(fileBytesMax)} bytes.`);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    complain(file, `cannot be read (${code})`, 'Check the name and who may read it.');
  }
  return undefined;
}

const pemHint =
  'PEM is text that begins with -----BEGIN. Of a .p12 file: ' +
  'openssl pkcs12 -in FILE.p12 -out NEW.pem -nodes; of a key store of Java first: ' +
  'keytool -importkeystore -srckeystore FILE.jks -destkeystore FILE.p12 -deststoretype PKCS12.';

function certificatesIn(text: string, file: string, complain: Complain): X509Certificate[] {
  const blocks = pemBlocks(text, 'CERTIFICATE');
  if (blocks.length === 0) complain(file, 'holds no certificate in PEM', pemHint);
  return blocks.flatMap((block, index) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      const which = blocks.length === 1 ? 'the certificate' : `certificate ${String(index + 1)}`;
      complain(file, `${which} in it is broken`, 'Copy the file again, whole, or make a new one.');
      return [];
    }
  });
}

async function readKey(files: KeyFiles, complain: Complain): Promise<KeyObject | undefined> {
  const { keyFile, keyPasswordFile } = files;
  const text = await readText(keyFile, complain);
  if (text === undefined) return undefined;
  await checkMode(keyFile, complain);
  const [pem] = keyLabels.flatMap((label) => pemBlocks(text, label));
  if (pem === undefined) {
    complain(keyFile, 'holds no private key in PEM', pemHint);
    return undefined;
  }
  const passphrase = await readPassword(keyPasswordFile, complain);
  const isEncrypted = /ENCRYPTED/.test(pem);
  if (isEncrypted && passphrase === undefined) {
    complain(
      keyFile,
      'the key is encrypted, and nothing says with what',
      'Write the password into a file of mode 600 and name it in tls.keyPasswordFile, or take the ' +
        `encryption off: openssl pkey -in ${keyFile} -out NEW.key`,
    );
    return undefined;
  }
  try {
    return createPrivateKey({ key: pem, ...(isEncrypted && { passphrase }) });
  } catch {
    // What OpenSSL says of it could hold a part of the key.
    const problem = isEncrypted ? 'the password does not open the key' : 'the key in it is broken';
    complain(keyFile, problem, 'Copy the file again, whole, or make a new one.');
    return undefined;
  }
}

async function readPassword(
  file: string | undefined,
  complain: Complain,
): Promise<string | undefined> {
  const text = file === undefined ? undefined : await readText(file, complain);
  if (file !== undefined && text !== undefined) await checkMode(file, complain);
  return text?.replace(/\r?\n$/, '');
}

async function checkMode(file: string, complain: Complain): Promise<void> {
  const isOpen = await stat(file).then(isOpenToOthers, () => false);
  if (!isOpen) return;
  complain(
    file,
    'others may read the key',
    `Type: chmod 600 ${file} (of a Kubernetes volume: defaultMode: 0400).`,
  );
}

const crlLabel = 'X509 CRL';

function revocationsIn(text: string, file: string, complain: Complain): Revocations[] {
  const blocks = pemBlocks(text, crlLabel);
  if (blocks.length === 0) {
    complain(
      file,
      'holds no CRL in PEM',
      'Of one in DER: openssl crl -inform DER -in FILE -out NEW',
    );
  }
  return blocks.flatMap((block) => {
    try {
      return [readCrl(derOf(block))];
    } catch {
      complain(file, 'a CRL in it is broken', 'Fetch it again.');
      return [];
    }
  });
}

/** Reads the serial numbers out of a list; none where there is no such file. Throws when it is broken. */
export async function readSerials(file: string): Promise<string[]> {
  const text = await readFile(file, 'latin1').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  return pemBlocks(text, crlLabel).flatMap((block) => [...readCrl(derOf(block)).serials()]);
}

function derOf(block: string): Buffer {
  return Buffer.from(block.replaceAll(/-----[^-]*-----/g, ''), 'base64');
}
