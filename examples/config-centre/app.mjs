// An application that follows its configuration: node app.mjs URL[,URL...] PATH
//
// It applies each version as it comes. When the peer that it watches is gone, it goes on at the next one from the place
// where it stood: no change is missed, and none is applied twice.
import { setTimeout as delay } from 'node:timers/promises';

const [, , urls, path] = process.argv;
if (urls === undefined || path === undefined) {
  console.error('usage: node app.mjs http://127.0.0.1:2180,http://127.0.0.1:2190 /config/app');
  process.exit(2);
}
const peers = urls.split(',');

/** What this application does with its configuration. A value that makes no sense must not bring it down. */
function apply({ data, stat }) {
  try {
    console.log(`applied version ${stat.version}: ${JSON.stringify(JSON.parse(data))}`);
  } catch {
    console.log(`kept what was there: version ${stat.version} is no JSON`);
  }
}

/** The messages of `text/event-stream`, one by one. */
async function* messagesOf(body) {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const message = { id: '', event: '', data: '' };
      for (const line of block.split('\n')) {
        const colon = line.indexOf(': ');
        // A line that begins with a colon says only that the peer is still there.
        if (colon > 0) message[line.slice(0, colon)] = line.slice(colon + 2);
      }
      yield message;
    }
  }
}

/** Where the next stream goes on. Undefined: nothing was seen yet, so begin with what is there now. */
let position;

async function follow(peer) {
  const place = position === undefined ? 'initial' : `from=${position}`;
  const response = await fetch(
    `${peer}/v1/watch?path=${encodeURIComponent(path)}&values&${place}`,
    {
      headers: { Accept: 'text/event-stream' },
    },
  );
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  console.log(`watching ${path} at ${peer}, ${place}`);
  for await (const { id, event, data } of messagesOf(response.body)) {
    if (event === 'created' || event === 'dataChanged') apply(JSON.parse(data));
    else if (event === 'deleted') console.log('kept what was there: the configuration was deleted');
    if (id !== '') position = id;
    if (event === 'refused') throw new Error(JSON.parse(data).error.detail);
    if (event === 'lost') {
      // This app was away for so long that no log reaches back: begin anew with what is there now.
      console.log('changes were missed: reading anew');
      position = undefined;
      return;
    }
  }
  throw new Error('the stream has ended');
}

for (let turn = 0; ; turn++) {
  const peer = peers[turn % peers.length];
  try {
    await follow(peer);
  } catch (error) {
    console.log(`${peer} is gone (${error.cause?.code ?? error.message})`);
    await delay(100);
  }
}
