import { readFileSync } from 'node:fs';
import type { ConfigEntry } from './config-entry.ts';
import type { Findings } from './findings.ts';
import { javaInt } from './java-values.ts';
import type { SettingKey } from './settings.ts';

// ZooKeeper's keys for TLS in a zoo.cfg. There a peer may have one pair of stores for clients and another for peers, in
// formats of Java, and ports with TLS beside ports without; here it has one pair, in PEM, and no port without.

/** What the lines about TLS mean here. */
export interface ZooTls {
  readonly entries: readonly ConfigEntry[];
  /** All other lines. */
  readonly rest: readonly ConfigEntry[];
  /** A line that asks for TLS. */
  readonly wantedBy: ConfigEntry | undefined;
}

const certificates = 'peers are known by their certificates';
const versions = 'TLS 1.2 and 1.3 are spoken, with the ciphers that OpenSSL takes for good';
const always = 'Quoll always does so';
const noPlaintext = 'where there are keys for TLS no port speaks plaintext';

/** Without effect, and nothing is lost by it. */
const withoutEffect: Readonly<Record<string, string>> = {
  'ssl.hostnameVerification': certificates,
  'ssl.clientHostnameVerification': certificates,
  'ssl.quorum.hostnameVerification': certificates,
  'ssl.quorum.clientHostnameVerification': certificates,
  'ssl.handshakeDetectionTimeoutMillis': 'a handshake has ten seconds',
  'ssl.quorum.handshakeDetectionTimeoutMillis': 'a handshake has ten seconds',
  'ssl.sslProvider': 'OpenSSL is what speaks TLS',
  'fips-mode': 'OpenSSL is what speaks TLS',
  serverCnxnFactory: 'the ZooKeeper door speaks TLS by itself',
  sslQuorumReloadCertFiles: always,
  'client.certReload': always,
};

/** Someone counts on it, and does not get it. */
const unsupported: Readonly<Record<string, string>> = {
  portUnification: noPlaintext,
  'client.portUnification': noPlaintext,
  'ssl.crl': 'name a list of revoked certificates in quoll.tls.crlFile',
  'ssl.quorum.crl': 'name a list of revoked certificates in quoll.tls.crlFile',
  'ssl.ocsp': 'name a list of revoked certificates in quoll.tls.crlFile',
  'ssl.quorum.ocsp': 'name a list of revoked certificates in quoll.tls.crlFile',
  'ssl.protocol': versions,
  'ssl.quorum.protocol': versions,
  'ssl.enabledProtocols': versions,
  'ssl.quorum.enabledProtocols': versions,
  'ssl.ciphersuites': versions,
  'ssl.quorum.ciphersuites': versions,
  'ssl.authProvider': 'there are no pluggable ways to authenticate yet',
  'ssl.context.supplier.class': 'there are no pluggable ways to make TLS',
  'ssl.quorum.context.supplier.class': 'there are no pluggable ways to make TLS',
};

const stores = ['keyStore', 'trustStore'] as const;
type Store = (typeof stores)[number];

const used: readonly string[] = [
  ...['secureClientPort', 'secureClientPortAddress', 'sslQuorum'],
  ...['ssl.clientAuth', 'ssl.quorum.clientAuth'],
  ...stores.flatMap((store) =>
    ['ssl', 'ssl.quorum'].flatMap((plane) =>
      ['location', 'type', 'password', 'passwordPath'].map((part) => `${plane}.${store}.${part}`),
    ),
  ),
];

export const zooTlsKeys: readonly string[] = [
  ...used,
  ...Object.keys(withoutEffect),
  ...Object.keys(unsupported),
];

/** Takes the lines about TLS out of a zoo.cfg and translates them. */
export function translateZooTls(lines: readonly ConfigEntry[], findings: Findings): ZooTls {
  const rest: ConfigEntry[] = [];
  const said = new Map<string, ConfigEntry>();
  for (const line of lines) {
    const key = bareKey(line.key);
    if (!zooTlsKeys.includes(key)) rest.push(line);
    else {
      if (key !== line.key) {
        findings.warn(line.where, `${line.key} is read as ${key}; ZooKeeper would not see it`);
      }
      said.set(key, line);
    }
  }
  return { rest, ...new Translation(said, rest, findings).run() };
}

/** A line of ZooKeeper's file without the prefix becomes a system property with it. */
function bareKey(key: string): string {
  return /^zookeeper\.(ssl|fips|client)/.test(key) ? key.slice('zookeeper.'.length) : key;
}

class Translation {
  readonly #said: ReadonlyMap<string, ConfigEntry>;
  readonly #rest: readonly ConfigEntry[];
  readonly #findings: Findings;
  readonly #entries: ConfigEntry[] = [];

  constructor(
    said: ReadonlyMap<string, ConfigEntry>,
    rest: readonly ConfigEntry[],
    findings: Findings,
  ) {
    this.#said = said;
    this.#rest = rest;
    this.#findings = findings;
  }

  run(): Pick<ZooTls, 'entries' | 'wantedBy'> {
    for (const [key, line] of this.#said) this.#sayIneffective(key, line);
    const secure = this.#said.get('secureClientPort');
    const sslQuorum = this.#said.get('sslQuorum');
    this.#take(secure, 'zookeeper.port', (text) => String(javaInt(text) ?? text));
    this.#take(this.#said.get('secureClientPortAddress'), 'zookeeper.host');
    const keyStore = this.#store('keyStore');
    const trustStore = this.#store('trustStore');
    this.#take(keyStore, 'tls.certFile');
    this.#take(keyStore, 'tls.keyFile');
    this.#take(trustStore, 'tls.caFile');
    this.#password(keyStore);
    this.#clientAuth(keyStore);
    this.#plainPorts(secure, keyStore);
    const wantsQuorum = sslQuorum?.text.toLowerCase() === 'true' ? sslQuorum : undefined;
    return { entries: this.#entries, wantedBy: secure ?? wantsQuorum };
  }

  #take(
    line: ConfigEntry | undefined,
    key: SettingKey,
    read: (text: string) => string = (text) => text,
  ): void {
    if (line !== undefined) this.#entries.push({ ...line, key, text: read(line.text) });
  }

  /** Where `quoll.tls.*` says it, that counts, whatever ZooKeeper's own lines say. */
  #isSaidByUs(store: Store): boolean {
    const key = store === 'keyStore' ? 'quoll.tls.certFile' : 'quoll.tls.caFile';
    return this.#rest.some((line) => line.key === key);
  }

  /** Gives the line that names the PEM file of a store, if there is one to be used. */
  #store(store: Store): ConfigEntry | undefined {
    const ofClients = this.#said.get(`ssl.${store}.location`);
    const ofPeers = this.#said.get(`ssl.quorum.${store}.location`);
    const line = ofClients ?? ofPeers;
    if (line === undefined) return undefined;
    if (this.#isSaidByUs(store)) {
      this.#findings.mention(line.where, `${line.name} has no effect: quoll.tls.* names the files`);
      return undefined;
    }
    if (ofClients !== undefined && ofPeers !== undefined && ofClients.text !== ofPeers.text) {
      this.#findings.complain(
        ofPeers.where,
        `${ofPeers.name} is ${ofPeers.text}, and ${ofClients.name} (${ofClients.where}) is ${ofClients.text}`,
        store === 'keyStore'
          ? 'A peer has one certificate, for clients and for peers: name it in both, or in quoll.tls.certFile.'
          : 'Write the authorities of both into one file, and name it in both, or in quoll.tls.caFile.',
      );
    }
    return this.#isPem(store, line) ? line : undefined;
  }

  #isPem(store: Store, line: ConfigEntry): boolean {
    const plane = line.key.includes('quorum') ? 'ssl.quorum' : 'ssl';
    const said = this.#said.get(`${plane}.${store}.type`)?.text.toUpperCase();
    const [, ending = ''] = /\.([A-Za-z0-9]+)$/.exec(line.text) ?? [];
    const type = said === undefined || said === '' ? typeByEnding(ending) : said;
    if (type === 'PEM') return true;
    const p12 = type === 'PKCS12' ? line.text : 'NEW.p12';
    const first =
      type === 'PKCS12'
        ? ''
        : `keytool -importkeystore -srckeystore ${line.text} -destkeystore NEW.p12 -deststoretype PKCS12 && `;
    const what = store === 'keyStore' ? '-nodes' : '-nokeys';
    this.#findings.complain(
      line.where,
      `${line.name} is a store of type ${type}, and PEM files are read alone`,
      `Convert it: ${first}openssl pkcs12 -in ${p12} ${what} -out NEW.pem && chmod 600 NEW.pem - and name NEW.pem here.`,
    );
    return false;
  }

  /** Opens the key; the one of a trust store opens nothing, of a PEM file. */
  #password(keyStore: ConfigEntry | undefined): void {
    if (keyStore === undefined) return;
    const plane = keyStore.key.includes('quorum') ? 'ssl.quorum' : 'ssl';
    this.#take(this.#said.get(`${plane}.keyStore.passwordPath`), 'tls.keyPasswordFile');
    const password = this.#said.get(`${plane}.keyStore.password`);
    if (password === undefined || password.text === '') return;
    if (isEncrypted(keyStore.text)) {
      this.#findings.complain(
        password.where,
        'the password of a key stands here, for whoever may read this file',
        `Write it into a file of mode 600, and name that in ${plane}.keyStore.passwordPath.`,
      );
    } else {
      const text = `${password.name} has no effect: the key is not encrypted`;
      this.#findings.mention(password.where, text);
    }
  }

  /** ZooKeeper asks every client for a certificate unless told otherwise: whoever relied on that still does. */
  #clientAuth(keyStore: ConfigEntry | undefined): void {
    const line = this.#said.get('ssl.clientAuth');
    const ofPeers = this.#said.get('ssl.quorum.clientAuth');
    if (ofPeers !== undefined && ofPeers.text.toLowerCase() !== 'need') {
      this.#findings.warn(
        ofPeers.where,
        `${ofPeers.name} has no effect: peers always show a certificate`,
      );
    }
    const isSaid = this.#rest.some(({ key }) => key === 'quoll.tls.clientAuth');
    if (line !== undefined) this.#take(line, 'tls.clientAuth', (text) => text.toLowerCase());
    else if (keyStore !== undefined && !isSaid) {
      this.#take(keyStore, 'tls.clientAuth', () => 'need');
      this.#findings.warn(
        keyStore.where,
        'every client shows a certificate, at all doors, as ZooKeeper has it where ssl.clientAuth ' +
          'says nothing; write none, want or need there',
      );
    }
  }

  #plainPorts(secure: ConfigEntry | undefined, keyStore: ConfigEntry | undefined): void {
    const plain = this.#rest.find(
      ({ key, text }) =>
        (key === 'clientPort' && javaInt(text) !== 0) ||
        (key.startsWith('server.') && text.includes(';')),
    );
    if (plain === undefined) return;
    const words = `${plain.name}=${plain.text}`;
    if (secure !== undefined) {
      this.#findings.complain(
        secure.where,
        `secureClientPort=${secure.text} stands here, and ${words} in ${plain.where}, but ${noPlaintext}`,
        "Keep secureClientPort, and take the other one out: all of ZooKeeper's clients speak TLS then.",
      );
    } else if (keyStore !== undefined) {
      this.#findings.complain(
        plain.where,
        `ZooKeeper would speak plaintext at ${words}, but ${noPlaintext}`,
        'Write secureClientPort in its place, or name the keys in quoll.tls.certFile and so on.',
      );
    }
  }

  #sayIneffective(key: string, { where, name, text }: ConfigEntry): void {
    const reason = unsupported[key];
    if (reason !== undefined && !off.includes(text.toLowerCase())) {
      this.#findings.warn(where, `${name} has no effect: ${reason}`);
    } else if (reason !== undefined || withoutEffect[key] !== undefined) {
      this.#findings.mention(where, `${name} has no effect: ${reason ?? withoutEffect[key] ?? ''}`);
    }
  }
}

const off = ['false', 'no', ''];

function typeByEnding(ending: string): string {
  switch (ending.toLowerCase()) {
    case 'pem':
      return 'PEM';
    case 'p12':
    case 'pfx':
      return 'PKCS12';
    case 'bcfks':
      return 'BCFKS';
    default:
      // ZooKeeper's own guess.
      return 'JKS';
  }
}

/** One that can't be read is complained of by whoever needs it. */
function isEncrypted(file: string): boolean {
  try {
    return readFileSync(file, 'latin1').includes('ENCRYPTED');
  } catch {
    return false;
  }
}
