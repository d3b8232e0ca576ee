// A guarded roll-back: node rollback.mjs URL PATH FILE
//
// Shows what is there now, waits for a yes, and then writes the earlier value from FILE, but only over what was shown:
// somebody else's change in the meantime is never overwritten. Exit code 4 says that there was one.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';

const [, , peer, path, file] = process.argv;
if (peer === undefined || path === undefined || file === undefined) {
  console.error('usage: node rollback.mjs http://127.0.0.1:2180 /config/app app-v1.json');
  process.exit(2);
}
const url = `${peer}/v1/nodes${path}`;
const wanted = await readFile(file);

const now = await fetch(url);
if (!now.ok) {
  console.error((await now.json()).detail);
  process.exit(1);
}
// The ETag names the znode and its version: exactly what we are about to look at.
const etag = now.headers.get('etag');
console.log(`now, version ${now.headers.get('x-zk-version')}: ${await now.text()}`);
console.log(`wanted:        ${wanted.toString()}`);

const console_ = createInterface({ input: process.stdin, output: process.stdout });
const answer = await console_.question('Roll back? (yes/no) ');
console_.close();
if (answer.trim() !== 'yes') process.exit(0);

const written = await fetch(url, { method: 'PUT', headers: { 'If-Match': etag }, body: wanted });
if (written.ok) {
  console.log(`rolled back: version ${written.headers.get('x-zk-version')}`);
} else if (written.status === 412) {
  const current = await fetch(url);
  console.error(`not rolled back: somebody changed it meanwhile, to ${await current.text()}`);
  console.error('Look at that first, then run this again.');
  process.exitCode = 4;
} else {
  console.error((await written.json()).detail);
  process.exitCode = 1;
}
