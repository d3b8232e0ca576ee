import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../ports/clock.ts';
import { beginsHandshake } from '../../tls/terms.ts';
import type { Plane } from './handshake.ts';
import { handshakeTimeoutMs } from './meeting.ts';
import type { PeerTls } from './peer-tls.ts';

/**
 * Whoever dials in TLS speaks first, and whoever dials in plaintext waits for our greeting: after so much silence it is the
 * latter. Where that is refused there is no hurry: a peer on a busy machine may take its time.
 */
const silentMs = { wherePlaintextPasses: 500, elsewhere: 2_000 } as const;

/** Somebody who dialled, and is not known yet. */
export interface Stranger {
  readonly remoteAddress: string;
  /** Closes at once, and says why. */
  fail(why: string): void;
  /** Closes at once. Nothing more is heard of it. */
  destroy(): void;
}

interface Securing {
  readonly plane: Plane;
  readonly tls: PeerTls;
  readonly clock: Clock;
  readonly acceptsPlaintext: boolean;
  onSecure(socket: TLSSocket): void;
  /** It speaks no TLS. */
  onPlaintext(): void;
  /** The socket is closed. */
  onFailed(why: string): void;
}

/** Has a socket that somebody dialled through its TLS handshake, in no more time than one of ours takes. */
export function secure(raw: Socket, securing: Securing): Stranger {
  const { plane, tls, clock, acceptsPlaintext } = securing;
  let isOver = false;
  const over = (then: () => void): void => {
    if (isOver) return;
    isOver = true;
    silence.cancel();
    deadline.cancel();
    raw.off('data', begin);
    then();
  };
  const fail = (why: string): void => {
    over(() => {
      raw.destroy();
      securing.onFailed(why);
    });
  };
  const notSpoken = (): void => {
    over(() => {
      securing.onPlaintext();
    });
  };
  const begin = (first: Buffer): void => {
    // It is for whoever reads on.
    raw.pause();
    raw.off('data', begin);
    raw.unshift(first);
    silence.cancel();
    if (!beginsHandshake(first)) {
      notSpoken();
      raw.resume();
      return;
    }
    tls.accept(plane, raw, {
      onSecure: (socket) => {
        over(() => {
          securing.onSecure(socket);
        });
      },
      onFailed: fail,
    });
  };
  const silence = clock.after(
    acceptsPlaintext ? silentMs.wherePlaintextPasses : silentMs.elsewhere,
    notSpoken,
  );
  const deadline = clock.after(handshakeTimeoutMs, () => {
    fail('the handshake took too long');
  });
  raw.on('data', begin);
  raw.once('close', () => {
    fail('the other side closed the connection');
  });
  return {
    remoteAddress: raw.remoteAddress ?? 'unknown',
    fail,
    destroy() {
      over(() => raw.destroy());
    },
  };
}
