import { MalformedBytes } from '../../base/bytes.ts';
import type { ServerId, StartId } from '../../model/ids.ts';
import type { PeerName } from '../../model/peer-name.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { speaksNoTls } from '../../tls/complaints.ts';
import type { FramedSocket } from './framed-socket.ts';
import {
  HandshakeRefused,
  nonceBytes,
  readAnswer,
  readGreeting,
  readWelcome,
  writeAnswer,
  writeGreeting,
  writeRefusal,
  type AnswerParts,
  type Terms,
} from './handshake.ts';

/** How long a handshake may take: from the first byte, or from the dial, to its end. */
export const handshakeTimeoutMs = 3_000;

/** Who is at the other end. */
export interface Met {
  readonly id: ServerId;
  readonly start: StartId;
}

/**
 * Gives who is at the other end by the certificate that was shown; a text says why it is nobody to be talked to. To be asked
 * once the TLS handshake is done.
 */
export type Certified = () => PeerName | string;

export interface Meeting {
  readonly terms: Terms;
  /** Where TLS is spoken: then this says who it is, whatever is said. */
  readonly certified?: Certified | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** The socket's listener is the caller's to set from now on. */
  onMet(peer: Met): void;
  /** The socket is closed already. `isHostile`: not a mere failure to connect; somebody should look at it. */
  onFailed(why: string, isHostile: boolean): void;
}

/** Does the acceptor's side of the handshake. */
export function receive(socket: FramedSocket, meeting: Meeting): void {
  const { terms } = meeting;
  const nonce = meeting.random.bytes(nonceBytes);
  const complaint = strangerComplaint(socket, meeting);
  const steps = beginSteps(socket, meeting, (frame) => {
    const { from, start, writeWelcome } = readAnswer(frame, terms, nonce);
    checkNamed(meeting, from);
    socket.send(writeWelcome);
    return { id: from, start };
  });
  if (complaint !== undefined) {
    steps.refuse(complaint);
    return;
  }
  socket.send((writer) => {
    writeGreeting(writer, terms, nonce);
  });
}

/** Does the dialer's side of the handshake, on a socket that may still be connecting. */
export function introduce(socket: FramedSocket, meant: ServerId, meeting: Meeting): void {
  const { terms } = meeting;
  let parts: AnswerParts | undefined;
  beginSteps(socket, meeting, (frame) => {
    if (parts !== undefined) {
      readWelcome(frame, terms, parts);
      return { id: meant, start: parts.greeting.start };
    }
    const complaint = strangerComplaint(socket, meeting);
    if (complaint !== undefined) throw new HandshakeRefused(complaint);
    checkNamed(meeting, meant);
    const answer = {
      greeting: readGreeting(frame, terms, meant),
      nonce: meeting.random.bytes(nonceBytes),
    };
    parts = answer;
    socket.send((writer) => {
      writeAnswer(writer, terms, answer);
    });
    return undefined;
  });
}

/** Takes a frame; answers with the peer that was met once there is nothing left to say. */
type Step = (frame: Uint8Array) => Met | undefined;

function beginSteps(
  socket: FramedSocket,
  meeting: Meeting,
  step: Step,
): { refuse(why: string): void } {
  const deadline = meeting.clock.after(handshakeTimeoutMs, () => {
    socket.destroy();
    meeting.onFailed('the handshake took too long', false);
  });
  const refuse = (why: string): void => {
    deadline.cancel();
    socket.send((writer) => {
      writeRefusal(writer, why);
    });
    socket.end();
    meeting.onFailed(why, true);
  };
  socket.listener = {
    onFrame(frame) {
      const met = outcomeOf(step, frame);
      if (typeof met === 'string') {
        refuse(met);
      } else if (met !== undefined) {
        deadline.cancel();
        meeting.onMet(met);
      }
    },
    onClosed(why) {
      deadline.cancel();
      meeting.onFailed(why, why.startsWith('malformed') || why === speaksNoTls);
    },
  };
  return { refuse };
}

/** A text is a complaint about the frame; errors of our own pass. */
function outcomeOf(step: Step, frame: Uint8Array): Met | string | undefined {
  try {
    return step(frame);
  } catch (error) {
    if (error instanceof HandshakeRefused || error instanceof MalformedBytes) return error.message;
    throw error;
  }
}

function strangerComplaint(
  socket: FramedSocket,
  { terms, certified }: Meeting,
): string | undefined {
  const name = certified?.();
  if (typeof name === 'string') return `peers show certificates to one another here, and ${name}`;
  if (name !== undefined || terms.secret !== undefined) return undefined;
  if (isLoopback(socket.remoteAddress)) return undefined;
  return 'peers off loopback need TLS, or a shared secret: set quoll.tls.certFile or quoll.peer.secretFile on all';
}

/** Nobody is taken for another than the certificate says. */
function checkNamed({ certified }: Meeting, id: ServerId): void {
  const name = certified?.();
  if (name === undefined || typeof name === 'string' || name.id === id) return;
  throw new HandshakeRefused(`peer ${String(id)} shows the certificate of peer ${String(name.id)}`);
}

/** Tells a loopback address: of IPv4, of IPv6, and of IPv4 as IPv6 shows it. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address);
}
