import { errorCatalogue, type ErrorCode } from '../../../model/error-code.ts';
import { badArguments, operationTimeout } from '../../../wire/jute/protocol.ts';

/**
 * What a client is told, for every code of the catalogue: a new code does not compile until it has an answer. `hangUp`:
 * nothing, the connection ends instead, as when a ZooKeeper server loses its leader or a session moves: the client finds
 * another peer, and takes what it had asked for as perhaps done.
 *
 * Numbers are those of the catalogue, but for those that came to ZooKeeper with 3.7, QUOTAEXCEEDED (-125) and THROTTLEDOP
 * (-127): the loop of kazoo 2.8 ends at a number that it does not know, for good, node-zookeeper-client and Java before 3.7
 * throw where nobody expects it. `test/unit/frontends/zookeeper/records/error-map.test.ts` has who knows what.
 */
export const numberOfCode = {
  noNode: errorCatalogue.noNode.zkCode,
  noParent: errorCatalogue.noParent.zkCode,
  nodeExists: errorCatalogue.nodeExists.zkCode,
  notEmpty: errorCatalogue.notEmpty.zkCode,
  badVersion: errorCatalogue.badVersion.zkCode,
  noChildrenForEphemerals: errorCatalogue.noChildrenForEphemerals.zkCode,
  badArguments: errorCatalogue.badArguments.zkCode,
  invalidAcl: errorCatalogue.invalidAcl.zkCode,
  noAuth: errorCatalogue.noAuth.zkCode,
  authFailed: errorCatalogue.authFailed.zkCode,
  sessionExpired: errorCatalogue.sessionExpired.zkCode,
  sessionMoved: 'hangUp',
  tooLarge: errorCatalogue.tooLarge.zkCode,
  sequenceExhausted: errorCatalogue.sequenceExhausted.zkCode,
  keyReused: errorCatalogue.keyReused.zkCode,
  fenced: errorCatalogue.fenced.zkCode,
  lockHeld: errorCatalogue.lockHeld.zkCode,
  lockLost: errorCatalogue.lockLost.zkCode,
  lockMixed: errorCatalogue.lockMixed.zkCode,
  cannotHandOver: errorCatalogue.cannotHandOver.zkCode,
  noMember: errorCatalogue.noMember.zkCode,
  memberExists: errorCatalogue.memberExists.zkCode,
  newConfigNoQuorum: errorCatalogue.newConfigNoQuorum.zkCode,
  reconfigInProgress: errorCatalogue.reconfigInProgress.zkCode,
  levelTooLow: errorCatalogue.levelTooLow.zkCode,
  cannotRaiseLevel: errorCatalogue.cannotRaiseLevel.zkCode,
  compacted: errorCatalogue.compacted.zkCode,
  rolledBack: errorCatalogue.rolledBack.zkCode,
  noQuorum: 'hangUp',
  // Of old the number for what did not come to pass in time; Curator and kazoo's retries send it again, a little later.
  throttled: operationTimeout,
  noSpace: operationTimeout,
  // As any other limit: sent again it is refused again.
  quotaExceeded: badArguments,
  behind: 'hangUp',
  connectionLoss: 'hangUp',
  timeout: 'hangUp',
  unimplemented: errorCatalogue.unimplemented.zkCode,
  shuttingDown: 'hangUp',
  internal: 'hangUp',
} as const satisfies Record<ErrorCode, number | 'hangUp'>;
