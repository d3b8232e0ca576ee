import assert from 'node:assert/strict';
import { breakingChanges } from '../../scripts/openapi-diff.ts';
import { contract } from '../support/contract.ts';

/** Any part of the document, to be changed by a test. */
type Part = Record<string, unknown>;

function at(document: object, ...steps: string[]): Part {
  return steps.reduce((part, step) => part[step] as Part, document as Part);
}

const small = {
  paths: {
    '/a/{b}': {
      parameters: [{ name: 'b', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'read',
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 9 } },
        ],
        responses: {
          '200': {
            headers: { 'X-A': { required: true, schema: { type: 'string' } } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Answer' } } },
          },
          '404': { description: 'none' },
        },
      },
      put: {
        operationId: 'write',
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Asked' } } },
        },
        responses: { '204': { description: 'done' } },
      },
    },
  },
  components: {
    schemas: {
      Answer: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          state: { enum: ['on', 'off'] },
          parts: { type: 'array', items: { $ref: '#/components/schemas/Answer' } },
        },
      },
      Asked: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          kind: { enum: ['x', 'y'] },
          op: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
        },
      },
    },
  },
};
const read = ['paths', '/a/{b}', 'get'];
const answer = ['components', 'schemas', 'Answer'];
const asked = ['components', 'schemas', 'Asked'];

const breaks: Readonly<Record<string, (document: object) => void>> = {
  'the path is gone': (document) => delete at(document, 'paths')['/a/{b}'],
  'the method is gone': (document) => delete at(document, 'paths', '/a/{b}')['put'],
  'operationId was': (document) => (at(document, ...read)['operationId'] = 'look'),
  'the parameter query limit is gone': (document) => (at(document, ...read)['parameters'] = []),
  'the parameter query limit is now required': (document) =>
    (at(document, ...read, 'parameters', '0')['required'] = true),
  'the parameter header X-New is now required': (document) =>
    (at(document, ...read)['parameters'] = [
      ...(at(document, ...read)['parameters'] as unknown[]),
      { name: 'X-New', in: 'header', required: true, schema: {} },
    ]),
  'maximum was 9 and is 8': (document) =>
    (at(document, ...read, 'parameters', '0', 'schema')['maximum'] = 8),
  'the pattern was none': (document) =>
    (at(document, 'paths', '/a/{b}', 'parameters', '0', 'schema')['pattern'] = '^a'),
  'the response 404 is gone': (document) => delete at(document, ...read, 'responses')['404'],
  'the header X-A is gone': (document) =>
    delete at(document, ...read, 'responses', '200', 'headers')['X-A'],
  'the header X-A is not always sent any more': (document) =>
    (at(document, ...read, 'responses', '200', 'headers', 'X-A')['required'] = false),
  'the content type application/json is gone': (document) =>
    (at(document, ...read, 'responses', '200')['content'] = { 'text/plain': {} }),
  'the property state is gone': (document) => delete at(document, ...answer, 'properties')['state'],
  'the property name is not always sent any more': (document) =>
    (at(document, ...answer)['required'] = []),
  'the type was string and is integer': (document) =>
    (at(document, ...answer, 'properties', 'name')['type'] = 'integer'),
  'the type was string and is string,null': (document) =>
    (at(document, ...answer, 'properties', 'name')['type'] = ['string', 'null']),
  'values are gone: off': (document) =>
    (at(document, ...answer, 'properties', 'state')['enum'] = ['on']),
  'values are gone: y': (document) =>
    (at(document, ...asked, 'properties', 'kind')['enum'] = ['x', 'z']),
  'the property kind is now required': (document) =>
    (at(document, ...asked)['required'] = ['name', 'kind']),
  'the property kind is gone': (document) => delete at(document, ...asked, 'properties')['kind'],
  'unknown fields are refused now': (document) =>
    (at(document, ...asked)['additionalProperties'] = false),
  'the body is now required': (document) =>
    (at(document, 'paths', '/a/{b}', 'put', 'requestBody')['required'] = true),
  'the variant integer 1 is gone': (document) =>
    (at(document, ...asked, 'properties', 'op')['oneOf'] = [{ type: 'string' }]),
};

const additions: Readonly<Record<string, (document: object) => void>> = {
  'a path': (document) => (at(document, 'paths')['/new'] = { get: { responses: {} } }),
  'a method': (document) => (at(document, 'paths', '/a/{b}')['post'] = { responses: {} }),
  'a parameter that may be left away': (document) =>
    (at(document, ...read)['parameters'] = [
      { name: 'new', in: 'query', schema: {} },
      ...(at(document, ...read)['parameters'] as unknown[]),
    ]),
  'a response': (document) => (at(document, ...read, 'responses')['410'] = { description: 'gone' }),
  'a property of an answer': (document) =>
    (at(document, ...answer, 'properties')['new'] = { type: 'string' }),
  'a property that may be left away': (document) =>
    (at(document, ...asked, 'properties')['new'] = { type: 'string' }),
  'a value of an answer': (document) =>
    (at(document, ...answer, 'properties', 'state')['enum'] = ['on', 'off', 'broken']),
  'a value that may be sent': (document) =>
    (at(document, ...asked, 'properties', 'kind')['enum'] = ['x', 'y', 'z']),
  'more room': (document) => (at(document, ...read, 'parameters', '0', 'schema')['maximum'] = 10),
  'a type that may be sent too': (document) =>
    (at(document, ...asked, 'properties', 'name')['type'] = ['string', 'null']),
  'a stricter promise': (document) => (at(document, ...answer)['required'] = ['name', 'state']),
  'another description': (document) => (at(document, ...answer)['description'] = 'other words'),
};

describe('breaking changes of the contract', () => {
  for (const [complaint, change] of Object.entries(breaks)) {
    it(`are told: ${complaint}`, () => {
      const after = structuredClone(small);
      change(after);
      const found = breakingChanges(small, after);
      assert.equal(found.length, 1, found.join('\n'));
      assert.ok(found[0]?.includes(complaint), found[0]);
    });
  }

  for (const [what, change] of Object.entries(additions)) {
    it(`are not: ${what}`, () => {
      const after = structuredClone(small);
      change(after);
      assert.deepEqual(breakingChanges(small, after), []);
    });
  }

  it('are found in the contract itself, wherever a property is taken away', () => {
    assert.deepEqual(breakingChanges(contract, structuredClone(contract)), []);
    const after = structuredClone(contract);
    delete at(after, 'components', 'schemas', 'Stat', 'properties')['czxid'];
    const found = breakingChanges(contract, after);
    assert.ok(found.includes('schemas/Stat: the property czxid is gone'), found.join('\n'));
  });
});
