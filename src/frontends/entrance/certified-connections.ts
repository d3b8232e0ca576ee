import type { TLSSocket } from 'node:tls';
import type { CertificateId } from '../../model/principal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TransportSecurity } from '../../ports/transport-security.ts';

/** From the moment on that a list names its certificate, a connection is closed within this; the door has told it by then. */
export const cutAfterMs = 1_000;
/** Connections that are looked at in one turn of the event loop. */
const lookedAtMax = 1_000;

interface CertifiedOptions {
  readonly clock: Clock;
  readonly security: TransportSecurity;
  /** Its door has not closed it by itself. */
  cut(socket: TLSSocket): void;
}

/**
 * Knows the connections of one door that showed a certificate, and closes those whose certificate was revoked: an idle one
 * of HTTP would stay otherwise, since its door has nobody to tell.
 */
export class CertifiedConnections {
  readonly #options: CertifiedOptions;
  readonly #open = new Map<TLSSocket, readonly CertificateId[]>();
  readonly #stopRenewing: () => void;
  #isStopped = false;

  constructor(options: CertifiedOptions) {
    this.#options = options;
    this.#stopRenewing = options.security.onRenewed(() => {
      this.#look([...this.#open.keys()], 0);
    });
  }

  add(socket: TLSSocket, chain: readonly CertificateId[]): void {
    if (socket.destroyed) return;
    this.#open.set(socket, chain);
    socket.once('close', () => {
      this.#open.delete(socket);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopRenewing();
  }

  #look(all: readonly TLSSocket[], from: number): void {
    const { clock, security } = this.#options;
    const to = from + lookedAtMax;
    for (const socket of all.slice(from, to)) {
      const chain = this.#open.get(socket);
      if (chain?.some((each) => security.isRevoked(each)) === true) this.#cutLater(socket);
    }
    if (to >= all.length || this.#isStopped) return;
    clock.soon(() => {
      this.#look(all, to);
    });
  }

  #cutLater(socket: TLSSocket): void {
    this.#open.delete(socket);
    const waiting = this.#options.clock.after(cutAfterMs, () => {
      this.#options.cut(socket);
      socket.destroy();
    });
    socket.once('close', () => {
      waiting.cancel();
    });
  }
}
