import type { X509Certificate } from 'node:crypto';
import { parsePeerUri, type PeerName } from '../model/peer-name.ts';

export interface AlternativeName {
  readonly kind: 'DNS' | 'IP' | 'URI';
  readonly text: string;
}

/** Node writes them as `DNS:a, IP Address:10.0.0.1, URI:"…"`; what could be mistaken is written as a JSON string. */
export function namesOf({ subjectAltName }: X509Certificate): AlternativeName[] {
  const item = /(?:^|, )(DNS|IP Address|URI):("(?:[^"\\]|\\.)*"|[^,]*)/g;
  return [...(subjectAltName ?? '').matchAll(item)].map(([, kind, written = '']) => ({
    kind: kind === 'IP Address' ? 'IP' : kind === 'URI' ? 'URI' : 'DNS',
    text: written.startsWith('"') ? String(JSON.parse(written)) : written,
  }));
}

/** Gives the peer whom a certificate names; undefined when it names none, or several. */
export function peerNameOf(certificate: X509Certificate): PeerName | undefined {
  const names = namesOf(certificate).flatMap(({ kind, text }) => {
    const name = kind === 'URI' ? parsePeerUri(text) : undefined;
    return name === undefined ? [] : [name];
  });
  return names.length === 1 ? names[0] : undefined;
}
