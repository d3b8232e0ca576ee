import { existsSync, readFileSync } from 'node:fs';

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

const packageStates = '/var/lib/dpkg/status';

/** `etcd 3.4.23-4+b4`: as dpkg has noted it down. Undefined when it is not there. */
export function versionOf(name: RivalName): string | undefined {
  if (missingPackages(name).length > 0 || !existsSync(packageStates)) return undefined;
  const states = readFileSync(packageStates, 'utf8').split('\n\n');
  const own = states.find((state) => state.startsWith(`Package: ${needs[name][0][0]}\n`));
  const version = /^Version: (.*)$/m.exec(own ?? '')?.[1];
  return version === undefined ? undefined : `${name} ${version}`;
}
