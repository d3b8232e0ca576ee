import type { DataTree } from '../../../src/adapters/zookeeper-data/data-tree.ts';
import { childCount, childrenInOrder, pathOf } from '../../../src/adapters/zookeeper-data/znode.ts';
import { zxidToBigint } from '../../../src/model/zxid.ts';
import type { JuteClient } from '../../support/zookeeper/jute-client.ts';
import type { AclItem, Stat } from '../../support/zookeeper/requests.ts';

/** All that ZooKeeper's protocol tells of a znode. */
export interface ShownZnode {
  readonly path: string;
  readonly data: string | null;
  readonly stat: Stat;
  readonly acl: readonly AclItem[];
}

/** By the protocol, path by path. */
export async function dumpOf(client: JuteClient, top = '/'): Promise<Map<string, ShownZnode>> {
  const shown = new Map<string, ShownZnode>();
  let level = [top];
  while (level.length > 0) {
    const replies = await Promise.all(
      level.map(async (path) => {
        const [data, acl, children] = await Promise.all(
          client.askAll([
            { op: 'getData', path, watch: false },
            { op: 'getAcl', path },
            { op: 'getChildren', path, watch: false },
          ]),
        );
        return { path, data, acl, children };
      }),
    );
    level = [];
    for (const { path, data, acl, children } of replies) {
      // Gone since its parent was listed, or not to be read.
      if (data?.err !== 0 || acl?.err !== 0 || data.body.stat === undefined) continue;
      shown.set(path, {
        path,
        data: data.body.data?.toString('base64') ?? null,
        stat: data.body.stat,
        acl: acl.body.acl ?? [],
      });
      for (const name of children?.body.children ?? []) {
        level.push(path === '/' ? `/${name}` : `${path}/${name}`);
      }
    }
  }
  return shown;
}

/** The same of what was read from files, as ZooKeeper would tell it. */
export function shownTree({ root }: DataTree): Map<string, ShownZnode> {
  const shown = new Map<string, ShownZnode>();
  const open = [root];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { owned, acl = [] } = at;
    const numChildren = childCount(at);
    const owner = owned.kind === 'ephemeral' ? BigInt(`0x${owned.owner}`) : 0n;
    shown.set(pathOf(at), {
      path: pathOf(at),
      data: at.data === null ? null : Buffer.from(at.data).toString('base64'),
      stat: {
        czxid: zxidToBigint(at.czxid),
        mzxid: zxidToBigint(at.mzxid),
        ctime: BigInt(at.ctime),
        mtime: BigInt(at.mtime),
        version: at.version,
        cversion: 2 * at.creates - numChildren,
        aversion: at.aversion,
        ephemeralOwner: BigInt.asIntN(64, owner),
        dataLength: at.data?.length ?? 0,
        numChildren,
        pzxid: zxidToBigint(at.pzxid),
      },
      acl: acl.map(({ permissions, scheme, id }) => ({ perms: permissions, scheme, id })),
    });
    open.push(...childrenInOrder(at));
  }
  return shown;
}
