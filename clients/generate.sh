#!/bin/sh
# The stubs of proto/quoll/v1 for Python and Go, into clients/python/quoll and clients/go/src/quoll. With a folder as its
# argument they go below that instead, for a comparison. Debian's packages: protobuf-compiler, protobuf-compiler-grpc,
# protoc-gen-go-1-3.
set -eu
cd "$(dirname "$0")/.."
out=${1:-clients}
rm -rf "$out/python/quoll" "$out/go/src/quoll"
mkdir -p "$out/python" "$out/go/src"
protoc -I proto --python_out="$out/python" \
  --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin --grpc_out="$out/python" \
  proto/quoll/v1/*.proto
protoc -I proto --go_out="plugins=grpc:$out/go/src" proto/quoll/v1/*.proto
