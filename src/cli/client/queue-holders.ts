import { parsePath } from '../../model/path.ts';
import { nodesUrl } from './client-command.ts';
import type { PeerRing } from './peer-ring.ts';

// Says who has what a command waits for.

const patienceMs = 2_000;
const shownMax = 3;
const dataCharactersMax = 80;

interface Holder {
  readonly path: string;
  /** Shown to its owner alone, and to who may administer its znode. */
  readonly session?: string;
}

/**
 * Describes who holds a lock or leads (`route`: `/v1/locks/NAME` or `/v1/elections/NAME`): znode, session, since when,
 * and what the znode says, in which most clients write who they are. Undefined when that can't be told just now.
 */
export async function describeHolders(ring: PeerRing, route: string): Promise<string | undefined> {
  try {
    const queue = await ring.document({ method: 'GET', path: route, patienceMs });
    const holders = holdersIn(queue);
    if (holders.length === 0) return undefined;
    const shown = holders.slice(0, shownMax);
    const described = await Promise.all(shown.map((holder) => describeHolder(ring, holder)));
    const more = holders.length - shown.length;
    return described.join(' and ') + (more === 0 ? '' : ` and ${String(more)} more`);
  } catch {
    // It may not be looked at, or changes hands: waiting goes on all the same.
    return undefined;
  }
}

function holdersIn(queue: Readonly<Record<string, unknown>>): readonly Holder[] {
  const { contenders, leader } = queue;
  const all = Array.isArray(contenders) ? (contenders as (Holder & { holds?: unknown })[]) : [];
  if (typeof leader === 'object' && leader !== null) return [leader as Holder];
  return all.filter(({ holds }) => holds === true);
}

async function describeHolder(ring: PeerRing, { path, session }: Holder): Promise<string> {
  const facts = session === undefined ? [] : [`session ${session}`];
  const parsed = parsePath(path);
  if (typeof parsed === 'string') {
    const znode = await ring
      .document({
        method: 'GET',
        path: nodesUrl(parsed),
        headers: { Accept: 'application/json' },
        patienceMs,
      })
      .catch(() => ({}));
    facts.push(...factsOf(znode));
  }
  return facts.length === 0 ? path : `${path} (${facts.join(', ')})`;
}

function factsOf(znode: {
  readonly data?: unknown;
  readonly encoding?: unknown;
  readonly stat?: unknown;
}): readonly string[] {
  const { data, encoding, stat } = znode;
  const { ctime } = (stat ?? {}) as { ctime?: unknown };
  const facts: string[] = [];
  if (typeof ctime === 'number') facts.push(`there since ${new Date(ctime).toISOString()}`);
  if (typeof data === 'string' && data !== '' && encoding !== 'base64') {
    facts.push(`says ${JSON.stringify(data.slice(0, dataCharactersMax))}`);
  }
  return facts;
}
