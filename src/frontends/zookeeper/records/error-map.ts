import { errorCatalogue, type ErrorCode } from '../../../model/error-code.ts';

/**
 * What a client is told, for every code of the catalogue: a new code does not compile until it has an answer. `hangUp`:
 * nothing, the connection ends instead, as when a ZooKeeper server loses its leader or a session moves: the client finds
 * another peer, and takes what it had asked for as perhaps done. Numbers are those of the catalogue, so none is one that
 * ZooKeeper's clients do not know.
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
  compacted: errorCatalogue.compacted.zkCode,
  rolledBack: errorCatalogue.rolledBack.zkCode,
  noQuorum: 'hangUp',
  throttled: errorCatalogue.throttled.zkCode,
  noSpace: errorCatalogue.noSpace.zkCode,
  quotaExceeded: errorCatalogue.quotaExceeded.zkCode,
  behind: 'hangUp',
  connectionLoss: 'hangUp',
  timeout: 'hangUp',
  unimplemented: errorCatalogue.unimplemented.zkCode,
  shuttingDown: 'hangUp',
  internal: 'hangUp',
} as const satisfies Record<ErrorCode, number | 'hangUp'>;
