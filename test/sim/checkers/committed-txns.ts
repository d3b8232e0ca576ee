import type { Txn } from '../../../src/model/txn.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import { decodeTxn } from '../../../src/wire/txn-codec.ts';
import type { Checker } from '../node-view.ts';

/** A rule about what C holds, txn by txn: for the whole-peer ring, where payloads are real txns. */
export interface TxnRule {
  readonly name: string;
  committed(txn: Txn, zxid: Zxid): void;
}

export function committedTxns(rules: readonly TxnRule[]): Checker {
  return {
    name: rules.map(({ name }) => name).join(', '),
    decided: (_node, { kind, payload, zxid }) => {
      if (kind !== 'txn') return;
      const txn = decodeTxn(payload);
      for (const rule of rules) rule.committed(txn, zxid);
    },
  };
}
