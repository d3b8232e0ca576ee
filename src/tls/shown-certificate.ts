import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { whyNotBelieved } from './complaints.ts';

/** Gives the certificate that the other side showed, whatever it is worth. */
export function shownCertificate(socket: TLSSocket): X509Certificate | undefined {
  // Not `getPeerX509Certificate`: to a client of Node 20 it gives the next of the chain each time that it is called.
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer };
  return raw === undefined ? undefined : new X509Certificate(raw);
}

/** Says what is wrong with the certificate of the other side, which was asked for one; undefined when it is believed. */
export function complaintAbout(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  const { authorizationError: error } = socket as { readonly authorizationError: unknown };
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : error;
  return whyNotBelieved(typeof code === 'string' ? code : 'unknown');
}
