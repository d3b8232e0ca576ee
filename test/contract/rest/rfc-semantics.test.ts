import assert from 'node:assert/strict';
import { describeRows, get, host, put, type Row } from '../../support/http/rfc-table.ts';

// RFC 9110 (HTTP): bodies, representations and conditions, and what all answers have.

/** `<etag>` in a row stands for the ETag of /rfc. */
const rows: readonly Row[] = [
  // Expect.
  ...['100-continue', '100-Continue', '100-CONTINUE'].map((expected): Row => ({
    by: '9110 10.1.1',
    says: `${expected} is told to go on`,
    sent: put(`Expect: ${expected}\r\n`, 'hello'),
    answered: [100, 200],
  })),
  {
    by: '9110 10.1.1',
    says: 'but not in HTTP/1.0',
    sent: `PUT /v1/nodes/rfc HTTP/1.0\r\n${host}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
    answered: [200],
    ends: true,
  },
  {
    by: '9110 10.1.1',
    says: 'and what is refused is not asked for',
    sent: `PUT /v1/nodes/rfc HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello`,
    answered: [415],
    ends: true,
  },
  {
    by: '9110 15.5.18',
    says: 'another expectation is 417',
    sent: get('Expect: wonders\r\n'),
    answered: [417],
    ends: true,
  },
  // Content codings.
  ...['gzip', 'br', 'deflate', 'zstd', 'nonsense', 'identity, gzip', 'GZIP'].map((coding): Row => ({
    by: '9110 15.5.16',
    says: `${coding} is 415`,
    sent:
      put(`Content-Encoding: ${coding}\r\n`, 'hello') +
      put(`Content-Encoding: ${coding}\r\n`, '{"ops":[]}', '/v1/txn').replace('PUT', 'POST'),
    answered: [415, 415],
    with: ['Accept-Encoding: identity'],
  })),
  ...['identity', 'Identity', ''].map((coding): Row => ({
    by: '9110 8.4',
    says: `${JSON.stringify(coding)} is none`,
    sent: put(`Content-Encoding: ${coding}\r\n`, 'hello'),
    answered: [200],
  })),
  ...['gzip, br', 'identity;q=0', '*;q=0', '', 'zstd;q=1, *;q=0'].map((codings): Row => ({
    by: '9110 12.5.3',
    says: `answers come as they are with Accept-Encoding: ${codings}`,
    sent: get(`Accept-Encoding: ${codings}\r\n`),
    answered: [200],
    with: [/hello/],
    without: [/content-encoding/i],
  })),
  // Content negotiation.
  ...[
    ['application/json', true],
    ['Application/JSON; Charset="utf-8"', true],
    ['application/json, text/plain, */*', true],
    ['application/json;Q=0.9, application/*;q=0.8', true],
    ['application/json;q=0', false],
    ['application/json;q=0.5, */*', false],
    ['application/json;q=0.5, application/*;q=0.6', false],
    ['*/*', false],
    ['application/*', false],
    ['text/html', false],
    ['image/avif,image/webp,*/*;q=0.8', false],
    ['', false],
    ['"', false],
  ].map(([accept, isJson]): Row => ({
    by: '9110 12.5.1',
    says: `Accept: ${String(accept)} gets ${isJson === true ? 'JSON' : 'bytes'}`,
    sent: get(`Accept: ${String(accept)}\r\n`),
    answered: [200],
    with: [
      `Content-Type: application/${isJson === true ? 'json' : 'octet-stream'}`,
      'Vary: Accept',
    ],
  })),
  // Conditions.
  ...['<etag>', 'W/<etag>', '"x", <etag>', '"x","a,b", W/<etag>', '*', '"x",\t<etag>'].map(
    (tags): Row => ({
      by: '9110 13.1.2',
      says: `If-None-Match: ${tags} on a read is 304`,
      sent: get(`If-None-Match: ${tags}\r\n`),
      answered: [304],
      with: ['ETag: <etag>'],
      without: [/hello/],
    }),
  ),
  ...['"x"', 'W/"x"', '"x", "y"', '"1-1"'].map((tags): Row => ({
    by: '9110 13.1.2',
    says: `If-None-Match: ${tags} on a read is 200`,
    sent: get(`If-None-Match: ${tags}\r\n`),
    answered: [200],
  })),
  ...[
    ['<etag>', 200],
    ['*', 200],
    ['"x", <etag>', 200],
    ['"1-1", <etag>, "2-2"', 200],
    ['W/<etag>', 412],
    ['"x"', 412],
    ['"x", W/<etag>', 412],
    ['"1-1", "2-2"', 412],
  ].map(([tags, status]): Row => ({
    by: '9110 13.1.1',
    says: `If-Match: ${String(tags)} on a read is ${String(status)}`,
    sent: get(`If-Match: ${String(tags)}\r\n`),
    answered: [Number(status)],
  })),
  ...['"x"', 'W/<etag>', '"x", W/<etag>', '"1-1", "2-2"', '"1-1"'].map((tags): Row => ({
    by: '9110 13.1.1',
    says: `If-Match: ${tags} on a change is 412`,
    sent:
      put(`If-Match: ${tags}\r\n`, 'other') +
      `DELETE /v1/nodes/rfc HTTP/1.1\r\n${host}If-Match: ${tags}\r\n\r\n`,
    answered: [412, 412],
  })),
  ...['x', '"open', '<etag> <etag>', '7'].map((tags): Row => ({
    by: '9110 13.1.1',
    says: `If-Match: ${tags} is no list`,
    sent: put(`If-Match: ${tags}\r\n`, 'other') + get(`If-Match: ${tags}\r\n`),
    answered: [400, 400],
  })),
  {
    by: '9110 13.1.3, 13.1.4, 13.1.5',
    says: 'dates are not looked at: there is no Last-Modified',
    sent:
      get('If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n') +
      get('If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n') +
      get('If-Modified-Since: yesterday\r\n'),
    answered: [200, 200, 200],
    without: [/last-modified/i],
  },
  {
    by: '9110 13.2.2',
    says: 'If-Match goes ahead of If-None-Match',
    sent:
      get('If-Match: "x"\r\nIf-None-Match: <etag>\r\n') +
      get('If-Match: <etag>\r\nIf-None-Match: <etag>\r\n') +
      get('If-None-Match: "x"\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n'),
    answered: [412, 304, 200],
  },
  {
    by: '9110 13.2.1',
    says: 'no condition makes an answer of what is not there',
    sent: get('If-None-Match: *\r\n', '/v1/nodes/none') + get('If-Match: *\r\n', '/v1/nodes/none'),
    answered: [404, 404],
  },
  {
    by: '9110 14.2',
    says: 'a Range is not looked at',
    sent: get('Range: bytes=1-2\r\nIf-Range: <etag>\r\n') + get('Range: bytes=9-\r\n'),
    answered: [200, 200],
    with: [/hello[^]*hello/],
  },
  // What all answers have.
  {
    by: '9110 6.6.1',
    says: 'a Date',
    sent: get('', '/nowhere') + get(''),
    answered: [404, 200],
    with: [/Date: [^]*Date: /],
  },
  {
    by: '9110 6.6.1',
    says: 'also where the parser gave up',
    sent: 'nonsense\r\n\r\n',
    answered: [400],
    with: ['Date: '],
    ends: true,
  },
  {
    by: '9111 5.2.2.6',
    says: 'nobody in between may compress it',
    sent: get('') + get('', '/nowhere') + get('', '/v1/cluster') + get('', '/metrics'),
    answered: [200, 404, 200, 200],
    with: [/(?:cache-control: [a-z, -]*no-transform[^]*){4}/i],
  },
  {
    by: '9112 9.3.2',
    says: 'what is pipelined behind a change finds it made, and is not made before it',
    sent:
      put('', 'one', '/v1/nodes/line?create') +
      get('', '/v1/nodes/line') +
      put('', 'two', '/v1/nodes/line') +
      get('', '/v1/nodes/line') +
      `DELETE /v1/nodes/line HTTP/1.1\r\n${host}\r\n` +
      get('', '/v1/nodes/line'),
    answered: [201, 200, 200, 200, 204, 404],
    with: [/one[^]*two/],
  },
  {
    by: '9112 9.6',
    says: 'after Connection: close nothing more is served',
    sent: get('Connection: close\r\n') + get(''),
    answered: [200],
    with: ['Connection: close'],
    ends: true,
  },
  {
    by: '9110 4.2.3',
    says: 'escapes name what they stand for, in either case',
    sent: get('', '/v1/nodes/%72fc') + get('', '/v1/nodes%2Frfc') + get('', '/v1/nodes%2frfc'),
    answered: [200, 404, 404],
  },
];

describeRows('REST: bodies and conditions as the RFCs have them', rows, (base) => {
  it('makes a change by any of several ETags that is the one of now', async () => {
    const created = await fetch(`${base()}/v1/nodes/listed?create`, { method: 'PUT', body: '1' });
    const tag = created.headers.get('etag') ?? '';
    const change = (tags: string) =>
      fetch(`${base()}/v1/nodes/listed`, {
        method: 'PUT',
        body: '2',
        headers: { 'if-match': tags },
      });
    const changed = await change(`"1-1", W/"2-2", ${tag}, "3-3"`);
    assert.equal(changed.status, 200);
    assert.equal((await change(`"1-1", ${tag}`)).status, 412);
    const weak = await change(`W/${changed.headers.get('etag') ?? ''}`);
    assert.equal(weak.status, 412);
    assert.match(await weak.text(), /weak/);
  });
});
