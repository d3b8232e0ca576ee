import type { Socket } from 'node:net';
import { ByteReader, MalformedBytes } from '../../base/bytes.ts';
import type { ServerId, StartId } from '../../model/ids.ts';
import type { Notification } from '../../model/peer-message.ts';
import type { Timer } from '../../ports/clock.ts';
import type { PeerNetworkHandlers } from '../../ports/peer-network.ts';
import {
  decodeNotification,
  encodeNotification,
  notificationBytesMax,
} from '../../wire/notification-codec.ts';
import type { FramedSocket } from './framed-socket.ts';
import type { PeerTls } from './peer-tls.ts';
import { Doorway, type PeerNetworkOptions } from './plane.ts';

/** A link is tried again after this, doubling up to the other, less up to half by chance. */
const redialMinMs = 50;
const redialMaxMs = 500;
/**
 * An empty frame goes out on every link this often; a link on which nothing came for so many of them is closed. Without
 * that, a link that a long partition has cut would wait for TCP's own retry, up to two minutes after it is healed.
 */
const beatMs = 500;
const silentBeatsMax = 4;

/**
 * Who is not dialled for so many beats by a peer with a higher id knocks there: perhaps that one dials another process
 * under this server id, and can say so.
 */
const knockAfterBeats = 4;

/** In place of a notification: the last words to a process under whose server id another one is alive. */
const twinTag = 0x80;

/** Another process under the peer's server id has dialled; it waits until the one that has the link is heard or lost. */
interface Rival {
  readonly socket: FramedSocket;
  readonly start: StartId;
  /** The newest it sent. */
  latest: Uint8Array | undefined;
  /** Of our own beats since it came. */
  beats: number;
}

interface Link {
  readonly peer: ServerId;
  socket: FramedSocket | undefined;
  /** Of the process at the other end. */
  start: StartId | undefined;
  rival: Rival | undefined;
  /** The newest notification for this peer, kept for the next link. */
  latest: Uint8Array | undefined;
  /** It answers the process at the other end with a membership, and means nothing to another one. */
  isAnswer: boolean;
  /** It has not been handed to the present link. */
  isUnsent: boolean;
  isFlushing: boolean;
  silentBeats: number;
  failures: number;
  redial: Timer | undefined;
}

/**
 * Keeps one link per pair of peers, dialled by the one with the higher id, and a queue of one notification per link.
 */
export class ElectionPlane {
  readonly #options: PeerNetworkOptions;
  readonly #handlers: PeerNetworkHandlers;
  readonly #doorway: Doorway;
  readonly #links = new Map<ServerId, Link>();
  readonly #beat: Timer;
  #isStopped = false;

  constructor(options: PeerNetworkOptions, handlers: PeerNetworkHandlers, tls?: PeerTls) {
    this.#options = options;
    this.#handlers = handlers;
    this.#doorway = new Doorway('election', options, tls);
    this.#beat = options.clock.every(beatMs, () => {
      this.#beatAll();
    });
    this.link();
  }

  /** Keeps a link to whoever is known and has none yet. */
  link(): void {
    for (const id of this.#doorway.known.ids) {
      if (id === this.#options.self || this.#links.has(id) || this.#isStopped) continue;
      const link = newLink(id);
      this.#links.set(id, link);
      if (this.#isOurs(link)) this.#dial(link);
    }
  }

  notify(to: ServerId, notification: Notification): void {
    const link = this.#links.get(to);
    if (link === undefined) return;
    link.latest = encodeNotification(notification);
    link.isAnswer = notification.membership !== undefined;
    link.isUnsent = true;
    if (link.isFlushing) return;
    link.isFlushing = true;
    process.nextTick(() => {
      link.isFlushing = false;
      this.#flush(link);
    });
  }

  takeIn(raw: Socket): void {
    this.#doorway.takeIn(raw, (socket, { id: from, start }) => {
      const link = this.#links.get(from);
      const isTwin = link?.socket !== undefined && link.start !== start;
      if (link === undefined || (this.#isOurs(link) && !isTwin)) {
        this.#doorway.complain('peerRefused', { from, why: 'the peer with the higher id dials' });
        socket.destroy();
        return;
      }
      if (isTwin) {
        this.#hold(link, { socket, start, latest: undefined, beats: 0 });
        return;
      }
      // It dialled again, so the link before is dead.
      link.socket?.destroy();
      meet(link, start);
      this.#establish(link, socket);
    });
  }

  stop(done: () => void): void {
    this.#isStopped = true;
    this.#beat.cancel();
    for (const link of this.#links.values()) {
      link.redial?.cancel();
      link.rival?.socket.destroy();
      link.socket?.destroy();
      link.socket = undefined;
    }
    this.#doorway.whenEmpty(done);
  }

  #isOurs(link: Link): boolean {
    return this.#options.self > link.peer;
  }

  #dial(link: Link): void {
    link.redial = undefined;
    const socket = this.#doorway.dial(link.peer, {
      onMet: (met, { start }) => {
        link.failures = 0;
        meet(link, start);
        this.#establish(link, met);
      },
      onFailed: (why) => {
        this.#dialLater(link, why);
      },
    });
    if (socket === undefined) this.#dialLater(link, 'no address is known');
  }

  /** No link comes of it: an answer, or the end. */
  #knock(link: Link): void {
    this.#doorway.dial(link.peer, {
      onMet: (socket) => {
        socket.frameBytesMax = notificationBytesMax;
        socket.listener = {
          onFrame: (bytes) => {
            if (bytes[0] === twinTag) this.#readTwin(link, bytes);
          },
          onClosed: () => undefined,
        };
      },
      onFailed: () => undefined,
    });
  }

  #dialLater(link: Link, why: string): void {
    if (this.#isStopped || link.redial !== undefined) return;
    const { clock, random, logger } = this.#options;
    const delayMs =
      Math.min(redialMaxMs, redialMinMs * 2 ** link.failures) * (1 - random.fraction() / 2);
    link.failures += 1;
    logger.log('debug', 'electionLinkFailed', {
      peer: link.peer,
      why,
      redialMs: Math.ceil(delayMs),
    });
    link.redial = clock.after(delayMs, () => {
      this.#dial(link);
    });
  }

  #establish(link: Link, socket: FramedSocket): void {
    link.socket = socket;
    link.silentBeats = 0;
    link.isUnsent = link.latest !== undefined;
    socket.frameBytesMax = notificationBytesMax;
    socket.listener = {
      onFrame: (bytes) => {
        this.#onFrame(link, bytes);
      },
      onClosed: (why) => {
        this.#lost(link, why);
      },
    };
    this.#options.logger.log('debug', 'electionLinkUp', { peer: link.peer });
    this.#flush(link);
  }

  /** A peer that starts again finds its old link dead within seconds; beside a living one it is a twin. */
  #hold(link: Link, rival: Rival): void {
    link.rival?.socket.destroy();
    link.rival = rival;
    const { socket } = rival;
    socket.frameBytesMax = notificationBytesMax;
    socket.listener = {
      onFrame: (bytes) => {
        if (bytes.length > 0) rival.latest = bytes.slice();
      },
      onClosed: () => {
        if (link.rival === rival) link.rival = undefined;
      },
    };
  }

  /** Heard a whole beat after the other one had come: both are alive. */
  #refuseRival(link: Link, { socket }: Rival): void {
    link.rival = undefined;
    const livesAt = link.socket?.remoteAddress ?? 'unknown';
    this.#doorway.complain('peerRefused', {
      from: socket.remoteAddress,
      why: `another process runs as server ${String(link.peer)}, at ${livesAt}`,
    });
    socket.send((writer) => {
      writer.u8(twinTag).text(livesAt);
    });
    socket.end();
  }

  /** The one that had the link is gone: whoever waited had its place by right. */
  #promoteRival(link: Link): void {
    const { rival } = link;
    if (rival === undefined || this.#isStopped) return;
    link.rival = undefined;
    meet(link, rival.start);
    this.#establish(link, rival.socket);
    if (rival.latest !== undefined) this.#onFrame(link, rival.latest);
  }

  #onFrame(link: Link, bytes: Uint8Array): void {
    link.silentBeats = 0;
    const { rival } = link;
    if (rival !== undefined && rival.beats > 1) this.#refuseRival(link, rival);
    if (bytes.length === 0) return;
    if (bytes[0] === twinTag) {
      this.#readTwin(link, bytes);
      return;
    }
    const notification = this.#read(link, bytes);
    if (notification !== undefined) this.#handlers.onNotification(notification);
  }

  /** What can't be read is dropped, and the link stays: another version of Quoll may say more than we understand. */
  #read(link: Link, bytes: Uint8Array): Notification | undefined {
    try {
      const notification = decodeNotification(bytes);
      if (notification.from === link.peer) return notification;
      throw new MalformedBytes(`a notification of peer ${String(notification.from)}`);
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      this.#doorway.complain('notificationDropped', { peer: link.peer, why: error.message });
      return undefined;
    }
  }

  #readTwin(link: Link, bytes: Uint8Array): void {
    const reader = new ByteReader(bytes);
    reader.u8();
    try {
      this.#handlers.onTwin(link.peer, reader.text());
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      this.#doorway.complain('notificationDropped', { peer: link.peer, why: error.message });
    }
  }

  #flush(link: Link): void {
    const { socket, latest } = link;
    if (socket === undefined || latest === undefined || !link.isUnsent) return;
    // A link that does not move keeps one notification waiting here, the newest; the next beat tries again.
    if (socket.queuedBytes > notificationBytesMax) return;
    link.isUnsent = false;
    socket.send((writer) => {
      writer.raw(latest);
    });
  }

  // Counted in our own beats, not in time: after a pause of this process nobody else was silent.
  #beatAll(): void {
    for (const link of this.#links.values()) {
      const { socket, rival } = link;
      if (socket === undefined) {
        this.#knockIfDue(link);
        continue;
      }
      if (rival !== undefined) rival.beats += 1;
      link.silentBeats += 1;
      if (link.silentBeats > silentBeatsMax) {
        socket.fail('nothing was heard on the link');
        continue;
      }
      this.#flush(link);
      if (socket.queuedBytes === 0) socket.send(nothing);
    }
  }

  #knockIfDue(link: Link): void {
    link.silentBeats += 1;
    if (this.#isOurs(link) || link.silentBeats <= knockAfterBeats) return;
    link.silentBeats = 0;
    this.#knock(link);
  }

  #lost(link: Link, why: string): void {
    link.socket = undefined;
    link.silentBeats = 0;
    if (!this.#isOurs(link)) {
      this.#promoteRival(link);
      return;
    }
    link.rival?.socket.destroy();
    link.rival = undefined;
    this.#dialLater(link, why);
  }
}

function nothing(): void {
  // An empty frame.
}

/** What was said to the process before, of a membership that may be an old one by now, this one must not hear. */
function meet(link: Link, start: StartId): void {
  if (link.isAnswer && link.start !== start) link.latest = undefined;
  link.start = start;
}

function newLink(peer: ServerId): Link {
  return {
    peer,
    socket: undefined,
    start: undefined,
    rival: undefined,
    latest: undefined,
    isAnswer: false,
    isUnsent: false,
    isFlushing: false,
    silentBeats: 0,
    failures: 0,
    redial: undefined,
  };
}
