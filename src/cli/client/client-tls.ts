import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import { pemBlocks } from '../../base/pem.ts';
import { clientKeyFiles, type ClientKeyFiles } from '../../config/load.ts';
import { tlsVersionMin } from '../../tls/terms.ts';
import { CommandFailed, exitCode, systemReason } from '../terminal/command-failed.ts';

/** How a command speaks TLS, where the URL says that it does. */
export interface ClientTls {
  readonly context: SecureContext;
  /** Keeps connections for what follows. */
  readonly agent: Agent;
  /** Whose certificates are believed: undefined for those that all programs of this kind believe. */
  readonly caFile: string | undefined;
}

/** What was typed; what was not, the environment may say. */
export interface ClientTlsOptions {
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Gives how TLS is spoken to these peers; undefined when all of them are asked in plaintext. */
export function tlsTo(bases: readonly URL[], options: ClientTlsOptions): ClientTls | undefined {
  return bases.some(({ protocol }) => protocol === 'https:') ? clientTls(options) : undefined;
}

/** Reads what is named. Throws `CommandFailed` for what is of no use. */
export function clientTls({ cacert, cert, key }: ClientTlsOptions): ClientTls {
  const files = clientKeyFiles({ caFile: cacert, certFile: cert, keyFile: key });
  const context = createSecureContext({
    minVersion: tlsVersionMin,
    ...authoritiesIn(files),
    ...ownKeysIn(files),
  });
  const agent = new Agent({ keepAlive: true, secureContext: context });
  return { context, agent, caFile: files.caFile };
}

function authoritiesIn({ caFile }: ClientKeyFiles): { readonly ca?: string } {
  if (caFile === undefined) return {};
  const ca = textOf(caFile, '--cacert');
  certificateIn(ca, caFile);
  return { ca };
}

function ownKeysIn({ certFile, keyFile }: ClientKeyFiles): {
  readonly cert?: string;
  readonly key?: string;
} {
  if (certFile === undefined && keyFile === undefined) return {};
  if (certFile === undefined || keyFile === undefined) {
    const [given, missing] = certFile === undefined ? ['--key', '--cert'] : ['--cert', '--key'];
    throw unusable(`${given} alone is of no use`, `Name the other file too: ${missing} FILE`);
  }
  const cert = textOf(certFile, '--cert');
  const own = certificateIn(cert, certFile);
  const key = textOf(keyFile, '--key');
  if (!own.checkPrivateKey(keyIn(key, keyFile))) {
    throw unusable(`${keyFile} is not the key of ${certFile}`, 'Name two that were made together.');
  }
  return { cert, key };
}

function certificateIn(text: string, file: string): X509Certificate {
  const [first] = pemBlocks(text, 'CERTIFICATE');
  try {
    if (first !== undefined) return new X509Certificate(first);
  } catch {
    // What it says in place of one is nobody's business.
  }
  throw unusable(`${file} holds no certificate`, 'It has to be PEM, as quoll tls new writes it.');
}

function keyIn(text: string, file: string) {
  if (text.includes('ENCRYPTED')) {
    throw unusable(
      `the key in ${file} is encrypted`,
      `Decrypt it to a file of your own: openssl pkey -in ${file} -out FILE`,
    );
  }
  try {
    return createPrivateKey(text);
  } catch {
    // Its words may show some of it.
    throw unusable(`${file} holds no key`, 'It has to be PEM, as quoll tls new writes it.');
  }
}

function textOf(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = systemReason(cause);
    throw unusable(
      `${file} can't be read (${reason})`,
      `It was named by ${option}, or by QUOLL_${option.slice(2).toUpperCase()}.`,
    );
  }
}

function unusable(message: string, hint: string): CommandFailed {
  return new CommandFailed(exitCode.usage, message, { hint });
}
