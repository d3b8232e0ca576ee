import type { CertificateId } from '../model/principal.ts';

/** What TLS is spoken with: PEM, as `node:tls` takes it. */
export interface TransportKeys {
  /** The own certificate, and the chain up to what the others trust, in one text. */
  readonly cert: string;
  readonly key: string;
  /** Whose certificates are believed: of clients that show one, and of peers. */
  readonly ca: string | undefined;
  /** Certificates that are believed no more. */
  readonly crl: string | undefined;
}

/** As ZooKeeper's `ssl.clientAuth`: whether a client is asked for a certificate, and whether it must show one. */
export type ClientCertificates = 'none' | 'want' | 'need';

/** What of a client's certificate says who it is: its subject, or the names that it stands for as well. */
export type CertificateNames = 'dn' | 'san';

/** The keys of this peer, which may be renewed while it serves. */
export interface TransportSecurity {
  readonly clientCertificates: ClientCertificates;
  /** `dn` if not said. */
  readonly certificateNames?: CertificateNames;
  /** As of now. */
  readonly keys: TransportKeys;
  /** Says whether a list of the keys as of now names it: asked at every request of who showed it. */
  isRevoked(certificate: CertificateId): boolean;
  /** Calls `take` with whatever replaces them, until the function that it gives is called. */
  onRenewed(take: (keys: TransportKeys) => void): () => void;
}
