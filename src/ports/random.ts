/**
 * Gives everything unpredictable: ids, secrets, nonces, jitter. Cryptographic in production, seeded in the simulator.
 */
export interface Random {
  bytes(length: number): Uint8Array;
  /** 0 <= x < 1. */
  fraction(): number;
}
