import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { serverId } from '../../model/ids.ts';
import type {
  KeyFiles,
  KeysRefused,
  NewKeysOutcome,
  NewKeysRequest,
} from '../../model/tls-keys.ts';
import {
  authorityCert,
  authorityKey,
  contentOf,
  findAuthority,
  refused,
} from './authority-files.ts';
import { Issuer, makeAuthority, type KeyPair, type Subject } from './authority.ts';
import { viewOf } from './certificate.ts';

const administrator = 'admin';

/** Gives the files of the peer, or of `admin`, as they are written in a directory of keys. */
export function keyFilesIn(directory: string, name: string): KeyFiles {
  return {
    certFile: join(directory, `${name}.pem`),
    keyFile: join(directory, `${name}.key`),
    caFile: join(directory, authorityCert),
    crlFile: undefined,
    keyPasswordFile: undefined,
  };
}

/**
 * Makes an authority, unless it is there, and by it a certificate and a key for each peer and client that has none yet;
 * in a renewal for those, too, that have. All that can be refused is before anything is written. Rejects when the disk
 * refuses.
 */
export async function writeNewKeys(
  request: NewKeysRequest,
  nowMs: number,
): Promise<NewKeysOutcome> {
  const existing = await existingIn(request.directory);
  const found = await findAuthority(request.authority ?? request.directory);
  if (found?.kind === 'refused') return found;
  if (found === undefined && request.authority !== undefined) {
    return refused(
      `there is no authority in ${request.authority}`,
      `Name the directory that holds ${authorityCert} and ${authorityKey}.`,
    );
  }
  const known = found?.clusterId ?? clusterIdOf(existing);
  const clusterId = request.clusterId ?? known ?? randomBytes(8).toString('hex');
  if (known !== undefined && clusterId !== known) {
    return refused(
      `the keys that are there are of the ensemble ${known}, not ${clusterId}`,
      'Take another directory, or leave --cluster-id out.',
    );
  }
  const subjects = subjectsOf(request, existing, found?.keys);
  const reason = await whyNot(request, subjects, existing, found?.keys);
  if (reason !== undefined) return reason;
  const authority = found?.keys ?? (await makeAuthority(clusterId, nowMs));
  await mkdir(request.directory, { recursive: true, mode: 0o700 });
  if (found === undefined) await write(request.directory, 'ca', authority, 'new');
  else if (request.authority !== undefined) await copyAuthority(request.directory, authority);
  const issuer = new Issuer(authority, clusterId);
  for (const subject of subjects) {
    const pair = await issuer.issue(subject, request.days, nowMs);
    await write(request.directory, subject.name, pair, existing.has(subject.name) ? 'over' : 'new');
  }
  return {
    kind: 'made',
    clusterId,
    isNewAuthority: found === undefined,
    caFile: join(request.directory, authorityCert),
    certFiles: subjects.map(({ name }) => join(request.directory, `${name}.pem`)),
  };
}

/** Looks at all that is to be written before any of it is. */
async function whyNot(
  { directory, authority: elsewhere }: NewKeysRequest,
  subjects: readonly Subject[],
  existing: Existing,
  authority: KeyPair | undefined,
): Promise<KeysRefused | undefined> {
  if (subjects.length === 0) {
    return refused(
      'all of these keys are there already',
      'Say --renew to make new ones in their place, or ask for more with --peers or --clients.',
    );
  }
  if (subjects.some(({ peer }) => peer?.hosts.length === 0)) {
    return refused(
      'nothing says by which names the peers are reached',
      'Say --hosts node01.example,node02.example,node03.example (addresses are names, too).',
    );
  }
  for (const { name } of subjects.filter((subject) => !existing.has(subject.name))) {
    const file = join(directory, `${name}.key`);
    if ((await contentOf(file)) === undefined) continue;
    return refused(`${file} is there, and nothing is overwritten`, 'Move it away, if it is old.');
  }
  const believed = elsewhere && (await contentOf(join(directory, authorityCert)));
  if (
    believed === undefined ||
    authority === undefined ||
    believed.includes(authority.cert.trim())
  ) {
    return undefined;
  }
  return refused(
    `${join(directory, authorityCert)} is that of another authority`,
    'Take another directory. To go over to a new authority, first have every peer believe both.',
  );
}

/** The certificates of a directory by their file's name, without that of the authority. */
type Existing = ReadonlyMap<string, X509Certificate>;

async function existingIn(directory: string): Promise<Existing> {
  const names = await readdir(directory).catch(() => []);
  const found = new Map<string, X509Certificate>();
  for (const file of names.filter((name) => name.endsWith('.pem') && name !== authorityCert)) {
    const text = await contentOf(join(directory, file));
    try {
      found.set(basename(file, '.pem'), new X509Certificate(text ?? ''));
    } catch {
      // Somebody else's.
    }
  }
  return found;
}

function clusterIdOf(existing: Existing): string | undefined {
  for (const certificate of existing.values()) {
    const { peer } = viewOf(certificate);
    if (peer !== undefined) return peer.clusterId;
  }
  return undefined;
}

/** Those whose keys are to be made: peers by number, the administrator, clients. */
function subjectsOf(
  request: NewKeysRequest,
  existing: Existing,
  authority: KeyPair | undefined,
): Subject[] {
  const subjects = new Map<string, Subject>();
  const add = (name: string, id?: number): void => {
    const had = existing.get(name);
    if (had !== undefined && !request.isRenewal) return;
    const hosts = request.hosts.length > 0 || had === undefined ? request.hosts : viewOf(had).hosts;
    const peer = id === undefined ? undefined : { id: serverId(id), hosts };
    subjects.set(name, { name, peer });
  };
  for (let id = 1; id <= request.peers; id++) add(peerFileName(id), id);
  add(administrator);
  for (const name of request.clients) add(name);
  if (request.isRenewal && authority !== undefined) {
    const issuer = new X509Certificate(authority.cert);
    for (const [name, certificate] of existing) {
      if (subjects.has(name) || certificate.ca || !certificate.checkIssued(issuer)) continue;
      add(name, viewOf(certificate).peer?.id);
    }
  }
  return [...subjects.values()];
}

function peerFileName(id: number): string {
  return `peer-${String(id)}`;
}

async function copyAuthority(directory: string, { cert }: KeyPair): Promise<void> {
  const file = join(directory, authorityCert);
  if ((await contentOf(file)) === undefined) await writeFile(file, cert, { flag: 'wx' });
}

/** The key first: who looks at a pair that does not fit yet waits for the other half. */
async function write(
  directory: string,
  name: string,
  { cert, key }: KeyPair,
  how: 'new' | 'over',
): Promise<void> {
  const files = [
    { file: join(directory, `${name}.key`), content: key, mode: 0o600 },
    { file: join(directory, `${name}.pem`), content: cert, mode: 0o644 },
  ];
  if (how === 'new') {
    for (const { file, content, mode } of files) {
      await writeFile(file, content, { mode, flag: 'wx' });
    }
    return;
  }
  for (const { file, content, mode } of files) {
    await writeFile(`${file}.new`, content, { mode, flush: true });
  }
  for (const { file } of files) await rename(`${file}.new`, file);
}
