import { startEnsemble, type TestEnsemble } from '../ensemble.ts';
import { TestKeys } from './keys.ts';

/** Starts three peers over TLS with all doors open, and keys of their own; both are the caller's to let go of. */
export async function startSecureEnsemble(
  lines: readonly string[] = [],
): Promise<{ readonly keys: TestKeys; readonly ensemble: TestEnsemble }> {
  const peers = 3;
  const keys = new TestKeys();
  await keys.make({ peers });
  const doors = { grpc: true, zookeeper: true };
  return {
    keys,
    ensemble: await startEnsemble({ peers, ...doors, keys: keys.at('keys'), lines }),
  };
}
