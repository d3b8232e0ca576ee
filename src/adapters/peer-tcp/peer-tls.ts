import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { Fifo } from '../../base/fifo.ts';
import { OnceSoon } from '../../base/once-soon.ts';
import type { ServerId } from '../../model/ids.ts';
import type { PeerName } from '../../model/peer-name.ts';
import type { CertificateId } from '../../model/principal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TransportSecurity } from '../../ports/transport-security.ts';
import { shownChain } from '../../tls/certificate-id.ts';
import { TlsAcceptor, type Accepting } from '../../tls/acceptor.ts';
import { peerNameOf } from '../../tls/certificate-names.ts';
import { speaksNoTls, whyNotBelieved } from '../../tls/complaints.ts';
import { complaintAbout, shownCertificate } from '../../tls/shown-certificate.ts';
import { tlsTerms } from '../../tls/terms.ts';
import type { Plane } from './handshake.ts';

/** Says why nobody can be met by TLS with these keys. */
export class PeerKeysUnusable extends Error {}

/**
 * Speaks TLS with other peers. Who somebody is, the name in the certificate says that he shows, of a CA that both believe:
 * where he is, and what he says of himself, matter nothing.
 */
export class PeerTls {
  readonly #security: TransportSecurity;
  /** One of each port: a client may come to both from one port of its own. */
  readonly #acceptors: Readonly<Record<Plane, TlsAcceptor>>;
  /** Whose handshake is to begin: one in a turn, for each takes most of a millisecond, and heartbeats must not wait. */
  readonly #coming = new Fifo<{ readonly raw: Socket; readonly begin: () => void }>();
  readonly #begin: OnceSoon;
  /** Peers that answered a handshake in plaintext, where both will do. */
  readonly #plaintext = new Set<ServerId>();
  /** Links that rest on a certificate, until they close. */
  readonly #links = new Set<Link>();
  readonly #stopRenewing: () => void;

  /** Throws `PeerKeysUnusable` where no other peer would take this one in. */
  constructor(security: TransportSecurity, self: ServerId, clock: Clock) {
    if (security.keys.ca === undefined) {
      throw new PeerKeysUnusable(
        'peers know one another by a CA, and there is none: set tls.caFile',
      );
    }
    const own = nameIn(security.keys.cert);
    if (own?.id !== self) {
      const named = own === undefined ? 'no peer' : `peer ${String(own.id)}`;
      throw new PeerKeysUnusable(
        `the certificate of peer ${String(self)} names ${named}: make one by \`quoll tls new\`, or with the URI ` +
          `quoll://<cluster id>/peer/${String(self)} among its names`,
      );
    }
    this.#security = security;
    const acceptor = (): TlsAcceptor => new TlsAcceptor({ security, asksForCertificate: true });
    this.#acceptors = { broadcast: acceptor(), election: acceptor() };
    this.#begin = new OnceSoon(clock, () => {
      this.#beginNext();
    });
    this.#stopRenewing = security.onRenewed(() => {
      this.#cutRevoked();
    });
  }

  /** Does the handshake of somebody who dialled, in its turn, unless he is gone by then; see `TlsAcceptor.accept`. */
  accept(plane: Plane, raw: Socket, accepting: Accepting): void {
    const begin = (): void => {
      this.#acceptors[plane].accept(raw, accepting);
    };
    this.#coming.push({ raw, begin });
    this.#begin.schedule();
  }

  #beginNext(): void {
    let next = this.#coming.shift();
    while (next?.raw.destroyed === true) next = this.#coming.shift();
    next?.begin();
    if (this.#coming.length > 0) this.#begin.schedule();
  }

  /** Notes how a dial ended: a peer that spoke no TLS is dialled in plaintext next, and in TLS when that fails too. */
  dialled(to: ServerId, failure: string | undefined): void {
    if (failure === speaksNoTls) this.#plaintext.add(to);
    else if (failure !== undefined) this.#plaintext.delete(to);
  }

  /** For where both will do. */
  spokePlaintext(peer: ServerId): boolean {
    return this.#plaintext.has(peer);
  }

  /** Dials. Whom it reached is for the caller to look at, once bytes have come: see `nameOf`. */
  dial(host: string, port: number): TLSSocket {
    return connect({
      ...tlsTerms(this.#security.keys),
      host,
      port,
      rejectUnauthorized: false,
      // Peers are known by their URI, wherever they are.
      checkServerIdentity: () => undefined,
    });
  }

  /** Who is at the other end of a handshake that is done; a text says why nobody whom this peer would talk to. */
  nameOf(socket: TLSSocket): PeerName | string {
    const certificate = shownCertificate(socket);
    if (certificate === undefined) return 'it shows no certificate';
    const complaint = this.#isRevoked(shownChain(socket)) ? revoked : complaintAbout(socket);
    if (complaint !== undefined) return `its certificate is not taken: ${complaint}`;
    const name = peerNameOf(certificate);
    if (name === undefined) return 'its certificate names no peer';
    const own = nameIn(this.#security.keys.cert);
    if (name.clusterId !== own?.clusterId) {
      return `its certificate is of the ensemble ${name.clusterId}, and this is ${String(own?.clusterId)}`;
    }
    return name;
  }

  /** Ends a link when its certificate is revoked, as long as it is open. Few: two of each peer, and a dial or two. */
  watch(socket: TLSSocket, end: (why: string) => void): void {
    const link = { chain: shownChain(socket), end };
    this.#links.add(link);
    socket.once('close', () => {
      this.#links.delete(link);
    });
  }

  #cutRevoked(): void {
    for (const link of [...this.#links]) {
      if (!this.#isRevoked(link.chain)) continue;
      this.#links.delete(link);
      link.end(`its certificate is not taken any more: ${revoked}`);
    }
  }

  #isRevoked(chain: readonly CertificateId[]): boolean {
    return chain.some((each) => this.#security.isRevoked(each));
  }

  stop(): void {
    this.#stopRenewing();
    for (const acceptor of Object.values(this.#acceptors)) acceptor.stop();
  }
}

interface Link {
  readonly chain: readonly CertificateId[];
  readonly end: (why: string) => void;
}

const revoked = whyNotBelieved('CERT_REVOKED');

function nameIn(cert: string): PeerName | undefined {
  return peerNameOf(new X509Certificate(cert));
}
