import { arch, cpus, freemem, loadavg, release, totalmem, type, uptime } from 'node:os';
import { isLoopbackHost } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { shownConfig } from '../../config/shown-config.ts';
import { programVersion } from '../../config/version.ts';
import type { ClientTls } from '../client/client-tls.ts';
import { askPeer, type RestAnswer } from '../client/rest-client.ts';
import { CommandFailed, exitCode, systemReason } from '../terminal/command-failed.ts';
import { shownLog } from './shown-log.ts';

// What `quoll diagnose` puts into its archive, part by part: each is one line of JSON.

export interface DiagnosisPart {
  /** `machine`, `configuration`, `log`, or the path that a peer was asked for. */
  readonly part: string;
  /** Of which peer: the origin that was asked. */
  readonly peer?: string;
  readonly [field: string]: unknown;
}

/** Of how peers are asked. */
export interface Asking {
  readonly bases: readonly URL[];
  readonly tls: ClientTls | undefined;
  readonly token: string | undefined;
}

/** What every peer shows to anybody, or to an operator; none of it tells of znodes. */
const askedPaths = ['/readyz?verbose', '/v1/cluster', '/v1/info', '/v1/members', '/metrics'];
const patienceMs = 5_000;
/** A peer's figures take some 100 KB. */
const answerCharsMax = 4_000_000;

export function machinePart(): DiagnosisPart {
  const processors = cpus();
  return {
    part: 'machine',
    quoll: programVersion(),
    versions: process.versions,
    system: { type: type(), release: release(), arch: arch(), uptimeS: Math.round(uptime()) },
    processors: { count: processors.length, model: processors[0]?.model ?? '' },
    memory: { bytes: totalmem(), freeBytes: freemem() },
    load: loadavg(),
    atMs: Date.now(),
  };
}

/** Of a file that is refused, where the mistakes are: what is said of them repeats what stands there. */
export function configPart(file: string, shown: { readonly paths: boolean }): DiagnosisPart {
  const outcome = loadConfig({ file });
  const notices = outcome.notices.map(({ level, where }) => ({ level, where }));
  return outcome.kind === 'loaded'
    ? { part: 'configuration', config: shownConfig(outcome.config, shown), notices }
    : { part: 'configuration', refusedAt: outcome.complaints.map(({ where }) => where), notices };
}

/** Throws `CommandFailed` when the file can't be read. */
export function logPart(file: string, shown: { readonly paths: boolean }): DiagnosisPart {
  try {
    return { part: 'log', paths: shown.paths, ...shownLog(file, shown) };
  } catch (cause) {
    const reason = systemReason(cause);
    throw new CommandFailed(exitCode.usage, `${file} can't be read (${reason})`, {
      hint: 'It was named by --log. Of journald: journalctl -o cat -u quoll > quoll.log',
    });
  }
}

/** Asks the peers that were named, and those that they know of; one that does not answer is a part too. */
export async function peerParts(asking: Asking): Promise<readonly DiagnosisPart[]> {
  const named = await Promise.all(asking.bases.map((base) => partsOf(base, asking)));
  const seen = new Set(named.map(selfIn));
  const others = new Map(named.flatMap(peersIn).filter(([id]) => !seen.has(id)));
  const protocol = asking.bases[0]?.protocol ?? 'http:';
  const urls = [...others.values()].flatMap((address) => {
    const url = `${protocol}//${address}`;
    return /^[^/]+:\d+$/.test(address) && URL.canParse(url) ? [new URL(url)] : [];
  });
  const more = await Promise.all(urls.map((base) => partsOf(base, asking)));
  return [...named, ...more].flat();
}

async function partsOf(base: URL, asking: Asking): Promise<readonly DiagnosisPart[]> {
  const parts: DiagnosisPart[] = [];
  for (const path of askedPaths) {
    const part = await ask(base, path, asking);
    parts.push(part);
    // It would not answer the next one either.
    if ('failed' in part) break;
  }
  return parts;
}

async function ask(base: URL, path: string, { tls, token }: Asking): Promise<DiagnosisPart> {
  const peer = base.origin;
  // A peer that others told of may be on a way that everybody hears.
  const mayHear = base.protocol === 'https:' || isLoopbackHost(base.hostname);
  const headers: Record<string, string> =
    token !== undefined && mayHear ? { Authorization: `Bearer ${token}` } : {};
  try {
    const answer = await askPeer(base, { method: 'GET', path, headers, patienceMs }, tls);
    return { part: path, peer, status: answer.status, body: bodyOf(answer) };
  } catch (error) {
    if (error instanceof CommandFailed) return { part: path, peer, failed: error.message };
    throw error;
  }
}

function bodyOf({ body }: RestAnswer): unknown {
  const text = body.toString('utf8').slice(0, answerCharsMax);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

interface ClusterBody {
  readonly self?: { readonly id?: unknown };
  readonly peers?: readonly { readonly id?: unknown; readonly http?: unknown }[];
}

function clusterIn(parts: readonly DiagnosisPart[]): ClusterBody {
  const body = parts.find(({ part }) => part === '/v1/cluster')?.['body'];
  return typeof body === 'object' && body !== null ? body : {};
}

function selfIn(parts: readonly DiagnosisPart[]): unknown {
  return clusterIn(parts).self?.id;
}

function peersIn(parts: readonly DiagnosisPart[]): [unknown, string][] {
  const { peers } = clusterIn(parts);
  return (Array.isArray(peers) ? (peers as NonNullable<ClusterBody['peers']>) : []).flatMap(
    ({ id, http }): [unknown, string][] => (typeof http === 'string' ? [[id, http]] : []),
  );
}
