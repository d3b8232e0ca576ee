import type { ServerId } from '../../model/ids.ts';
import { zxidToDecimal, type Zxid } from '../../model/zxid.ts';

/**
 * Says that this peer is no member of the ensemble any more and stops; started again, it hears the same, until it is added
 * again. The message is for a person: the cause, whether data is safe, what to do next.
 */
export class MemberRemoved extends Error {
  constructor(self: ServerId, version: Zxid) {
    const id = String(self);
    super(
      `Server ${id} was removed from the ensemble (membership ${zxidToDecimal(version)}) and has stopped. What was ` +
        'acknowledged is safe with the members. To have it back: quoll member add ' +
        `${id}=HOST:QUORUMPORT:ELECTIONPORT at a member, then start it again. Else its data directory can be deleted.`,
    );
    this.name = 'MemberRemoved';
  }
}
