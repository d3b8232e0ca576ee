import { existsSync } from 'node:fs';

/** Debian's packages that a rival needs, each by a file that it brings. */
const needs = {
  etcd: [['etcd-server', '/usr/bin/etcd']],
  ZooKeeper: [
    ['libzookeeper-java', '/usr/share/java/zookeeper.jar'],
    ['zookeeper', '/etc/zookeeper/conf'],
    ['default-jre-headless', '/usr/bin/java'],
  ],
} as const;

export type RivalName = keyof typeof needs;

export const rivalNames: readonly RivalName[] = ['etcd', 'ZooKeeper'];

export function missingPackages(name: RivalName): string[] {
  return needs[name].flatMap(([debianPackage, file]) => (existsSync(file) ? [] : [debianPackage]));
}
