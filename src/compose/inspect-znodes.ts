import type { Inspection } from '../adapters/sqlite/inspect.ts';
import { systemHash } from '../adapters/system/hash.ts';
import { isRefusal } from '../model/error-code.ts';
import { defaultLimits } from '../model/limits.ts';
import { superIdentities } from '../model/acl.ts';
import { noSession } from '../model/ids.ts';
import { childOf, rootPath, type ZnodePath } from '../model/path.ts';
import { compareZxid, formatZxid } from '../model/zxid.ts';
import { StateMachine } from '../state/state-machine.ts';
import { txnCodec } from '../wire/txn-codec.ts';
import { describeData } from './inspect-log.ts';

const znodesPerCheck = 10_000;
/** Whoever can read the files can read every znode in them. */
const everyRight = superIdentities;

/**
 * Prints the tree as the peer would have it after a start: its snapshot, and the log after it as far as that is
 * committed.
 */
export function printZnodes(inspection: Inspection, print: (line: string) => void): void {
  const state = restoredState(inspection);
  const { znodes, ephemerals, sessions } = state.counts;
  print(
    `\nThe tree at ${formatZxid(state.lastApplied)}: znodes ${String(znodes)}, ephemeral ${String(ephemerals)}, ` +
      `sessions ${String(sessions)}, digest ${state.digest()}`,
  );
  print(describeZnode(state, rootPath));
  for (const name of namesBelowRoot(state)) print(describeZnode(state, childOf(rootPath, name)));
}

function restoredState(inspection: Inspection): StateMachine {
  const { state: stored } = inspection;
  const state = new StateMachine({
    limits: defaultLimits,
    sha256: (bytes) => systemHash.sha256(bytes),
  });
  if (stored.snapshot !== null) {
    const restore = state.beginRestore();
    for (const chunk of inspection.snapshotChunks()) restore.feed(chunk);
    while (!restore.finish(znodesPerCheck));
  }
  for (const { zxid, kind, payload } of inspection.entries()) {
    if (compareZxid(zxid, state.lastApplied) <= 0) continue;
    if (compareZxid(zxid, stored.commit) > 0) break;
    if (kind === 'txn') state.apply(zxid, txnCodec.decode(payload));
    else state.advance(zxid);
  }
  return state;
}

function describeZnode(state: StateMachine, path: ZnodePath): string {
  const found = state.read({ read: 'data', path }, everyRight);
  if (isRefusal(found)) return `${path}  ${found.detail}`;
  const { data, stat } = found;
  const owner = stat.ephemeralOwner === noSession ? '' : `  ephemeral of ${stat.ephemeralOwner}`;
  return `${path}  ${describeData(data)}  version ${String(stat.version)}${owner}`;
}

/** Paths without the first slash, parents before their children. */
function* namesBelowRoot(state: StateMachine): Generator<string> {
  const limit = defaultLimits.childrenPageMax;
  const query = { read: 'tree', path: rootPath, limit, withData: false } as const;
  let after: string | undefined;
  for (;;) {
    const page = state.read(after === undefined ? query : { ...query, after }, everyRight);
    if (isRefusal(page)) return;
    for (const { name } of page.children) yield name;
    after = page.children.at(-1)?.name;
    if (!page.more) return;
  }
}
