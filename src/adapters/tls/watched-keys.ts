import type { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { CertificateId } from '../../model/principal.ts';
import type { PeerName } from '../../model/peer-name.ts';
import type { KeyFiles, KeyProblem, KeyPurpose } from '../../model/tls-keys.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type {
  CertificateNames,
  ClientCertificates,
  TransportKeys,
  TransportSecurity,
} from '../../ports/transport-security.ts';
import { viewOf } from './certificate.ts';
import { checkKeys } from './check-keys.ts';
import { daysLeft, endsOf, isNear, type End } from './key-ends.ts';
import { readKeys, type ReadKeys } from './read-keys.ts';
import { Revoked } from './revoked.ts';

/** Between two looks at the files. */
const lookEveryMs = 5_000;

/** Between two lines about the same certificate that ends soon, or has. */
const sayEveryMs = 86_400_000;

export interface WatchedKeysOptions {
  readonly files: KeyFiles;
  readonly clientCertificates: ClientCertificates;
  readonly certificateNames?: CertificateNames;
  readonly purpose: KeyPurpose;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Thrown when a peer can't begin with the keys that its configuration names. */
export class UnusableKeys extends Error {
  readonly problems: readonly KeyProblem[];

  constructor(problems: readonly KeyProblem[]) {
    const lines = problems.map(({ file, problem, fix }) => `  ${file}: ${problem}\n      ${fix}`);
    super(['The keys for TLS are of no use:', ...lines].join('\n'));
    this.name = 'UnusableKeys';
    this.problems = problems;
  }
}

/**
 * Reads the keys and goes on looking at their files, until `stop`. Rejects with `UnusableKeys`, also when one of them has
 * ended.
 */
export async function watchKeys(options: WatchedKeysOptions): Promise<WatchedKeys> {
  const seen = await stateOf(options.files);
  const { read, problems } = await readAndCheck(options);
  const keys = usable(read, problems);
  if (keys === undefined) throw new UnusableKeys(errorsOf(problems));
  for (const { file, problem: why, fix } of problems) {
    options.logger.log('warn', 'keysDoubtful', { file, why, fix });
  }
  return new WatchedKeys(options, await indexed(keys), seen);
}

type UsableKeys = ReadKeys & { readonly keys: TransportKeys; readonly own: X509Certificate };
type IndexedKeys = UsableKeys & { readonly revoked: Revoked };

/** The keys of this peer, taken over from the files whenever they change to something that fits together. */
export class WatchedKeys implements TransportSecurity {
  readonly clientCertificates: ClientCertificates;
  readonly certificateNames: CertificateNames;
  readonly #options: WatchedKeysOptions;
  readonly #takers = new Set<(keys: TransportKeys) => void>();
  readonly #said = new Map<string, number>();
  #ends: readonly End[] = [];
  readonly #timer: Timer;
  #current: IndexedKeys;
  /** Of the files, as they were when they were last read. */
  #seen: string;
  /** The same, of what did not fit: it may have been half of a change. */
  #unfit: string | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: WatchedKeysOptions, keys: IndexedKeys, seen: string) {
    this.clientCertificates = options.clientCertificates;
    this.certificateNames = options.certificateNames ?? 'dn';
    this.#options = options;
    this.#current = keys;
    this.#seen = seen;
    this.#noteEnds();
    this.#timer = options.clock.every(lookEveryMs, () => {
      this.#sayEnds();
      void this.#look(false);
    });
  }

  get keys(): TransportKeys {
    return this.#current.keys;
  }

  /** Whom the own certificate names; undefined: no peer. */
  get peerName(): PeerName | undefined {
    return viewOf(this.#current.own).peer;
  }

  /** Bound, for whoever takes it for a function of its own. */
  readonly isRevoked = (certificate: CertificateId): boolean =>
    this.#current.revoked.has(certificate);

  onRenewed(take: (keys: TransportKeys) => void): () => void {
    this.#takers.add(take);
    return () => {
      this.#takers.delete(take);
    };
  }

  /** Looks at once, whatever the times of the files say. */
  async renew(): Promise<void> {
    await this.settled();
    await this.#look(true);
  }

  /** Resolves once no look is under way. */
  async settled(): Promise<void> {
    while (this.#looking !== undefined) await this.#looking;
  }

  stop(): void {
    this.#timer.cancel();
    this.#takers.clear();
  }

  /** Never rejects. */
  async #look(isAsked: boolean): Promise<void> {
    this.#looking ??= this.#lookOnce(isAsked).finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #lookOnce(isAsked: boolean): Promise<void> {
    const state = await stateOf(this.#options.files);
    if (!isAsked && state === this.#seen) return;
    const purpose = { ...this.#options.purpose, clusterId: this.peerName?.clusterId };
    const { read, problems } = await readAndCheck({ ...this.#options, purpose });
    const found = usable(read, problems);
    if (found !== undefined) this.#take(await indexed(found), state);
    // Two files are written one after the other: what does not fit now may do so at the next look.
    else if (isAsked || state === this.#unfit) this.#refuse(errorsOf(problems), state);
    else this.#unfit = state;
  }

  #refuse(errors: readonly KeyProblem[], state: string): void {
    this.#seen = state;
    for (const { file, problem: why, fix } of errors) {
      this.#options.logger.log('error', 'keysNotRenewed', { file, why, fix });
    }
  }

  #take(found: IndexedKeys, state: string): void {
    this.#seen = state;
    this.#unfit = undefined;
    if (sameKeys(found.keys, this.keys)) return;
    this.#current = found;
    this.#said.clear();
    const { subject, notAfterMs, fingerprint } = viewOf(found.own);
    const ends = timeOf(notAfterMs);
    this.#options.logger.log('info', 'keysRenewed', { subject, ends, fingerprint });
    this.#noteEnds();
    for (const take of this.#takers) take(found.keys);
  }

  #noteEnds(): void {
    const { files, metrics } = this.#options;
    this.#ends = endsOf(files, this.#current);
    for (const { role, endsMs } of this.#ends) {
      metrics.gauge('tls_certificate_expires_seconds', Math.floor(endsMs / 1_000), role);
    }
    this.#sayEnds();
  }

  /** Once a day, of what ends soon or has ended. */
  #sayEnds(): void {
    const { clock, logger } = this.#options;
    const nowMs = clock.wall();
    for (const end of this.#ends) {
      const { role, file, subject, endsMs } = end;
      const hasEnded = endsMs <= nowMs;
      const what = `${role} ${hasEnded ? 'has ended' : 'ends'}`;
      const saidMs = this.#said.get(what);
      const isSaid = saidMs !== undefined && clock.now() - saidMs < sayEveryMs;
      if (isSaid || !isNear(end, nowMs)) continue;
      this.#said.set(what, clock.now());
      const fields = { file, subject, ends: timeOf(endsMs), daysLeft: daysLeft(end, nowMs) };
      if (hasEnded) logger.log('error', 'certificateEnded', fields);
      else logger.log('warn', 'certificateEndsSoon', fields);
    }
  }
}

/** Undefined unless all of it can be used; what keeps it from that is logged or thrown by whoever asks. */
function usable(read: ReadKeys, problems: readonly KeyProblem[]): UsableKeys | undefined {
  const { keys, own } = read;
  if (keys === undefined || own === undefined || errorsOf(problems).length > 0) return undefined;
  return { ...read, keys, own };
}

async function indexed(keys: UsableKeys): Promise<IndexedKeys> {
  return { ...keys, revoked: await Revoked.in(keys.revocations) };
}

function errorsOf(problems: readonly KeyProblem[]): KeyProblem[] {
  return problems.filter(({ severity }) => severity === 'error');
}

async function readAndCheck({ files, purpose, clock }: WatchedKeysOptions): Promise<{
  readonly read: ReadKeys;
  readonly problems: readonly KeyProblem[];
}> {
  const read = await readKeys(files);
  return { read, problems: checkKeys(files, read, purpose, clock.wall()) };
}

function sameKeys(left: TransportKeys, right: TransportKeys): boolean {
  return (
    left.cert === right.cert &&
    left.key === right.key &&
    left.ca === right.ca &&
    left.crl === right.crl
  );
}

/** Changes whenever one of the files is written, replaced or taken away, also through a link to another directory. */
async function stateOf(files: KeyFiles): Promise<string> {
  const { certFile, keyFile, caFile, crlFile, keyPasswordFile } = files;
  const states = [certFile, keyFile, caFile, crlFile, keyPasswordFile].map(async (file) => {
    if (file === undefined) return '';
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return [found?.dev, found?.ino, found?.size, found?.mtimeNs, found?.ctimeNs].join(':');
  });
  return (await Promise.all(states)).join(' ');
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
