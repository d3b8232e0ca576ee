import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { toHex } from '../../base/hex.ts';
import { serverId, type ServerId, type StartId } from '../../model/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PeerAddress } from '../../ports/peer-network.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Random } from '../../ports/random.ts';
import type { TransportSecurity } from '../../ports/transport-security.ts';
import { KnownPeers } from './known-peers.ts';
import { FramedSocket } from './framed-socket.ts';
import { handshakeBytesMax, type Plane, type Terms } from './handshake.ts';
import { introduce, receive, type Certified, type Met } from './meeting.ts';
import type { PeerTls } from './peer-tls.ts';
import { secure, type Stranger } from './securing.ts';

export interface PeerNetworkOptions {
  readonly self: ServerId;
  /** Of this process; random unless told. */
  readonly start?: StartId;
  /** Every peer as the configuration has it, also this one. */
  readonly servers: readonly PeerAddress[];
  /** Who is talked to by now, of both planes; at first the servers. */
  readonly known?: KnownPeers;
  readonly listenHost: string;
  /** Shared by all peers, for plaintext. Without one, and without TLS, only peers on loopback are talked to. */
  readonly secret?: Uint8Array;
  /** Peers are known by their certificates, and TLS is spoken with them. */
  readonly security?: TransportSecurity | undefined;
  /** Plaintext will do as well, while an ensemble goes over to TLS or back: TLS is tried first. */
  readonly acceptsPlaintext?: boolean | undefined;
  /** Bytes that may wait for one connection; `defaultQueuedBytesMax` unless told. */
  readonly queuedBytesMax?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

export const defaultQueuedBytesMax = 256 * 1_048_576;

/**
 * How many strangers may be in the midst of proving themselves, on each port: above this, one has to go, the first that
 * came from the address that most of them came from. Each can make us hold a frame of `handshakeBytesMax`, for
 * `handshakeTimeoutMs`.
 */
export const strangersMax = 64;

/** Sockets that are open on each port, whatever for: above this, who is refused is not told why, but cut off at once. */
export const socketsMax = 1_024;

/** Lines about strangers: at most this many per window. A port scanner must not fill a disk. */
const linesPerWindow = 10;
const windowMs = 60_000;

type OnMet = (socket: FramedSocket, from: Met) => void;

/** Does what both planes do alike: dial, take in, shake hands, and know every socket that is open. */
export class Doorway {
  readonly #options: PeerNetworkOptions;
  readonly #plane: Plane;
  readonly known: KnownPeers;
  readonly #terms: Terms;
  /** Where certificates prove it, a secret proves nothing more: each may be taken out while the other is there. */
  readonly #termsOfCertified: Terms;
  readonly #tls: PeerTls | undefined;
  /** Who dialled us and is not known yet, in order of arrival. */
  readonly #strangers = new Set<Stranger>();
  readonly #dialled = new Set<FramedSocket>();
  readonly #open = new Set<Socket>();
  #whenEmpty: (() => void) | undefined;
  #windowEndsMs = 0;
  #lines = 0;

  constructor(plane: Plane, options: PeerNetworkOptions, tls?: PeerTls) {
    this.#options = options;
    this.#plane = plane;
    this.#tls = tls;
    const known = (this.known = options.known ?? new KnownPeers(options.servers));
    this.#terms = {
      plane,
      self: options.self,
      start: options.start ?? startId(options.random),
      isKnown: (id) => known.has(serverId(id)),
      secret: options.secret,
    };
    this.#termsOfCertified = { ...this.#terms, secret: undefined };
  }

  /** A socket that the listener took. `onMet` gets it with the dialer's name, or it is closed and one line is logged. */
  takeIn(raw: Socket, onMet: OnMet): void {
    this.#keep(raw);
    if (this.#tls === undefined) this.#receive(raw, onMet);
    else this.#secure(raw, this.#tls, onMet);
  }

  #secure(raw: Socket, tls: PeerTls, onMet: OnMet): void {
    const mayPass = this.#options.acceptsPlaintext === true;
    const stranger = secure(raw, {
      plane: this.#plane,
      tls,
      clock: this.#options.clock,
      acceptsPlaintext: mayPass,
      onSecure: (socket) => {
        this.#strangers.delete(stranger);
        this.#receive(
          socket,
          (met, peer) => {
            this.#endWhenRevoked(tls, socket, met, peer.id);
            onMet(met, peer);
          },
          () => tls.nameOf(socket),
        );
      },
      onPlaintext: () => {
        this.#strangers.delete(stranger);
        this.#receive(raw, onMet, mayPass ? undefined : () => 'it speaks no TLS');
      },
      onFailed: (why) => {
        this.#strangers.delete(stranger);
        this.complain('peerRefused', { from: stranger.remoteAddress, why });
      },
    });
    this.#arrived(stranger);
  }

  #receive(raw: Socket, onMet: OnMet, certified?: Certified): void {
    const socket = this.#framed(raw);
    const from = socket.remoteAddress;
    this.#strangers.add(socket);
    receive(socket, {
      ...this.#options,
      terms: this.#termsFor(certified),
      certified,
      onMet: (peer) => {
        this.#strangers.delete(socket);
        onMet(socket, peer);
      },
      onFailed: (why) => {
        this.#strangers.delete(socket);
        // Last words take a while to leave, and whoever keeps coming does not wait for them.
        if (this.#open.size > socketsMax) socket.destroy();
        this.complain('peerRefused', { from, why });
      },
    });
    this.#arrived();
  }

  #arrived(stranger?: Stranger): void {
    if (stranger !== undefined) this.#strangers.add(stranger);
    if (this.#strangers.size > strangersMax) {
      this.#mostCrowding()?.fail('too many connections that did not prove themselves');
    }
  }

  /** Of the address with most strangers, the one that came first. */
  #mostCrowding(): Stranger | undefined {
    const firsts = new Map<string, { readonly stranger: Stranger; count: number }>();
    for (const stranger of this.#strangers) {
      const first = firsts.get(stranger.remoteAddress);
      if (first === undefined) firsts.set(stranger.remoteAddress, { stranger, count: 1 });
      else first.count++;
    }
    const [most] = [...firsts.values()].sort((left, right) => right.count - left.count);
    return most?.stranger;
  }

  dial(
    to: ServerId,
    handlers: { onMet(socket: FramedSocket, peer: Met): void; onFailed(why: string): void },
  ): FramedSocket | undefined {
    const address = this.known.placeOf(to);
    if (address === undefined || to === this.#options.self) return undefined;
    const port = this.#plane === 'broadcast' ? address.quorumPort : address.electionPort;
    const { socket: raw, secured } = this.#connect(to, address.host, port);
    const certified = secured && (() => secured.tls.nameOf(secured.socket));
    this.#keep(raw);
    const socket = this.#framed(raw);
    this.#dialled.add(socket);
    introduce(socket, to, {
      ...this.#options,
      terms: this.#termsFor(certified),
      certified,
      onMet: (peer) => {
        this.#dialled.delete(socket);
        this.#tls?.dialled(to, undefined);
        if (secured !== undefined) this.#endWhenRevoked(secured.tls, secured.socket, socket, to);
        handlers.onMet(socket, peer);
      },
      onFailed: (why, isHostile) => {
        this.#dialled.delete(socket);
        this.#tls?.dialled(to, why);
        if (isHostile) this.complain('peerNotMet', { to, host: address.host, port, why });
        handlers.onFailed(why);
      },
    });
    return socket;
  }

  #termsFor(certified: Certified | undefined): Terms {
    return certified === undefined ? this.#terms : this.#termsOfCertified;
  }

  /** In TLS, where it is spoken; unless plaintext will do, and was what the peer spoke the last time. */
  #connect(
    to: ServerId,
    host: string,
    port: number,
  ): {
    readonly socket: Socket;
    readonly secured?: { readonly tls: PeerTls; readonly socket: TLSSocket };
  } {
    const tls = this.#tls;
    const isPlaintext = this.#options.acceptsPlaintext === true && tls?.spokePlaintext(to) === true;
    if (tls === undefined || isPlaintext) return { socket: connect({ host, port }) };
    const socket = tls.dial(host, port);
    return { socket, secured: { tls, socket } };
  }

  #endWhenRevoked(tls: PeerTls, socket: TLSSocket, met: FramedSocket, peer: ServerId): void {
    tls.watch(socket, (why) => {
      this.complain('peerCut', { peer, why });
      met.fail(why);
    });
  }

  /** One line, unless there were too many lately. */
  complain(event: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#whenEmpty !== undefined) return;
    const now = this.#options.clock.now();
    if (now >= this.#windowEndsMs) {
      this.#windowEndsMs = now + windowMs;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines > linesPerWindow) return;
    const isLast = this.#lines === linesPerWindow;
    const { logger } = this.#options;
    logger.log('warn', event, {
      plane: this.#plane,
      ...fields,
      ...(isLast && { silentForMs: Math.ceil(this.#windowEndsMs - now) }),
    });
  }

  /** Once no socket is left: nothing new may be taken in or dialled any more. */
  whenEmpty(done: () => void): void {
    this.#whenEmpty = done;
    for (const socket of [...this.#strangers, ...this.#dialled]) socket.destroy();
    this.#checkEmpty();
  }

  #keep(raw: Socket): void {
    this.#open.add(raw);
    raw.on('close', () => {
      this.#open.delete(raw);
      this.#checkEmpty();
    });
  }

  #framed(raw: Socket): FramedSocket {
    return new FramedSocket(raw, {
      clock: this.#options.clock,
      frameBytesMax: handshakeBytesMax,
      queuedBytesMax: this.#options.queuedBytesMax ?? defaultQueuedBytesMax,
      metrics: this.#options.metrics,
    });
  }

  #checkEmpty(): void {
    if (this.#open.size !== 0 || this.#whenEmpty === undefined) return;
    const done = this.#whenEmpty;
    this.#whenEmpty = () => undefined;
    done();
  }
}

/** A name for this start of the process. */
export function startId(random: Random): StartId {
  return toHex(random.bytes(8)) as StartId;
}
