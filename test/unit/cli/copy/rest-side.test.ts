import assert from 'node:assert/strict';
import type { Change } from '../../../../src/cli/copy/side.ts';
import { RestSide } from '../../../../src/cli/copy/rest-side.ts';
import { ringOf } from '../../../../src/cli/client/client-command.ts';
import { StandInPeers, type Take } from '../../../support/cli/stand-in-peers.ts';

const streaming =
  (text: string): Take =>
  (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(text);
  };
const refused = (status: number, title: string): Take =>
  streaming(
    `event: refused\ndata: ${JSON.stringify({ type: 'refused', error: { title, status, code: title } })}\n\n`,
  );

describe('the side of a copy that speaks REST', () => {
  let peers: StandInPeers;
  beforeEach(() => {
    peers = new StandInPeers();
  });
  afterEach(async () => {
    await peers.stop();
  });

  async function followed(): Promise<readonly Change[]> {
    const ring = ringOf({ url: peers.urls.join(','), output: 'text' });
    const changes: Change[] = [];
    const { signal } = new AbortController();
    for await (const change of new RestSide(ring).changes('/a', signal)) changes.push(change);
    return changes;
  }

  it('follows elsewhere when a peer ends the watch for now, and ends with why when it does for good', async () => {
    await peers.start(refused(503, 'BEHIND'), refused(403, 'NOAUTH'));
    await assert.rejects(followed(), { message: 'NOAUTH' });
    assert.equal(peers.requests.length, 2);
  });
});
