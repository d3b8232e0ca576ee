import type { ServerId } from '../../model/ids.ts';
import { formatZxid } from '../../model/zxid.ts';
import type { Comparison } from './digests.ts';

/**
 * Says that the state of this peer is not what other peers made of the same history. It has stopped: to go on would
 * answer with what never was. The message is for a person: the cause, whether data is safe, what to do next.
 */
export class StateDiverged extends Error {
  readonly verdict: Comparison['verdict'];

  constructor(self: ServerId, comparison: Comparison) {
    super(describe(self, comparison));
    this.name = 'StateDiverged';
    this.verdict = comparison.verdict;
  }
}

function describe(self: ServerId, { zxid, verdict, others }: Comparison): string {
  const own = `The state of server ${String(self)} at zxid ${formatZxid(zxid)}`;
  const them = others.map((id) => `server ${String(id)}`).join(', ');
  if (verdict === 'undecided') {
    return (
      `${own} is not that of ${them}, and there is no majority to say which is wrong. Each of them stops rather than ` +
      'answer with what may never have been. What was acknowledged is in the logs of all of them. Keep every directory, ' +
      'start the peers that were down, and look for the machine at fault (memory, disk): move its data directory away ' +
      'and start it again, and it gets its data from the others.'
    );
  }
  return (
    `${own} is not that of ${them}, and they are the more. What was acknowledged is safe: they have it all. This peer has ` +
    'stopped, and its data directory is marked so that nothing is ever taken from it. Move the directory away and start ' +
    'again: the peer joins as a new one, gets its data from the others, and then its vote back. Test the memory and the disk ' +
    'of the machine.'
  );
}
