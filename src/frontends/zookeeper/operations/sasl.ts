import { isRefusal } from '../../../model/error-code.ts';
import { saslRealm, saslUri, type SaslAnswer } from '../../../model/sasl.ts';
import type { JuteReader } from '../../../wire/jute/jute-reader.ts';
import { authFailed } from '../../../wire/jute/protocol.ts';
import { answer } from './answers.ts';
import type { Client, ZooKeeperRequest } from './client.ts';

/** Random bytes of a challenge, which is answered once and on its own connection. */
const nonceBytes = 24;
/** Of an answer to a challenge: nobody has more to say. */
const answerBytesMax = 1_024;
const firstUse = '00000001';

/**
 * Takes a step of SASL by DIGEST-MD5 (RFC 2831), as the Java client and kazoo have it: an empty first step, to which there is
 * a challenge, and the answer to that. Whoever fails is told so, and the connection ends, as at a ZooKeeper.
 */
export function saslStep(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const token = Buffer.from(record.buffer() ?? []);
  const { door, proofs } = client;
  const { identities, limits } = door.service;
  if (!identities.takesSasl) {
    withoutSasl(client, asked);
    return;
  }
  const nonce = proofs.saslNonce;
  const mayBeRead =
    door.mayTakeSasl && token.length <= Math.min(answerBytesMax, limits.requestBytesMax);
  if (mayBeRead && nonce === undefined && token.length === 0) {
    const fresh = door.random.bytes(nonceBytes);
    proofs.saslNonce = Buffer.from(fresh).toString('base64url');
    challenge(client, asked, proofs.saslNonce);
  } else {
    // Were it heard once more, it would be a replay.
    proofs.saslNonce = undefined;
    const read = () =>
      mayBeRead && nonce !== undefined ? answerIn(token.toString('utf8'), nonce) : undefined;
    identities.sasl(read, client.asker, (outcome) => {
      if (isRefusal(outcome) || !client.prove(outcome.principal)) fail(client, asked);
      else reply(client, asked, `rspauth=${outcome.proof}`);
    });
  }
}

/** As a ZooKeeper that is not set up for SASL: no error, and no token to go on with. */
function withoutSasl(client: Client, asked: ZooKeeperRequest): void {
  client.inOrder(() => {
    answer(client, asked, {
      record: (to) => {
        to.buffer(null);
      },
    });
  });
}

function challenge(client: Client, asked: ZooKeeperRequest, nonce: string): void {
  const directives = [
    ...[`realm="${saslRealm}"`, `nonce="${nonce}"`, 'qop="auth"'],
    ...['charset=utf-8', 'algorithm=md5-sess'],
  ];
  reply(client, asked, directives.join(','));
}

function reply(client: Client, asked: ZooKeeperRequest, text: string): void {
  answer(client, asked, {
    record: (to) => {
      to.buffer(Buffer.from(text));
    },
  });
}

function fail(client: Client, asked: ZooKeeperRequest): void {
  answer(client, asked, {
    error: authFailed,
    record: (to) => {
      to.buffer(null);
    },
  });
  client.end();
}

/**
 * Reads what a client answered. Undefined for what is no answer to this challenge: another nonce, one that was used before,
 * protection that was not offered (a downgrade, or an upgrade that we don't speak), another realm or service.
 */
function answerIn(text: string, nonce: string): SaslAnswer | undefined {
  const directives = directivesIn(text);
  if (directives === undefined) return undefined;
  const { username: user, cnonce: clientNonce, response, nc, qop = 'auth' } = directives;
  const { authzid: authorizeAs } = directives;
  const isOurs =
    directives['nonce'] === nonce &&
    directives['realm'] === saslRealm &&
    directives['digest-uri'] === saslUri &&
    nc === firstUse &&
    qop === 'auth' &&
    (authorizeAs === undefined || authorizeAs === user);
  if (!isOurs || user === undefined || clientNonce === undefined) return undefined;
  if (response === undefined || !/^[0-9a-f]{32}$/.test(response)) return undefined;
  return { user, nonce, clientNonce, count: nc, authorizeAs, response };
}

/**
 * Each once; undefined for what is none. A value that stands without quotes is not empty, as in RFC 2831: so no two runs of
 * blanks meet in the pattern, and it takes time in proportion to the text.
 */
function directivesIn(text: string): Partial<Readonly<Record<string, string>>> | undefined {
  const found: Record<string, string> = {};
  const one = /\s*([a-zA-Z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)/y;
  while (one.lastIndex < text.length) {
    const [, name = '', quoted, plain = ''] = one.exec(text) ?? [];
    if (name === '' || Object.hasOwn(found, name)) return undefined;
    found[name] = quoted?.replace(/\\(.)/g, '$1') ?? plain;
  }
  return found;
}
