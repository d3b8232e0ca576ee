import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ConfigEntry } from './config-entry.ts';
import type { Findings } from './findings.ts';

/** Where our own data begins; see the store. */
const databaseName = 'node.db';

const zooKeeperFolder = 'version-2';
const zooKeeperData = /^(snapshot|log)\.[0-9a-f]+(\.|$)|^(acceptedEpoch|currentEpoch)$/;
const zooKeeperSnapshot = /^snapshot\.[0-9a-f]+(\.|$)/;

/**
 * Complains where a peer would begin an empty tree beside the data of a ZooKeeper: whoever brings its zoo.cfg expects to
 * find what was in it.
 */
export function checkForZooKeeperData(
  places: {
    readonly dataDir: string;
    readonly where: string;
    readonly logDir: ConfigEntry | undefined;
  },
  findings: Findings,
): void {
  const { dataDir, where, logDir } = places;
  const inDataDir = namesIn(dataDir);
  if (inDataDir.includes(databaseName)) return;
  const folders = [
    { folder: dataDir, where, names: inDataDir },
    ...(logDir === undefined || logDir.text === ''
      ? []
      : [
          {
            folder: resolve(logDir.text),
            where: logDir.where,
            names: namesIn(resolve(logDir.text)),
          },
        ]),
  ];
  const found = folders.find(
    ({ folder, names }) =>
      names.some((name) => zooKeeperSnapshot.test(name)) ||
      namesIn(join(folder, zooKeeperFolder)).some((name) => zooKeeperData.test(name)),
  );
  if (found !== undefined) {
    findings.complain(
      found.where,
      `${found.folder} holds the data of a ZooKeeper, which is not read, and the tree would be empty`,
      `${found.where === where ? 'Give this peer another dataDir' : 'Take dataLogDir out'}, made of it by ` +
        `quoll import-zookeeper ${found.folder} --data-dir DIR --server-id N (docs/from-zookeeper.md); or move ` +
        `${zooKeeperFolder} away to begin with an empty tree.`,
    );
    return;
  }
  const empty = folders.find(({ names }) => names.includes(zooKeeperFolder));
  if (empty !== undefined) {
    findings.warn(
      empty.where,
      `a ZooKeeper was set up in ${empty.folder}: ${zooKeeperFolder} is there, without data, and the tree will be empty`,
    );
  }
}

/** None where there is no such directory; what can't be read is said by whoever needs it. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
