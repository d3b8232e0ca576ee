import { createHmac, timingSafeEqual } from 'node:crypto';
import { ByteReader, ByteWriter, MalformedBytes } from '../../base/bytes.ts';
import type { ServerId, StartId } from '../../model/ids.ts';

// What two peers say before anything else, and how they prove that they know the secret without sending it:
//
//   acceptor -> dialer    greeting: who I am, which start of it, a nonce
//   dialer -> acceptor    answer: who I am, which start of it, whom I mean, a nonce, proof
//   acceptor -> dialer    welcome: proof                      or, instead of any of these, a refusal with a reason
//
// The dialer proves first, so a stranger gets nothing that it could try secrets against. A proof is an HMAC over both
// nonces, both ids, the plane and the role: none fits another connection, another plane or the other direction.
// The stream that follows is neither encrypted nor authenticated by it: whoever can change packets between peers needs TLS
// to be kept out. With TLS below, a certificate says who it is (peer-tls.ts), and all this goes on above it, without a secret.

export const peerProtocolVersion = 2;
/** The size that a frame of the handshake never exceeds: all that a stranger can make us hold. */
export const handshakeBytesMax = 512;

export type Plane = 'broadcast' | 'election';

const magic = 0x51_55_4f_4c; // QUOL
const planeNumber = { broadcast: 1, election: 2 } as const satisfies Record<Plane, number>;
/** The length of the nonce that each side makes for one handshake. */
export const nonceBytes = 32;
const proofBytes = 32;
const reasonBytesMax = 300;

const startIdHex = /^[0-9a-f]{16}$/;

const greetingTag = 1;
const answerTag = 2;
const welcomeTag = 3;
const refusalTag = 4;

/**
 * Says why a handshake came to nothing. It is told to the other side, so it says nothing that a stranger may not know.
 */
export class HandshakeRefused extends Error {}

export interface Terms {
  readonly plane: Plane;
  readonly self: ServerId;
  /** Of this process: tells it from another one under the same server id. */
  readonly start: StartId;
  readonly isKnown: (id: number) => boolean;
  /** Without it, only loopback connections are taken. */
  readonly secret: Uint8Array | undefined;
}

export interface Greeting {
  readonly from: number;
  readonly start: StartId;
  readonly nonce: Uint8Array;
}

/** Of a connection on which both have named themselves: what the proofs are over. */
interface Parties {
  readonly dialer: number;
  readonly dialerStart: StartId;
  readonly acceptor: number;
  readonly acceptorStart: StartId;
  readonly acceptorNonce: Uint8Array;
  readonly dialerNonce: Uint8Array;
}

function writeHead(writer: ByteWriter, tag: number, terms: Terms): void {
  writer.u32(magic).u32(peerProtocolVersion).u8(tag).u8(planeNumber[terms.plane]);
  writer
    .bool(terms.secret !== undefined)
    .u8(terms.self)
    .text(terms.start);
}

export function writeGreeting(writer: ByteWriter, terms: Terms, nonce: Uint8Array): void {
  writeHead(writer, greetingTag, terms);
  writer.raw(nonce);
}

export interface AnswerParts {
  readonly greeting: Greeting;
  readonly nonce: Uint8Array;
}

export function writeAnswer(
  writer: ByteWriter,
  terms: Terms,
  { greeting, nonce }: AnswerParts,
): void {
  writeHead(writer, answerTag, terms);
  writer
    .u8(greeting.from)
    .raw(nonce)
    .raw(prove('dialer', terms, dialedParties(terms, greeting, nonce)));
}

function dialedParties(terms: Terms, greeting: Greeting, nonce: Uint8Array): Parties {
  return {
    dialer: terms.self,
    dialerStart: terms.start,
    acceptor: greeting.from,
    acceptorStart: greeting.start,
    acceptorNonce: greeting.nonce,
    dialerNonce: nonce,
  };
}

export function writeRefusal(writer: ByteWriter, reason: string): void {
  writer.u32(magic).u32(peerProtocolVersion).u8(refusalTag).text(reason.slice(0, reasonBytesMax));
}

/** Reads, as the dialer, whether this is the peer that was meant. Throws `HandshakeRefused` or `MalformedBytes`. */
export function readGreeting(bytes: Uint8Array, terms: Terms, meant: ServerId): Greeting {
  const reader = new ByteReader(bytes);
  const { from, start } = readHead(reader, greetingTag, terms);
  const nonce = reader.raw(nonceBytes);
  reader.end();
  if (from !== meant) {
    throw new HandshakeRefused(
      `peer ${String(terms.self)} looked for peer ${String(meant)} and found peer ${String(from)}: check the addresses`,
    );
  }
  return { from, start, nonce };
}

/**
 * Reads, as the acceptor, who it is and whether it really is. Gives the dialer's id and the welcome. Throws like
 * `readGreeting`.
 */
export function readAnswer(
  bytes: Uint8Array,
  terms: Terms,
  nonce: Uint8Array,
): {
  readonly from: ServerId;
  readonly start: StartId;
  readonly writeWelcome: (writer: ByteWriter) => void;
} {
  const reader = new ByteReader(bytes);
  const { from, start } = readHead(reader, answerTag, terms);
  const meant = reader.u8();
  const dialerNonce = reader.raw(nonceBytes);
  const proof = reader.raw(proofBytes);
  reader.end();
  if (meant !== terms.self) {
    throw new HandshakeRefused(
      `peer ${String(from)} looked for peer ${String(meant)} and found peer ${String(terms.self)}: check the addresses`,
    );
  }
  const parties: Parties = {
    dialer: from,
    dialerStart: start,
    acceptor: terms.self,
    acceptorStart: terms.start,
    acceptorNonce: nonce,
    dialerNonce,
  };
  checkProof(proof, prove('dialer', terms, parties));
  return {
    from: from as ServerId,
    start,
    writeWelcome(writer) {
      writer
        .u32(magic)
        .u32(peerProtocolVersion)
        .u8(welcomeTag)
        .raw(prove('acceptor', terms, parties));
    },
  };
}

/** Reads, as the dialer, whether it was welcomed by one who knows the secret. Throws like `readGreeting`. */
export function readWelcome(
  bytes: Uint8Array,
  terms: Terms,
  { greeting, nonce }: AnswerParts,
): void {
  const reader = new ByteReader(bytes);
  readTag(reader, welcomeTag);
  const proof = reader.raw(proofBytes);
  reader.end();
  checkProof(proof, prove('acceptor', terms, dialedParties(terms, greeting, nonce)));
}

function readTag(reader: ByteReader, expected: number): void {
  if (reader.u32() !== magic) throw new MalformedBytes('not a peer of Quoll');
  const version = reader.u32();
  if (version !== peerProtocolVersion) {
    throw new HandshakeRefused(
      `peer protocol ${String(version)} meets ${String(peerProtocolVersion)}: run the same version of Quoll on all peers`,
    );
  }
  const tag = reader.u8();
  if (tag === refusalTag) throw new HandshakeRefused(`refused by the other side: ${reader.text()}`);
  if (tag !== expected) throw new MalformedBytes(`handshake step ${String(tag)}`);
}

function readHead(
  reader: ByteReader,
  expected: number,
  terms: Terms,
): { readonly from: number; readonly start: StartId } {
  readTag(reader, expected);
  if (reader.u8() !== planeNumber[terms.plane]) {
    throw new HandshakeRefused(`this is the ${terms.plane} port: check the addresses`);
  }
  const hasSecret = reader.bool();
  const from = reader.u8();
  const start = reader.text();
  if (!startIdHex.test(start)) throw new MalformedBytes('the name of a start');
  if (hasSecret !== (terms.secret !== undefined)) {
    const [with_, without] = hasSecret ? [from, terms.self] : [terms.self, from];
    throw new HandshakeRefused(
      `peer ${String(with_)} has a shared secret and peer ${String(without)} has none: set quoll.peer.secretFile on all`,
    );
  }
  if (from === terms.self || !terms.isKnown(from)) {
    throw new HandshakeRefused(
      `peer ${String(from)} is not among the servers that peer ${String(terms.self)} knows (to add it: quoll member add ` +
        `${String(from)}=HOST:QUORUMPORT:ELECTIONPORT)`,
    );
  }
  return { from, start: start as StartId };
}

/** Without a secret the proof is of nothing, in the same place. */
function prove(role: 'dialer' | 'acceptor', terms: Terms, parties: Parties): Uint8Array {
  if (terms.secret === undefined) return new Uint8Array(proofBytes);
  const signed = new ByteWriter();
  signed.text(`quoll peer ${role}`).u32(peerProtocolVersion).u8(planeNumber[terms.plane]);
  signed.u8(parties.dialer).text(parties.dialerStart);
  signed.u8(parties.acceptor).text(parties.acceptorStart);
  signed.raw(parties.acceptorNonce).raw(parties.dialerNonce);
  return createHmac('sha256', terms.secret).update(signed.take()).digest();
}

function checkProof(given: Uint8Array, right: Uint8Array): void {
  if (timingSafeEqual(given, right)) return;
  throw new HandshakeRefused(
    'the shared secrets differ: put the same file on all peers (quoll.peer.secretFile)',
  );
}
