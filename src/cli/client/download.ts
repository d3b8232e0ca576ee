import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { PeerRing } from './peer-ring.ts';
import { failureIn, noAnswer, pathBelow } from './rest-client.ts';

/** A peer may have to take a snapshot before it says the first word. */
const silenceMs = 120_000;

/**
 * Has an answer of any length taken in as it comes: `take` is called with each piece, and nothing is read ahead. Rejects
 * when the peer refuses, or breaks off.
 */
export async function download(
  ring: PeerRing,
  path: string,
  take: (bytes: Uint8Array) => void,
): Promise<void> {
  const answer = await open(ring, path);
  if (answer.statusCode !== 200) throw await failureIn(answer);
  try {
    for await (const chunk of answer) take(chunk as Buffer);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ECONNRESET' && code !== 'ECONNABORTED' && code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      throw error;
    }
    throw new CommandFailed(exitCode.unavailable, `${ring.current.origin} broke off`, {
      hint: 'Run the same command again, or name another peer with --url.',
      cause: error,
    });
  }
}

function open(ring: PeerRing, path: string): Promise<IncomingMessage> {
  const { current: base, tls, headers } = ring;
  const isSecure = base.protocol === 'https:';
  const request = isSecure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let hasConnected = false;
    const outgoing = request(base, {
      path: pathBelow(base, path),
      headers,
      ...(isSecure && tls !== undefined && { agent: tls.agent }),
    });
    outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error('nothing was heard')));
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => {
        hasConnected = true;
      });
    });
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      reject(noAnswer(base, cause, { hasConnected, tls }));
    });
    outgoing.on('response', resolve);
    outgoing.end();
  });
}
