import assert from 'node:assert/strict';
import { allRoutes } from '../../src/frontends/http/cold-routes.ts';
import {
  doorCatalogue,
  codeName,
  statusOfCode,
} from '../../src/frontends/http/exchange/error-map.ts';
import { nodesParameters } from '../../src/frontends/http/znodes/nodes-url.ts';
import { routes } from '../../src/frontends/http/routes.ts';
import {
  checkValue,
  contract,
  deref,
  resolve,
  type MediaType,
  type Operation,
  type ParameterDescription,
} from '../support/contract.ts';

const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([verb]) => verb !== 'parameters')
    .map(([verb, operation]) => ({ path, method: verb.toUpperCase(), operation })),
);

function walk(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  visit(value as Record<string, unknown>);
  for (const child of Object.values(value)) walk(child, visit);
}

function queryParametersOf(operation: Operation): readonly string[] {
  return (operation.parameters ?? [])
    .map((parameter) => deref<ParameterDescription>(parameter))
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => parameter.name);
}

describe('openapi/quoll.yaml', () => {
  it('resolves every reference', () => {
    walk(contract, (node) => {
      const reference = node['$ref'];
      if (typeof reference === 'string') assert.notEqual(resolve(reference), undefined, reference);
    });
  });

  it('names each operation once, with a summary and a tag', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const { path, operation } of operations) {
      assert.ok(operation.summary.length > 0 && operation.tags.length > 0, path);
    }
  });

  it('describes every route of the door, and no other', () => {
    // HEAD comes with every GET; only the hot routes describe it apart.
    const isSpelled = (method: string, path: string): boolean =>
      method !== 'HEAD' || path.startsWith('/v1/nodes');
    const inDoor = allRoutes().flatMap(({ path, methods }) =>
      methods.filter((method) => isSpelled(method, path)).map((method) => `${method} ${path}`),
    );
    const inDocument = operations.map(({ path, method }) => `${method} ${path}`);
    assert.deepEqual(inDoor.toSorted(), inDocument.toSorted());
  });

  it('lists the query parameters that each route takes, and no other', () => {
    for (const { path, method, operation } of operations) {
      const isNodes = path.startsWith('/v1/nodes');
      const known = isNodes
        ? nodesParameters[method as keyof typeof nodesParameters]
        : routes.find((route) => route.path === path && route.method === method)?.parameters;
      assert.deepEqual(
        queryParametersOf(operation).toSorted(),
        [...(known ?? [])].toSorted(),
        `${method} ${path}`,
      );
    }
  });

  it('knows every error code, and no other', () => {
    const codes = [...Object.keys(statusOfCode), ...Object.keys(doorCatalogue)] as Parameters<
      typeof codeName
    >[0][];
    const described = contract.components.schemas['ErrorCode']?.['enum'] as string[];
    assert.deepEqual(described.toSorted(), codes.map(codeName).toSorted());
  });

  it('gives examples that are valid by its own schemas', () => {
    let examples = 0;
    walk(contract, (node) => {
      const media = node as unknown as Partial<MediaType>;
      if (
        media.schema === undefined ||
        media.examples === undefined ||
        Array.isArray(media.examples)
      ) {
        return;
      }
      for (const [name, example] of Object.entries(media.examples)) {
        examples++;
        checkValue(`example ${name}`, media.schema, example.value);
      }
    });
    assert.ok(examples > 10);
    const problem = contract.components.schemas['Problem'];
    for (const example of (problem?.['examples'] ?? []) as unknown[]) {
      checkValue('Problem', problem ?? {}, example);
    }
  });

  it('declares for every operation what the gate and a fault of ours may say', () => {
    for (const { path, method, operation } of operations) {
      for (const status of ['400', '408', '417', '421', '431', '500']) {
        assert.ok(status in operation.responses, `${method} ${path} lacks ${status}`);
      }
      if (method !== 'GET' && method !== 'HEAD') {
        assert.ok('403' in operation.responses, `${method} ${path} lacks 403`);
      }
    }
  });
});
