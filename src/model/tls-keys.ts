import type { ServerId } from './ids.ts';
import type { PeerName } from './peer-name.ts';

// What is said of keys and certificates for TLS: between those who read and make them, and those who are told.

/** The files that a peer or a client has its keys from. */
export interface KeyFiles {
  /** The own certificate, and those between it and the authority's. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Whose certificates are believed. */
  readonly caFile: string | undefined;
  /** Certificates that are believed no more. */
  readonly crlFile: string | undefined;
  /** Holds what the key is encrypted with. */
  readonly keyPasswordFile: string | undefined;
}

/** Something that keeps keys from being used, or (a warning) may soon. */
export interface KeyProblem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly problem: string;
  /** What to do or type. */
  readonly fix: string;
}

/** One certificate, for people and programs. */
export interface CertificateView {
  /** As `CN=peer-1, O=Quoll`. */
  readonly subject: string;
  readonly issuer: string;
  /** Host names and addresses that it stands for. */
  readonly hosts: readonly string[];
  readonly peer: PeerName | undefined;
  readonly isAuthority: boolean;
  /** What it may be shown as; both where it says nothing. */
  readonly purposes: readonly ('server' | 'client')[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SHA-256, as `AB:CD:…`. */
  readonly fingerprint: string;
  /** Hex. */
  readonly serial: string;
}

export interface NewKeysRequest {
  /** Made when it is missing. */
  readonly directory: string;
  /** Where the authority's `ca.pem` and `ca.key` are; undefined: in `directory`, where they are made when missing. */
  readonly authority: string | undefined;
  /** Names and addresses of all peers. */
  readonly hosts: readonly string[];
  /** 0 to 255: `peer-1` up to this one. */
  readonly peers: number;
  /** Names of clients, besides `admin`. */
  readonly clients: readonly string[];
  /** 16 hex digits, of an ensemble that exists; undefined: the authority's, or one that is drawn. */
  readonly clusterId: string | undefined;
  /** Writes new keys and certificates in place of those that are there. */
  readonly isRenewal: boolean;
  /** Until which the certificates hold, but for the authority's. */
  readonly days: number;
}

export interface NewKeys {
  readonly clusterId: string;
  readonly isNewAuthority: boolean;
  /** The authority's certificate: what peers and clients believe by. */
  readonly caFile: string;
  /** Certificates that were written, the key of each beside it. */
  readonly certFiles: readonly string[];
}

/** Why no keys were made; nothing was written. */
export interface KeysRefused {
  readonly kind: 'refused';
  readonly problem: string;
  readonly fix: string;
}

export type NewKeysOutcome = ({ readonly kind: 'made' } & NewKeys) | KeysRefused;

export type RevokedKeysOutcome =
  | {
      readonly kind: 'revoked';
      readonly crlFile: string;
      readonly subjects: readonly string[];
      /** With those that were in the list before. */
      readonly inAll: number;
    }
  | KeysRefused;

/** What keys are for. */
export interface KeyPurpose {
  /** Other peers are met with them, as this one. */
  readonly peer: ServerId | undefined;
  /** Of the ensemble that they have to be of; undefined: any. */
  readonly clusterId?: string | undefined;
  /** How clients name the machine; an empty list where nobody knows. */
  readonly hosts: readonly string[];
  readonly roles: readonly ('server' | 'client')[];
}
