import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

// Holds every answer of the REST door against openapi/quoll.yaml: the status is declared for the operation, the required
// headers are there, and content type and body are as the document says. All REST tests go through `call`.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

export interface Schema {
  readonly [keyword: string]: unknown;
}

export interface MediaType {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Reference {
  readonly $ref: string;
}

export interface HeaderDescription {
  readonly required: boolean;
  readonly schema: Schema;
}

export interface ResponseDescription {
  readonly description: string;
  readonly headers?: Readonly<Record<string, HeaderDescription | Reference>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface ParameterDescription {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly (ParameterDescription | Reference)[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> } | Reference;
  readonly responses: Readonly<Record<string, ResponseDescription | Reference>>;
}

type PathItem = Readonly<Partial<Record<'get' | 'head' | 'post' | 'put' | 'delete', Operation>>>;

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly responses: Readonly<Record<string, ResponseDescription>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

export const contractFile = 'openapi/quoll.yaml';
export const contract = parse(readFileSync(contractFile, 'utf8')) as OpenApiDocument;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** Throws when the body is not JSON. */
  json(): JsonObject;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends one request and checks its answer against the contract. `target` is path and query, sent as it stands. */
export async function call(
  base: string,
  method: string,
  target: string,
  sent: Sent = {},
): Promise<Answer> {
  const answer = await send(base, method, target, sent);
  checkAnswer(method, target, answer);
  return answer;
}

/** `call`, and the status must be this one. */
export async function expectStatus(
  status: number,
  ...[base, method, target, sent]: Parameters<typeof call>
): Promise<Answer> {
  const answer = await call(base, method, target, sent);
  assert.equal(answer.status, status, `${method} ${target}: ${answer.text}`);
  return answer;
}

/** `expectStatus`, and the problem has this code. */
export async function expectProblem(
  expected: { readonly status: number; readonly code: string },
  ...[base, method, target, sent]: Parameters<typeof call>
): Promise<JsonObject> {
  const answer = await expectStatus(expected.status, base, method, target, sent);
  const problem = answer.json();
  assert.equal(problem['code'], expected.code, `${method} ${target}: ${answer.text}`);
  assert.equal(problem['status'], expected.status);
  return problem;
}

function send(base: string, method: string, target: string, sent: Sent): Promise<Answer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const options = {
      host: hostname,
      port,
      method,
      path: target,
      headers: { ...sent.headers },
      agent: false,
    };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        );
        const text = bytes.toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers,
          bytes,
          text,
          json: () => JSON.parse(text) as JsonObject,
        });
      });
    });
    request.on('error', reject);
    request.end(sent.body);
  });
}

/** Throws an `AssertionError` that says where answer and contract differ. */
export function checkAnswer(method: string, target: string, answer: Omit<Answer, 'json'>): void {
  const where = `${method} ${target} -> ${String(answer.status)}`;
  const response = describedResponse(method, target, answer.status);
  assert.ok(response, `${where}: the contract declares no such status: ${answer.text}`);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    checkHeader(where, name, {
      described: deref(header),
      given: answer.headers[name.toLowerCase()],
    });
  }
  if (method === 'HEAD' || response.content === undefined) {
    assert.equal(answer.bytes.length, 0, `${where}: has a body that the contract does not declare`);
    return;
  }
  const type = (answer.headers['content-type'] ?? '').split(';')[0] ?? '';
  const media = response.content[type];
  assert.ok(media, `${where}: the contract declares no content type "${type}"`);
  if (type.endsWith('json')) checkValue(where, media.schema, JSON.parse(answer.text));
  else if (type.startsWith('text/')) checkValue(where, media.schema, answer.text);
}

function describedResponse(
  method: string,
  target: string,
  status: number,
): ResponseDescription | undefined {
  const { responses } = contract.components;
  const item = pathItemOf(target.split('?')[0] ?? '');
  if (item === undefined) return status === 404 ? responses['NoRoute'] : gateResponse(status);
  const verb = method.toLowerCase() as keyof PathItem;
  const operation = item[verb] ?? (verb === 'head' ? item.get : undefined);
  if (operation === undefined) {
    return status === 405 ? responses['MethodNotAllowed'] : gateResponse(status);
  }
  const response = operation.responses[String(status)];
  return response === undefined ? undefined : deref(response);
}

/** What the gate says to any request, whether or not there is a route for it. */
function gateResponse(status: number): ResponseDescription | undefined {
  const names: Readonly<Record<number, string>> = {
    400: 'BadRequest',
    403: 'Forbidden',
    421: 'ForeignHost',
  };
  return contract.components.responses[names[status] ?? ''];
}

function pathItemOf(path: string): PathItem | undefined {
  if (path === '/v1/nodes' || path.startsWith('/v1/nodes/')) {
    return contract.paths['/v1/nodes/{path}'];
  }
  const template = Object.keys(contract.paths).find((candidate) =>
    new RegExp(`^${candidate.replace(/\{[a-z]+\}/g, '[^/]+')}$`).test(path),
  );
  return template === undefined ? undefined : contract.paths[template];
}

function checkHeader(
  where: string,
  name: string,
  {
    described,
    given,
  }: { readonly described: HeaderDescription; readonly given: string | undefined },
): void {
  if (given === undefined) {
    assert.ok(!described.required, `${where}: the header ${name} is missing`);
    return;
  }
  checkValue(`${where}: header ${name}`, described.schema, given);
}

const ajv = new Ajv2020({ strict: false, allErrors: false });
const compiled = new Map<Schema, ValidateFunction>();

export function checkValue(where: string, schema: Schema, value: unknown): void {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile({ ...schema, components: contract.components });
    compiled.set(schema, validate);
  }
  assert.ok(
    validate(value),
    `${where}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`,
  );
}

export function deref<Described extends object>(value: Described | Reference): Described {
  if (!('$ref' in value)) return value;
  const target = resolve(value.$ref);
  assert.ok(target !== undefined, `${value.$ref} leads nowhere`);
  return target as Described;
}

/** A field that must be text. */
export function textOf(document: JsonObject, field: string): string {
  const value = document[field];
  return typeof value === 'string' ? value : assert.fail(`${field} is no text`);
}

/** Follows a reference within the document; undefined when it leads nowhere. */
export function resolve(reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>(
    (at, step) => (at as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/')],
    contract,
  );
}
