import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Audit } from '../../ports/audit.ts';
import { addressOf } from '../../model/acl.ts';
import { withProof, type CertificateId } from '../../model/principal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { TransportSecurity } from '../../ports/transport-security.ts';
import { Arrivals } from '../../service/budget/arrivals.ts';
import type { Work } from '../../service/budget/work.ts';
import type { Caller } from '../../service/call.ts';
import type { DoorGuard } from '../../service/door-guard.ts';
import { RepeatedLog } from '../../service/repeated-log.ts';
import { TlsAcceptor } from '../../tls/acceptor.ts';
import { shownChain } from '../../tls/certificate-id.ts';
import { principalOf } from '../../tls/certificate-principal.ts';
import { whyNotBelieved } from '../../tls/complaints.ts';
import { complaintAbout, shownCertificate } from '../../tls/shown-certificate.ts';
import { beginsHandshake } from '../../tls/terms.ts';
import { addressIdentity } from '../../wire/credentials.ts';
import { CertifiedConnections } from './certified-connections.ts';
import { Handshakes } from './handshakes.ts';
import { Reading } from './reading.ts';

/** What a door is given that may speak TLS. */
export interface Secured {
  /** Without it the door speaks plaintext. */
  readonly security?: TransportSecurity | undefined;
  /** Counts connections, handshakes, and what came in place of them. */
  readonly metrics?: Metrics | undefined;
  /** Is told of certificates that are not believed. */
  readonly audit?: Audit | undefined;
}

export interface EntranceOptions extends Secured {
  /** As the log names it. */
  readonly door: 'http' | 'grpc' | 'zookeeper';
  readonly work: Work;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly guard: DoorGuard;
  /** The door itself says when its connections are read, past what Node knows of. */
  readonly readsByItself?: boolean;
  /** See `AcceptorOptions`. */
  readonly protocols?: readonly string[];
  /** A connection is to be served: it may be written to and read from. `stranger`: who asks on it and proves nothing more. */
  begin(socket: Socket, stranger: Caller): void;
  /** What a client is told, in its protocol, that speaks plaintext where TLS is spoken; `first` is what it said. */
  answerPlaintext(first: Buffer): string | Uint8Array | undefined;
  /** What a client is told, in the protocol of this door, whose certificate is not believed, or that has to show one. */
  answerUncertified(complaint: string): string | Uint8Array | undefined;
}

/** A client that was told why it is not served is closed after this, whether it has read that or not. */
const lingerMs = 1_000;

/**
 * The way into a door: takes connections in by turns, and where TLS is spoken has them through their handshake before the
 * door hears of them.
 */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #arrivals: Arrivals;
  readonly #secure: SecureEntrance | undefined;
  /** Connections that the door serves. */
  #open = 0;
  /** One for all sockets. */
  readonly #closed = (): void => {
    this.#count(-1);
  };

  constructor(options: EntranceOptions) {
    const { security, readsByItself = false } = options;
    const reading = readsByItself ? undefined : new Reading(options.work.turn, options.clock);
    this.#options = {
      ...options,
      begin: (socket, stranger) => {
        this.#count(1);
        socket.once('close', this.#closed);
        options.begin(socket, stranger);
        reading?.add(socket, addressOf(stranger.identities));
      },
    };
    this.#arrivals = new Arrivals(options.work);
    this.#secure = security && new SecureEntrance(this.#options, security);
  }

  /** A connection has come. */
  take(raw: Socket): void {
    const { id: address } = addressIdentity(raw.remoteAddress);
    this.#guarded(raw, () => {
      this.#arrivals.take(raw, address, () => {
        this.#guarded(raw, () => {
          if (this.#secure === undefined) this.#options.begin(raw, atAddress(raw, this.#options));
          else this.#secure.take(raw, address);
        });
      });
    });
  }

  /** Closes connections that the door has not heard of, and all that still come. */
  stop(): void {
    this.#arrivals.stop();
    this.#secure?.stop();
  }

  #count(by: 1 | -1): void {
    this.#open += by;
    this.#options.metrics?.gauge('connections', this.#open, this.#options.door);
  }

  #guarded(raw: Socket, action: () => void): void {
    this.#options.guard.run(action, () => {
      raw.destroy();
    });
  }
}

class SecureEntrance {
  readonly #options: EntranceOptions;
  readonly #security: TransportSecurity;
  readonly #acceptor: TlsAcceptor;
  readonly #handshakes: Handshakes;
  readonly #certified: CertifiedConnections;
  readonly #failures: RepeatedLog;
  readonly #plaintexts: RepeatedLog;
  readonly #cuts: RepeatedLog;

  constructor(options: EntranceOptions, security: TransportSecurity) {
    const { clock, protocols } = options;
    this.#options = options;
    this.#security = security;
    this.#acceptor = new TlsAcceptor({
      security,
      asksForCertificate: security.clientCertificates !== 'none',
      ...(protocols !== undefined && { protocols }),
    });
    this.#failures = new RepeatedLog(options, 'warn', 'tlsHandshakeFailed');
    this.#plaintexts = new RepeatedLog(options, 'warn', 'tlsNotSpoken');
    this.#cuts = new RepeatedLog(options, 'warn', 'revokedConnectionCut');
    this.#certified = new CertifiedConnections({
      clock,
      security,
      cut: (socket) => {
        this.#cut(socket);
      },
    });
    this.#handshakes = new Handshakes({
      clock,
      closed: (address, why) => {
        this.#failed(address, why);
      },
    });
  }

  take(raw: Socket, address: string): void {
    raw.on('error', () => undefined);
    this.#handshakes.come(raw, address, () => {
      this.#begin(raw, address);
    });
    raw.once('data', (first: Buffer) => {
      raw.pause();
      if (!beginsHandshake(first)) {
        this.#handshakes.done(raw);
        this.#notSpoken(raw, address, first);
        return;
      }
      // It is for whoever does the handshake.
      raw.unshift(first);
      this.#handshakes.ready(raw);
    });
    // It may have come paused.
    raw.resume();
  }

  stop(): void {
    this.#acceptor.stop();
    this.#certified.stop();
    this.#handshakes.stop();
  }

  #begin(raw: Socket, address: string): void {
    this.#acceptor.accept(raw, {
      onSecure: (socket) => {
        this.#handshakes.done(raw);
        this.#options.guard.run(
          () => {
            this.#secured(socket, address);
          },
          () => {
            socket.destroy();
          },
        );
      },
      onFailed: (why) => {
        if (this.#handshakes.done(raw)) this.#failed(address, why);
      },
    });
  }

  #secured(socket: TLSSocket, address: string): void {
    const chain = this.#security.clientCertificates === 'none' ? [] : shownChain(socket);
    const complaint = this.#complaintAbout(socket, chain);
    if (complaint === undefined) {
      this.#options.metrics?.count('tls_handshakes');
      if (chain.length > 0) this.#certified.add(socket, chain);
      this.#options.begin(socket, this.#strangerOn(socket, chain));
      return;
    }
    this.#failed(address, complaint.why);
    this.#options.audit?.record({
      event: 'authFailed',
      who: [addressIdentity(address)],
      door: this.#options.door,
      op: 'prove',
      code: 'authFailed',
      detail: 'by certificate',
    });
    socket.on('error', () => undefined);
    // Whoever is told before it has asked may take that for no answer to its question.
    socket.once('data', () => {
      this.#lastWords(socket, this.#options.answerUncertified(complaint.told));
    });
    this.#closeSoon(socket);
  }

  /** Its address, and whom its certificate proves, which is believed. */
  #strangerOn(socket: TLSSocket, chain: readonly CertificateId[]): Caller {
    const { clientCertificates, certificateNames = 'dn' } = this.#security;
    const shown = clientCertificates === 'none' ? undefined : shownCertificate(socket);
    const stranger = atAddress(socket, this.#options);
    return shown === undefined
      ? stranger
      : withProof(stranger, principalOf(shown, chain, certificateNames));
  }

  /** `why` is for the log, `told` for the client. */
  #complaintAbout(
    socket: TLSSocket,
    chain: readonly CertificateId[],
  ): { readonly why: string; readonly told: string } | undefined {
    const { clientCertificates } = this.#security;
    if (clientCertificates === 'none') return undefined;
    if (shownCertificate(socket) !== undefined) {
      // Whoever goes on with a session of TLS from before the list is asked by OpenSSL no more.
      const isRevoked = chain.some((each) => this.#security.isRevoked(each));
      const complaint = isRevoked ? whyNotBelieved('CERT_REVOKED') : complaintAbout(socket);
      return complaint === undefined
        ? undefined
        : {
            why: `its certificate is not taken: ${complaint}`,
            told: `your certificate is not taken here: ${complaint}`,
          };
    }
    if (clientCertificates === 'want') return undefined;
    return {
      why: 'it shows no certificate',
      told: 'a certificate has to be shown here, of a CA that this peer believes',
    };
  }

  /** Its certificate is on a list by now, and its door has not closed it. */
  #cut({ remoteAddress }: TLSSocket): void {
    const { door, metrics, audit } = this.#options;
    const { id: address } = addressIdentity(remoteAddress);
    metrics?.count('tls_connections_cut');
    audit?.record({
      event: 'ended',
      who: [addressIdentity(remoteAddress)],
      door,
      op: 'prove',
      detail: 'its certificate was revoked',
    });
    this.#cuts.happened({ door, address });
  }

  #failed(address: string, why: string): void {
    const { door, metrics } = this.#options;
    metrics?.count('tls_handshakes_failed');
    this.#failures.happened({ door, address, why });
  }

  #notSpoken(raw: Socket, address: string, first: Buffer): void {
    const { door, metrics } = this.#options;
    metrics?.count('tls_not_spoken');
    this.#plaintexts.happened({ door, address });
    this.#lastWords(raw, this.#options.answerPlaintext(first));
    this.#closeSoon(raw);
  }

  #lastWords(socket: Socket, words: string | Uint8Array | undefined): void {
    if (words === undefined) {
      socket.destroy();
      return;
    }
    socket.end(words);
    socket.on('end', () => socket.destroy());
    // What still comes is read and dropped: bytes left unread would turn our last words into a reset.
    socket.resume();
  }

  #closeSoon(socket: Socket): void {
    const linger = this.#options.clock.after(lingerMs, () => socket.destroy());
    socket.once('close', () => {
      linger.cancel();
    });
  }
}

function atAddress({ remoteAddress }: Socket, { door }: Pick<EntranceOptions, 'door'>): Caller {
  return { identities: [addressIdentity(remoteAddress)], door };
}
