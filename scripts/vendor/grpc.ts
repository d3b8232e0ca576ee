// What Quoll uses of the gRPC libraries, which it imports as `#grpc`. scripts/vendor.mjs makes one file of this and of all
// that it needs: the libraries are dependencies of the build alone.
export {
  Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerErrorResponse,
  type ServerInterceptor,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
export {
  fromJSON,
  loadSync,
  Long,
  type MessageTypeDefinition,
  type PackageDefinition,
} from '@grpc/proto-loader';
export { ReflectionService } from '@grpc/reflection';
export { HealthImplementation } from 'grpc-health-check';
