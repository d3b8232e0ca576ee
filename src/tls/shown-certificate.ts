import type { TLSSocket } from 'node:tls';
import { whyNotBelieved } from './complaints.ts';

/** The certificate that the other side showed, whatever it is worth. */
export function isCertificateShown(socket: TLSSocket): boolean {
  return socket.getPeerX509Certificate() !== undefined;
}

/** Says what is wrong with the certificate of the other side, which was asked for one; undefined when it is believed. */
export function complaintAbout(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  const { authorizationError: error } = socket as { readonly authorizationError: unknown };
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : error;
  return whyNotBelieved(typeof code === 'string' ? code : 'unknown');
}
