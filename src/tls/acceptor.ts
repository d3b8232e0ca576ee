import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { TransportSecurity } from '../ports/transport-security.ts';
import { whyHandshakeFailed } from './complaints.ts';
import { tlsTerms } from './terms.ts';

export interface AcceptorOptions {
  readonly security: TransportSecurity;
  /** Are clients asked for a certificate? What of it is believed is for whoever takes the connection to look at. */
  readonly asksForCertificate: boolean;
  /** What is spoken here: a client that names protocols has to name one of these. All will do when there are none. */
  readonly protocols?: readonly string[];
}

/** Whoever has a handshake done. */
export interface Accepting {
  onSecure(socket: TLSSocket): void;
  /** The connection is closed, or is about to be. */
  onFailed(why: string): void;
}

/**
 * Does the server's part of handshakes on sockets that somebody else has taken in, with the keys as of now. Whoever shows a
 * certificate that is not believed is let through all the same, to be told why in the protocol that follows: see
 * `complaintAbout`.
 */
export class TlsAcceptor {
  readonly #server: Server;
  /** By the address at the other end: no two connections to one port share it. */
  readonly #accepting = new Map<string, Accepting>();
  readonly #stopRenewing: () => void;

  constructor({ security, asksForCertificate, protocols }: AcceptorOptions) {
    if (asksForCertificate && security.keys.ca === undefined) {
      throw new Error('whose certificates are to be believed? There is no CA');
    }
    this.#server = createServer({
      ...tlsTerms(security.keys),
      requestCert: asksForCertificate,
      rejectUnauthorized: false,
      ...(protocols !== undefined && { ALPNProtocols: [...protocols] }),
    });
    this.#server.on('secureConnection', (socket) => {
      // One that fails closes, too; whoever takes it hears of that.
      socket.on('error', () => undefined);
      const accepting = this.#take(socket);
      if (accepting === undefined) socket.destroy();
      else accepting.onSecure(socket);
    });
    this.#server.on('tlsClientError', (error, socket) => {
      this.#take(socket)?.onFailed(whyHandshakeFailed(error));
    });
    this.#stopRenewing = security.onRenewed((keys) => {
      this.#server.setSecureContext(tlsTerms(keys));
    });
  }

  /** Calls one of the two once. How long it may take is for the caller to say: it destroys the socket. */
  accept(raw: Socket, accepting: Accepting): void {
    const place = placeOf(raw);
    if (place === undefined) {
      raw.destroy();
      accepting.onFailed('it closed the connection');
      return;
    }
    this.#accepting.set(place, accepting);
    raw.once('close', () => {
      if (this.#accepting.get(place) !== accepting) return;
      this.#accepting.delete(place);
      accepting.onFailed('it closed the connection');
    });
    this.#server.emit('connection', raw);
  }

  /** Hears of renewed keys no longer. */
  stop(): void {
    this.#stopRenewing();
  }

  #take(socket: TLSSocket): Accepting | undefined {
    const place = placeOf(socket);
    const accepting = place === undefined ? undefined : this.#accepting.get(place);
    if (place !== undefined) this.#accepting.delete(place);
    return accepting;
  }
}

/** Nothing once the other side is gone. */
function placeOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${String(remotePort)}`;
}
