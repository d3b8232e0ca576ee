import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCli } from '../../../src/cli/run-cli.ts';
import { copyTools } from '../../../src/compose/copies/copy-tools.ts';
import { keyTools } from '../../../src/compose/key-tools.ts';

// The command line with a peer that only says that it is ready: for tests of how processes are started and stopped.

await runCli(process.argv, {
  startPeer: async ({ serverId, http, dataDir, log }) => {
    const server = createServer((request, response) => {
      const isCluster = request.url === '/v1/cluster';
      response.end(isCluster ? JSON.stringify({ leaderId: 1, serverId }) : 'ok\n');
    });
    await new Promise<void>((resolve) => server.listen(http?.port, http?.host, resolve));
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`listening on ${String(port)}, data in ${dataDir}, log ${log.level}\n`);
    return {
      addresses: { http: `127.0.0.1:${String(port)}`, grpc: '', zookeeper: '' },
      renewKeys: () => Promise.resolve(),
      stop: () =>
        new Promise((resolve) => {
          server.close(() => {
            process.stdout.write('stopped in order\n');
            resolve();
          });
          server.closeAllConnections();
        }),
    };
  },
  inspect: ({ dataDir, showLog }, print) => {
    print(`${dataDir} ${String(showLog)}`);
    return Promise.resolve();
  },
  keyTools: () => Promise.resolve(keyTools),
  copyTools: () => Promise.resolve(copyTools),
  importZooKeeper: () => Promise.reject(new Error('not here')),
});
