import assert from 'node:assert/strict';
import * as protocol from '../../../../../src/wire/jute/protocol.ts';
import { numberOfCode } from '../../../../../src/frontends/zookeeper/records/error-map.ts';

/** What clients in use make of a number: those that they know. What others they are sent breaks them. */
const known = {
  // KeeperException.Code of 3.4.
  java34: [
    ...[-1, -2, -3, -4, -5, -6, -7, -8, -100, -101, -102, -103, -108, -110, -111, -112, -113, -114],
    ...[-115, -118, -119],
  ],
  // Any other ends its loop for good ("Invalid error code").
  kazoo28: [
    ...[-1, -2, -3, -4, -5, -6, -7, -8, -13, -14, -100, -101, -102, -103, -108, -110, -111, -112],
    ...[-113, -114, -115, -118, -119],
  ],
  // Any other throws in its socket's handler.
  nodeZooKeeperClient: [
    ...[-1, -2, -3, -4, -5, -6, -7, -8, -100, -101, -102, -103, -108, -110, -111, -112, -113],
    ...[-114, -115],
  ],
  // go-zookeeper calls any other `unknown error`, the C client passes it on, and Curator takes Java's.
};

/** Answered to operations alone that came with these numbers, as by ZooKeeper: removeWatches and checkWatches, and reconfig. */
const ofYoungerOperations: ReadonlySet<number> = new Set([
  protocol.noWatcher,
  protocol.reconfigDisabled,
  numberOfCode.newConfigNoQuorum,
  numberOfCode.reconfigInProgress,
]);

const sent = [
  ...Object.values(numberOfCode).filter((number) => number !== 'hangUp'),
  ...Object.entries(protocol).flatMap(([name, value]) =>
    typeof value === 'number' && value < -1 && name !== 'notificationXid' ? [value] : [],
  ),
].filter((number) => !ofYoungerOperations.has(number));

describe('zookeeper: errors', () => {
  for (const [client, numbers] of Object.entries(known)) {
    it(`sends no number that ${client} does not know`, () => {
      assert.deepEqual(
        sent.filter((number) => !numbers.includes(number)),
        [],
      );
    });
  }

  it('has what is over soon sent again, and what is not refused for good', () => {
    assert.equal(numberOfCode.noSpace, protocol.operationTimeout);
    assert.equal(numberOfCode.throttled, protocol.operationTimeout);
    assert.equal(numberOfCode.quotaExceeded, protocol.badArguments);
  });
});
