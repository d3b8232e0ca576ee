import type { Txn } from '../model/txn.ts';

/**
 * Writes and reads txns as the log holds them. The bytes begin with a version; an unknown one throws `MalformedBytes`.
 */
export interface TxnCodec {
  encode(txn: Txn): Uint8Array;
  decode(bytes: Uint8Array): Txn;
}
