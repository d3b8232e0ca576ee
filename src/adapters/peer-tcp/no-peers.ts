import { connectionId } from '../../model/ids.ts';
import type { AbortablePeerNetwork } from './peer-network.ts';

/** The network of an ensemble of one: nobody to talk to, so no port is opened. */
export const noPeers: AbortablePeerNetwork = Object.freeze({
  start: () => undefined,
  know: () => undefined,
  notify: () => undefined,
  dial: () => connectionId(0),
  send: () => undefined,
  flush: () => undefined,
  queuedBytes: () => 0,
  close: () => undefined,
  stop: (done: () => void) => {
    done();
  },
  abort: (done: () => void) => {
    done();
  },
});
