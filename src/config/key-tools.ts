import type {
  CertificateView,
  KeyFiles,
  KeyProblem,
  KeyPurpose,
  NewKeysOutcome,
  NewKeysRequest,
  RevokedKeysOutcome,
} from '../model/tls-keys.ts';

/** What `quoll tls` has from the composition root; here, because both may import this folder and not each other. */
export interface KeyTools {
  /** Writes the files. Rejects when the disk refuses. */
  make(request: NewKeysRequest): Promise<NewKeysOutcome>;
  /** The same, to the list of what the authority in the directory believes no more. */
  revoke(directory: string, names: readonly string[]): Promise<RevokedKeysOutcome>;
  show(file: string): Promise<ShownFile>;
  check(files: KeyFiles, purpose: KeyPurpose): Promise<CheckedKeys>;
}

export interface ShownFile {
  readonly certificates: readonly CertificateView[];
  readonly problems: readonly KeyProblem[];
}

export interface CheckedKeys {
  /** Undefined when the file holds none that can be read. */
  readonly certificate: CertificateView | undefined;
  readonly problems: readonly KeyProblem[];
}
