// node dist/test/hostile/floor-main.js: answers GET /v1/nodes/big with what that znode is as JSON, all else with four bytes,
// and does nothing besides. Says "listening PORT".
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const little = Buffer.from('data');
const big = JSON.stringify({ data: Buffer.alloc(990_000, 0xff).toString('base64') });

const server = createServer((request, response) => {
  request.resume();
  response.end(request.url === '/v1/nodes/big' ? big : little);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening ${String((server.address() as AddressInfo).port)}\n`);
});
// Whoever started it is gone.
process.stdin.resume().on('end', () => process.exit(0));
