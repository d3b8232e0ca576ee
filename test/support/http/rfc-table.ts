import assert from 'node:assert/strict';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { RawConnection, statusesIn } from '../raw-http.ts';

// What the RFCs ask of a server, as tables: each row is sent byte for byte, by a connection of its own.

export interface Row {
  /** Document and section. */
  readonly by: string;
  readonly says: string;
  readonly sent: string;
  readonly answered: readonly number[];
  /** All are found in what is received, the texts in any case. */
  readonly with?: readonly (RegExp | string)[];
  readonly without?: readonly RegExp[];
  /** The connection ends with that; otherwise it serves the next request as if nothing had been. */
  readonly ends?: boolean;
}

export const host = 'Host: localhost\r\n';
const end = '\r\n';
/** Shows that the connection is in step. */
export const next = `GET /livez HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;
export const get = (headers: string, target = '/v1/nodes/rfc'): string =>
  `GET ${target} HTTP/1.1\r\n${host}${headers}${end}`;
export const put = (headers: string, body: string, target = '/v1/nodes/rfc'): string =>
  `PUT ${target} HTTP/1.1\r\n${host}Content-Length: ${String(body.length)}\r\n${headers}${end}${body}`;
export const h2c =
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';
export const handshake = (
  lines: Readonly<Record<string, string | undefined>> = {},
  target = '/v1/ws',
): string => {
  const headers: Readonly<Record<string, string | undefined>> = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  };
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return get(given.map(([name, value]) => `${name}: ${value ?? ''}\r\n`).join(''), target);
};

/** Describes one peer and what it must answer to each row; `more` has tests of its own there. */
export function describeRows(
  title: string,
  rows: readonly Row[],
  more?: (base: () => string) => void,
): void {
  describe(title, () => {
    let ensemble: Ensemble;
    let base: string;
    let etag: string;

    before(async () => {
      ensemble = await startEnsemble({ peers: 1 });
      base = ensemble.peer(1).url;
      await fetch(`${base}/v1/nodes/big?create`, { method: 'PUT', body: 'b'.repeat(100_000) });
    });

    after(async () => {
      await ensemble.stop();
    });

    async function exchanged(row: Row): Promise<string> {
      const sent = row.sent.replaceAll('<etag>', etag);
      return new RawConnection(base).write(row.ends === true ? sent : sent + next).closed();
    }

    for (const [by, ofSection] of bySections(rows)) {
      it(by, async () => {
        for (const row of ofSection) {
          // As it is for every row, whatever the one before did.
          const set = await fetch(`${base}/v1/nodes/rfc?create`, { method: 'PUT', body: 'hello' });
          etag = set.headers.get('etag') ?? assert.fail('no ETag');
          check(row, await exchanged(row), etag);
        }
      });
    }
    more?.(() => base);
  });
}

function check(row: Row, received: string, etag: string): void {
  const expected = row.ends === true ? row.answered : [...row.answered, 200];
  assert.deepEqual(statusesIn(received), expected, `${row.says}:\n${received}`);
  for (const found of row.with ?? []) {
    const isThere =
      typeof found === 'string'
        ? received.toLowerCase().includes(found.replaceAll('<etag>', etag).toLowerCase())
        : found.test(received);
    assert.ok(isThere, `${row.says}: ${String(found)} is missing in\n${received}`);
  }
  for (const found of row.without ?? []) assert.doesNotMatch(received, found, row.says);
}

function bySections(all: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of all) groups.set(row.by, [...(groups.get(row.by) ?? []), row]);
  return groups;
}
