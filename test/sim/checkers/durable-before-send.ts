import type { ConnectionId, Nonce } from '../../../src/model/ids.ts';
import type { LogPosition } from '../../../src/model/log-entry.ts';
import type { ZabMessage } from '../../../src/model/peer-message.ts';
import { compareZxid, type Zxid } from '../../../src/model/zxid.ts';
import { entryAt, lastPosition, type DiskImage } from '../disk.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/** What is known of a learner's connection: what its leader told it. */
interface Heard {
  epoch: number;
  end: LogPosition | undefined;
  hasAckedNewLeader: boolean;
}

/**
 * I11, I13, I15: the durable-before-send table (brief A4), read off the disk at the instant a message leaves; and who has
 * accepted an epoch acks nothing of a lower one.
 */
export function durableBeforeSend(ghost: Ghost): Checker {
  const heardOn = new Map<ConnectionId, Heard>();
  const promised = new Map<Nonce, number>();
  /** Of each identity: the epoch whose history it was last sent whole, and the end of that. */
  const sentWhole = new Map<Nonce, { readonly epoch: number; readonly end: LogPosition }>();
  const current = new Map<Nonce, number>();

  const require = (node: NodeView, holds: boolean, what: string): void => {
    if (!holds) {
      throw new InvariantViolated('I11', `${who(node)} sends ${what} before it is durable`);
    }
  };

  const holdsDurably = (disk: DiskImage, at: Zxid): boolean => {
    return compareZxid(at, disk.base.zxid) <= 0 || entryAt(disk, at) !== undefined;
  };

  const checkAck = (node: NodeView, connection: ConnectionId, ack: Zxid): void => {
    const heard = heardOn.get(connection);
    if (ack.epoch < (promised.get(node.nonce) ?? 0)) {
      throw new InvariantViolated(
        'I13',
        `${who(node)} acks ${show(ack)} after accepting a higher epoch`,
      );
    }
    if (heard === undefined || heard.epoch !== ack.epoch) {
      throw new InvariantViolated(
        'I13',
        `${who(node)} acks ${show(ack)} to a leader of another epoch`,
      );
    }
    require(node, node.durable.currentEpoch === ack.epoch, `ACK ${show(ack)} (epoch)`);
    if (ack.counter > 0) {
      if (!heard.hasAckedNewLeader) {
        throw new InvariantViolated('I11', `${who(node)} acks ${show(ack)} before NEWLEADER`);
      }
      require(node, holdsDurably(node.durable, ack), `ACK ${show(ack)}`);
      return;
    }
    heard.hasAckedNewLeader = true;
    const end = heard.end;
    if (end === undefined) {
      throw new InvariantViolated('I15', `${who(node)} acks a NEWLEADER it never got`);
    }
    const holds = holdsPosition(node.durable, end);
    if (!holds) {
      throw new InvariantViolated(
        'I15',
        `${who(node)} acks NEWLEADER ${show(ack)} without its history up to ${show(end.zxid)} on disk`,
      );
    }
  };

  const checkAckEpoch = (
    node: NodeView,
    connection: ConnectionId,
    message: Extract<ZabMessage, { kind: 'ackEpoch' }>,
  ): void => {
    const epoch = heardOn.get(connection)?.epoch;
    const last = lastPosition(node.durable);
    require(node, last.chain ===
      message.last.chain, `ACKEPOCH with the log end ${show(message.last.zxid)}`);
    if (message.currentEpoch < 0 || epoch === undefined) return;
    require(node, node.durable.acceptedEpoch === epoch, `ACKEPOCH of ${String(epoch)}`);
    require(node, node.durable.currentEpoch ===
      message.currentEpoch, 'ACKEPOCH with a current epoch');
    if (epoch <= (promised.get(node.nonce) ?? 0)) {
      throw new InvariantViolated('I13', `${who(node)} acks epoch ${String(epoch)} a second time`);
    }
    promised.set(node.nonce, epoch);
  };

  return {
    name: 'I11, I13, I15',
    becameDurable: (node) => {
      const { currentEpoch } = node.durable;
      if ((current.get(node.nonce) ?? 0) === currentEpoch) return;
      current.set(node.nonce, currentEpoch);
      const sent = sentWhole.get(node.nonce);
      if (sent?.epoch !== currentEpoch || holdsPosition(node.durable, sent.end)) return;
      throw new InvariantViolated(
        'I15',
        `${who(node)} has epoch ${String(currentEpoch)} on disk without its history up to ${show(sent.end.zxid)}`,
      );
    },
    received: (node, connection, message) => {
      if (message.kind === 'leaderInfo') {
        heardOn.set(connection, { epoch: message.epoch, end: undefined, hasAckedNewLeader: false });
      }
      if (message.kind === 'newLeader') {
        sentWhole.set(node.nonce, { epoch: message.epoch, end: message.end });
        const heard = heardOn.get(connection);
        if (heard !== undefined) heard.end = message.end;
      }
    },
    sending: (node, connection, message) => {
      switch (message.kind) {
        case 'leaderInfo':
          require(node, node.durable.acceptedEpoch >=
            message.epoch, `LEADERINFO ${String(message.epoch)}`);
          break;
        case 'ackEpoch':
          checkAckEpoch(node, connection, message);
          break;
        case 'ack':
          checkAck(node, connection, message.zxid);
          break;
        case 'pong':
          // Of its own epoch: what a cut has just taken away is still named until the core hears that the cut is durable.
          if (message.durable.epoch !== node.durable.currentEpoch) break;
          require(node, compareZxid(message.durable, lastPosition(node.durable).zxid) <= 0, 'PONG');
          break;
        default:
          break;
      }
    },
    notifying: (node, notification) => {
      const { vote, state } = notification;
      if (
        node.electionMode === 'forced' ||
        state !== 'looking' ||
        vote.leader !== node.id ||
        !notification.votes
      ) {
        return;
      }
      const last = lastPosition(node.durable).zxid;
      require(node, compareZxid(vote.zxid, last) <= 0, `a vote for itself at ${show(vote.zxid)}`);
      require(node, vote.peerEpoch <=
        node.durable.currentEpoch, 'a vote for itself with its epoch');
    },
    event: (node, event) => {
      if (event.event !== 'established') return;
      const memberships = ghost.membership === undefined ? [] : [ghost.membership];
      const hasTakenOver = (disk: DiskImage): boolean =>
        disk.currentEpoch >= event.epoch && holdsDurably(disk, event.initialHistoryEnd);
      if (ghost.isQuorum(memberships, hasTakenOver)) return;
      throw new InvariantViolated(
        'I15',
        `${who(node)} serves epoch ${String(event.epoch)} without a quorum that took its history over`,
      );
    },
  };
}

function holdsPosition(disk: DiskImage, { zxid, chain }: LogPosition): boolean {
  const order = compareZxid(zxid, disk.base.zxid);
  if (order === 0) return chain === disk.base.chain;
  return order < 0 || entryAt(disk, zxid)?.chain === chain;
}
