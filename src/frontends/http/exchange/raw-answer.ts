import { STATUS_CODES } from 'node:http';
import { noStore, securityHeaders } from './headers.ts';
import { problemBody, problemHeaders, type Problem } from './problem.ts';

/** Writes the answer to a request that never became one: there is no response object to answer it with. */
export function rawAnswer(problem: Problem): string {
  const body = `${problemBody(problem, { instance: '' })}\n`;
  const lines = [`HTTP/1.1 ${String(problem.status)} ${STATUS_CODES[problem.status] ?? ''}`];
  for (let index = 0; index < securityHeaders.length; index += 2) {
    lines.push(`${securityHeaders[index] ?? ''}: ${securityHeaders[index + 1] ?? ''}`);
  }
  for (const [name, value] of Object.entries(problemHeaders(problem))) {
    lines.push(`${name}: ${value}`);
  }
  lines.push(
    'Content-Type: application/problem+json',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
  );
  lines.push(`Date: ${new Date().toUTCString()}`, noStore.join(': '));
  return `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`;
}
