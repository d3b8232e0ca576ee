// `npm run test:peers`: the tests that need programs from outside npm, and those that need the machine for themselves. Says
// what is missing before it starts.
// Ends with the plain line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say } from './console.mjs';
import { runMocha } from './mocha.mjs';
import { orExplain, setUp } from './setup.mjs';

const runs = (program, ...args) => {
  const { status, error } = spawnSync(program, args, { stdio: 'ignore' });
  return error === undefined && status === 0;
};
const isProgram = (program) => () =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Debian's packages, each with how one sees that it is there; .ci/run installs the same. */
const needed = {
  strace: isProgram('strace'),
  curl: isProgram('curl'),
  systemd: () => runs('systemd-analyze', '--version') && runs('systemd-notify', '--version'),
  openssl: () => runs('openssl', 'version'),
  mount: isProgram('mount'),
  chromium: isProgram('chromium'),
  prometheus: isProgram('promtool'),
  'protobuf-compiler': isProgram('protoc'),
  'protobuf-compiler-grpc': () => existsSync('/usr/bin/grpc_python_plugin'),
  'protoc-gen-go-1-3': isProgram('protoc-gen-go'),
  // Debian's own: another python3 on the PATH may have no grpc.
  'python3-grpcio': () => runs('/usr/bin/python3', '-c', 'import grpc'),
  'python3-protobuf': () => runs('/usr/bin/python3', '-c', 'import google.protobuf'),
  'golang-go': isProgram('go'),
  zookeeper: () => existsSync('/usr/share/java/zookeeper.jar') && isProgram('java')(),
  'libnetty-java': () => existsSync('/usr/share/java/netty-handler.jar'),
  'zookeeper-bin': () => existsSync('/usr/lib/zookeeper/bin/cli_mt'),
  'libcurator-recipes-java': () => existsSync('/usr/share/java/curator-recipes.jar'),
  'default-jdk-headless': isProgram('javac'),
  'golang-github-samuel-go-zookeeper-dev': () =>
    existsSync('/usr/share/gocode/src/github.com/samuel/go-zookeeper'),
  'python3-pure-sasl': () => runs('/usr/bin/python3', '-c', 'import puresasl'),
  'python3-kazoo': () => runs('/usr/bin/python3', '-c', 'import kazoo'),
  'golang-google-grpc-dev': () => existsSync('/usr/share/gocode/src/google.golang.org/grpc'),
};

const missing = Object.keys(needed).filter((name) => !needed[name]());
if (missing.length > 0) {
  say(`Missing: ${missing.join(', ')}. On Debian or Ubuntu:`);
  say(`  sudo apt-get install -y ${missing.join(' ')}`);
  say('0 passed, 1 failed');
  process.exit(1);
}

await orExplain(setUp);
/**
 * Two lanes of about the same length, for much of it is waiting: those that begin peers at the ports of the docs are all in
 * the second. What counts turns and elections runs after them, with the machine for itself.
 */
const first = ['zookeeper*', 'store-crash', 'tls'].map(
  (name) => `dist/test/peers/**/${name}.test.js`,
);
const lanes = [
  first,
  ['dist/test/peers/**/*.test.js', ...first.flatMap((files) => ['--ignore', files])],
];
const results = await Promise.all(lanes.map((lane) => runMocha(lane)));
results.push(await runMocha(['dist/test/hostile/*.test.js']));
const counts = { passed: 0, failed: 0 };
for (const { passed, failed } of results) {
  counts.passed += passed;
  counts.failed += failed;
}
say(`${String(counts.passed)} passed, ${String(counts.failed)} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
