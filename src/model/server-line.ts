import type { ServerId } from './ids.ts';

/** One line of the ensemble, as every peer is configured with it: `server.N=host:quorumPort:electionPort[:role]`. */
export interface ServerLine {
  readonly id: ServerId;
  /** A name or an address without brackets; resolved anew at every dial. */
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly role: 'participant' | 'observer';
}
