import { openAcl, permission, type Acl } from '../../model/acl.ts';
import { zeroZxid } from '../../model/zxid.ts';
import type { DataTree } from './data-tree.ts';
import { znodeAt, type Znode } from './znode.ts';

const readOnly: Acl = [{ permissions: permission.read, scheme: 'world', id: 'anyone' }];

/** Adds what each ZooKeeper makes at its start where a snapshot has it not: those of 3.4 have no `/zookeeper/config`. */
export function addInitialZnodes(tree: DataTree): void {
  tree.root.acl ??= tree.shared(openAcl);
  const reserved = initial(tree, tree.root, 'zookeeper', openAcl);
  initial(tree, reserved, 'quota', openAcl);
  initial(tree, reserved, 'config', readOnly);
}

function initial(tree: DataTree, parent: Znode, name: string, acl: Acl): Znode {
  const found = parent.children?.get(name);
  if (found !== undefined) return found;
  const made = {
    ...znodeAt(parent, name, { zxid: zeroZxid, timeMs: 0 }),
    acl: tree.shared(acl),
    aversion: acl === readOnly ? -1 : 0,
  };
  tree.place(parent, made);
  return made;
}
