import { createHash } from 'node:crypto';
import { serverId, type Nonce } from '../../../src/model/ids.ts';
import {
  emptyLog,
  type ChainHash,
  type LogEntry,
  type LogPosition,
} from '../../../src/model/log-entry.ts';
import { encodeMembership, type Membership } from '../../../src/model/membership.ts';
import { zeroZxid, zxid, type Zxid } from '../../../src/model/zxid.ts';
import { History } from '../../../src/zab/history.ts';
import { LogIndex } from '../../../src/zab/log-index.ts';

/** `at('1.2')` is epoch 1, counter 2. */
export function at(text: string): Zxid {
  const [epoch = 0, counter = 0] = text.split('.').map(Number);
  return zxid(epoch, counter);
}

export function voters(...names: readonly string[]): Membership {
  return {
    clusterId: 'c',
    voters: names.map((nonce) => ({
      id: serverId(Number(nonce.charAt(1))),
      nonce: nonce as Nonce,
    })),
  };
}

export function chainOf(before: ChainHash, { epoch, counter }: Zxid, text: string): ChainHash {
  const hash = createHash('sha256').update(`${before} ${String(epoch)}.${String(counter)} ${text}`);
  return hash.digest('hex').slice(0, 32) as ChainHash;
}

/** Entries `1.1 1.2=text`: txns whose payload is the text behind `=`, if any. */
export function entries(words: string, after: LogPosition = emptyLog): LogEntry[] {
  let { chain } = after;
  return words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [place = '', text = ''] = word.split('=');
      chain = chainOf(chain, at(place), text);
      return { zxid: at(place), kind: 'txn', payload: new TextEncoder().encode(text), chain };
    });
}

export function membershipEntry(
  place: string,
  membership: Membership,
  after: LogPosition,
): LogEntry {
  const payload = encodeMembership(membership);
  const chain = chainOf(after.chain, at(place), 'membership');
  return { zxid: at(place), kind: 'membership', payload, chain };
}

export function historyOf(words: string, founded: Membership | null = null): History {
  const history = new History(
    {
      acceptedEpoch: 9,
      currentEpoch: 9,
      founded,
      baseMembership: null,
      index: new LogIndex(emptyLog),
      tail: [],
      commit: zeroZxid,
      delivered: zeroZxid,
    },
    () => founded,
  );
  for (const entry of entries(words)) history.append(entry);
  return history;
}
