// Serves this folder's page on loopback: node serve.mjs [PORT]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const files = {
  '/page.html': 'text/html; charset=utf-8',
  '/page.js': 'text/javascript; charset=utf-8',
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const type = Object.hasOwn(files, pathname) ? files[pathname] : undefined;
  if (type === undefined) {
    response.writeHead(404).end('There is only /page.html here.\n');
    return;
  }
  response.setHeader('Content-Type', type);
  response.end(await readFile(new URL(`.${pathname}`, import.meta.url)));
});
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/page.html`);
});
