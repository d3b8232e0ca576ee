import { isSpoken, protocolOf } from '../model/level.ts';
import { levelOf } from '../model/membership.ts';
import type { PeerState } from './peer-state.ts';

// Who speaks another protocol is told so in the words of a goodbye, for there is no message that every version would read.
// The words are read at the other end, so their beginning is as fixed as a format.

const beginning = /protocol version \d+, this peer speaks (\d+)/;

/**
 * Why a leader does not take in who speaks this protocol; undefined where it does. By the newest level in its log, committed
 * or not: whoever does not know that can't take the log over.
 */
export function protocolRefusal(
  {
    protocols,
    history,
  }: Pick<PeerState, 'protocols'> & {
    readonly history: Pick<PeerState['history'], 'membership'>;
  },
  theirs: number,
): string | undefined {
  const { oldest, newest } = protocols;
  const level = levelOf(history.membership);
  if (isSpoken({ oldest: Math.max(oldest, protocolOf(level)), newest }, theirs)) return undefined;
  const words = `protocol version ${String(theirs)}, this peer speaks ${String(newest)}`;
  if (theirs > newest) return words;
  return theirs >= oldest
    ? `${words}: the ensemble was finished at level ${String(level)}, so start a newer version of Quoll here`
    : `${words} and nothing below ${String(oldest)}: upgrade this server by a version that speaks both`;
}

/** The newest protocol of a leader that refused for it; undefined where something else was the matter. */
export function spokenByLeader(why: string): number | undefined {
  const [, newest] = beginning.exec(why) ?? [];
  return newest === undefined ? undefined : Number(newest);
}
