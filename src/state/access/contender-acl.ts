import { openAcl, permission, type Acl, type AclEntry, type Identity } from '../../model/acl.ts';
import { provenOf } from './access.ts';

const strangersMayNot = permission.write | permission.admin;

/**
 * Gives the ACL of a contender: that of its queue's directory, and everything for whoever entered it and has proved who
 * they are. What the directory lets anybody do is then no right to write what somebody else proclaims, nor to take the
 * contender's ACL; who is named in the directory's ACL keeps what it says. Of who has proved nothing the contender is
 * as the directory.
 */
export function contenderAcl(directory: Acl, identities: readonly Identity[]): Acl {
  // An empty ACL forbids nothing.
  const given = directory.length === 0 ? openAcl : directory;
  const owner = provenOf(identities);
  if (owner.length === 0) return given;
  const entries: AclEntry[] = [];
  for (const entry of given) {
    const { permissions, scheme, id } = entry;
    if (scheme !== 'world') entries.push(entry);
    else if ((permissions & ~strangersMayNot) !== 0) {
      entries.push({ permissions: permissions & ~strangersMayNot, scheme, id });
    }
  }
  for (const { scheme, id } of owner) entries.push({ permissions: permission.all, scheme, id });
  return entries;
}
