// Quoll in a program of yours: `import { startPeer, startEnsemble } from 'quoll'`. docs/embedding.md shows how.

export {
  OptionsRefused,
  startPeer,
  type Complaint,
  type DoorOptions,
  type EmbeddedPeer,
  type LogOptions,
  type PeerOptions,
  type TlsOptions,
  type WaitOptions,
} from './compose/embedded-peer.ts';
export {
  startEnsemble,
  type Ensemble,
  type EnsembleOptions,
  type EnsemblePeer,
} from './compose/embedded-ensemble.ts';
export { PeerFailed } from './compose/peer-failed.ts';
