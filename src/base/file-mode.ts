/**
 * Says whether others than its owner may read or write a file that holds a secret. A file of root's may be for a group,
 * too: secrets that an administrator or Kubernetes puts into a volume belong to root, and the group is how this user gets
 * at them.
 */
export function isOpenToOthers({
  mode,
  uid,
}: {
  readonly mode: number;
  readonly uid: number;
}): boolean {
  return (mode & (uid === 0 ? 0o037 : 0o077)) !== 0;
}
