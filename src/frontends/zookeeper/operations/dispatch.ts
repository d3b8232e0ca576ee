import type { Client, ZooKeeperRequest } from './client.ts';
import { MalformedRecord, type JuteReader } from '../../../wire/jute/jute-reader.ts';
import { marshallingError, opCode } from '../../../wire/jute/protocol.ts';
import { refuse } from './answers.ts';
import { multiRead, read } from './reads.ts';
import { closeSession, ping, sync } from './session.ts';
import { setWatches, watchOperation } from './watches.ts';
import { saslStep } from './sasl.ts';
import { authenticate, whoAmI } from './who-asks.ts';
import { reconfig } from './reconfigure.ts';
import { writeMulti, writeOne } from './writes.ts';

/** Takes in one request. It is answered now or later, in its turn. */
export function dispatch(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  try {
    route(client, asked, record);
  } catch (error) {
    if (error instanceof MalformedRecord) refuse(client, asked, marshallingError);
    else {
      // A defect of ours in one request is no reason to end the peer.
      const { logger } = client.door;
      logger.log('error', 'zookeeperRequestFailed', { code: asked.code, cause: String(error) });
      client.hangUp();
    }
  }
}

function route(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  switch (asked.code) {
    case opCode.ping:
      ping(client, asked);
      return;
    case opCode.exists:
    case opCode.getData:
    case opCode.getAcl:
    case opCode.getChildren:
    case opCode.getChildren2:
    case opCode.getEphemerals:
    case opCode.getAllChildrenNumber:
      read(client, asked, record);
      return;
    case opCode.multi:
      writeMulti(client, asked, record);
      return;
    case opCode.multiRead:
      multiRead(client, asked, record);
      return;
    case opCode.sync:
      sync(client, asked, record.textOrNull());
      return;
    case opCode.setWatches:
    case opCode.setWatches2:
      setWatches(client, asked, record);
      return;
    case opCode.addWatch:
    case opCode.checkWatches:
    case opCode.removeWatches:
      watchOperation(client, asked, record);
      return;
    case opCode.auth:
      authenticate(client, asked, record);
      return;
    case opCode.whoAmI:
      whoAmI(client, asked);
      return;
    case opCode.sasl:
      saslStep(client, asked, record);
      return;
    case opCode.reconfig:
      reconfig(client, asked, record);
      return;
    case opCode.closeSession:
      closeSession(client, asked);
      return;
    default:
      writeOne(client, asked, record);
  }
}
