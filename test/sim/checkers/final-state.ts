import { fromUtf8 } from '../../../src/base/bytes.ts';
import { isRefusal } from '../../../src/model/error-code.ts';
import { defaultLimits } from '../../../src/model/limits.ts';
import { StateMachine } from '../../../src/state/state-machine.ts';
import { decodeTxn } from '../../../src/wire/txn-codec.ts';
import { path } from '../asking.ts';
import type { ClientHistory } from '../clients.ts';
import type { Ghost } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import { simulatedHash, type PeerNode } from '../peer-node.ts';
import { checkLinearizable } from './linearizability.ts';

/** The state that C gives, worked out anew: what every peer must have come to. */
export function replay(ghost: Ghost): StateMachine {
  const state = new StateMachine({
    limits: defaultLimits,
    sha256: (bytes) => simulatedHash.sha256(bytes),
  });
  for (const { zxid, kind, payload } of ghost.committed) {
    if (kind === 'txn') state.apply(zxid, decodeTxn(payload));
    else state.advance(zxid);
  }
  return state;
}

/** S1: equal states at equal zxids, whoever applied them and however; checked as often as `look` is called. */
export class DigestChecker {
  readonly #seen = new Map<string, { readonly digest: string; readonly by: number }>();

  look(node: PeerNode): void {
    const applier = node.server?.peer?.applier;
    if (applier === undefined) return;
    const digest = applier.state.digest();
    const { zxid, chain } = applier.position;
    const key = `${String(zxid.epoch)}.${String(zxid.counter)} ${chain}`;
    const before = this.#seen.get(key);
    if (before === undefined) this.#seen.set(key, { digest, by: node.id });
    else if (before.digest !== digest) {
      throw new InvariantViolated(
        'S1',
        `peers ${String(before.by)} and ${String(node.id)} differ at ${key}`,
      );
    }
  }
}

function childrenOf(state: StateMachine, at: string): Map<string, string> {
  const children = new Map<string, string>();
  let after: string | undefined;
  for (;;) {
    const page = state.read(
      {
        read: 'children',
        path: path(at),
        limit: 500,
        withData: true,
        ...(after === undefined ? {} : { after }),
      },
      [],
    );
    if (isRefusal(page)) return children;
    for (const { name, znode } of page.children) {
      children.set(name, fromUtf8(znode?.data ?? new Uint8Array()));
      after = name;
    }
    if (!page.more) return children;
  }
}

/** When all is over: H1, H4, S1, S3, S6, S7, S8 on what the clients were told and what C holds. */
export function checkFinalState(
  ghost: Ghost,
  nodes: readonly PeerNode[],
  history: ClientHistory,
): void {
  const state = replay(ghost);
  for (const node of nodes) {
    const own = node.server?.peer?.applier.state;
    if (own === undefined) continue;
    if (own.digest() !== state.digest() || own.recomputeDigest() !== state.digest()) {
      throw new InvariantViolated(
        'S1',
        `peer ${String(node.id)} ends in another state than C gives`,
      );
    }
  }
  checkTold('H4', childrenOf(state, '/h'), history.creates);
  checkMultis(childrenOf(state, '/m'), history);
  checkRetried([...childrenOf(state, '/i').values()], history);
  const names = new Set(history.sequenceNames);
  if (names.size !== history.sequenceNames.length) {
    throw new InvariantViolated('S6', 'a sequence number was given twice');
  }
  const ephemerals = childrenOf(state, '/e');
  if (ephemerals.size > 0 && [...state.sessions()].length === 0) {
    throw new InvariantViolated(
      'S3',
      `ephemerals outlive every session: ${[...ephemerals.keys()].join(' ')}`,
    );
  }
  for (const [key, calls] of history.calls) checkLinearizable(key, calls);
}

function checkTold(
  invariant: string,
  there: ReadonlyMap<string, string>,
  creates: ClientHistory['creates'],
): void {
  for (const { name, told } of creates) {
    if (told === 'done' && !there.has(name)) {
      throw new InvariantViolated(invariant, `${name} was acknowledged and is not there`);
    }
    if (told === 'refused' && there.has(name)) {
      throw new InvariantViolated(invariant, `${name} was refused and is there`);
    }
  }
}

function checkMultis(there: ReadonlyMap<string, string>, history: ClientHistory): void {
  for (const { name } of history.multis) {
    if (there.has(`${name}-a`) === there.has(`${name}-b`)) continue;
    throw new InvariantViolated('S7', `half of the multi ${name} is there`);
  }
  const names = new Map([...there.keys()].map((name) => [name.replace(/-[ab]$/, ''), '']));
  checkTold('H4', names, history.multis);
}

function checkRetried(there: readonly string[], history: ClientHistory): void {
  for (const { name, told } of history.retried) {
    const times = there.filter((data) => data === name).length;
    if (times > 1) {
      throw new InvariantViolated('S8', `the key ${name} had ${String(times)} effects`);
    }
    if (told === 'done' && times === 0) {
      throw new InvariantViolated(
        'H4',
        `the write under key ${name} was acknowledged and is not there`,
      );
    }
  }
}
