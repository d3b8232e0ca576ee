// The gRPC library that Quoll has, and nothing else: a server that answers every call at once with the same bytes, which is
// the least that a call of the door can cost.
//   node dist/test/bench/grpc-floor-main.js 100   with an IPC channel: tells its port; answers carry so many bytes

import { Server, ServerCredentials, type sendUnaryData, type ServiceDefinition } from '#grpc';

const answer = Buffer.alloc(Number(process.argv[2] ?? '100'));
const pass = (bytes: Buffer): Buffer => bytes;
const methods = ['Get', 'Set'].map((name) => [name, methodOf(`/quoll.v1.ZnodeService/${name}`)]);

const server = new Server({ 'grpc.enable_channelz': 0, 'grpc.max_concurrent_streams': 512 });
server.addService(Object.fromEntries(methods) as ServiceDefinition, { Get: give, Set: give });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.send?.(port);
});
process.on('disconnect', () => process.exit());

function methodOf(path: string): ServiceDefinition[string] {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: pass,
    requestDeserialize: pass,
    responseSerialize: pass,
    responseDeserialize: pass,
  };
}

function give(_call: unknown, callback: sendUnaryData<Buffer>): void {
  callback(null, answer);
}
