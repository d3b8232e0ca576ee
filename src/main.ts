#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts';

// The peer is loaded when one is started: the client commands answer before its modules would be read.
await runCli(process.argv, {
  startPeer: async (config) => (await import('./compose/start-sole-peer.ts')).startSolePeer(config),
  inspect: async (request, print) => {
    await (await import('./compose/inspect-directory.ts')).inspectDirectory(request, print);
  },
  copyTools: async () => (await import('./compose/copies/copy-tools.ts')).copyTools,
  importZooKeeper: async (request, progress) =>
    (await import('./compose/zookeeper-import.ts')).importZooKeeper(request, progress),
  keyTools: async () => (await import('./compose/key-tools.ts')).keyTools,
});
