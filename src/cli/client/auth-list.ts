import { withQuery } from './client-command.ts';
import type { PeerRing } from './peer-ring.ts';

type Document = Readonly<Record<string, unknown>>;

/** Gives all pages of what there is of a kind, by name. */
export async function wholeList(
  ring: PeerRing,
  kind: 'roles' | 'grants' | 'tokens',
): Promise<readonly Document[]> {
  const all: Document[] = [];
  let token: string | undefined;
  do {
    const path = withQuery(`/v1/auth/${kind}`, { continue: token });
    const page = await ring.document({ method: 'GET', path });
    all.push(...((page[kind] ?? []) as readonly Document[]));
    token = typeof page['continue'] === 'string' ? page['continue'] : undefined;
  } while (token !== undefined);
  return all;
}
