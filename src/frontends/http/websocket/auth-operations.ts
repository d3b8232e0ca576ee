import { z } from 'zod';
import type { Asking, AuthDocumentKind } from '../../../service/auth.ts';
import {
  authListDocument,
  authPageOf,
  authReaders,
  initFrom,
  statusDocument,
} from '../documents/auth-documents.ts';
import { operation, type SocketContext } from './operation.ts';
import { settling } from './settling.ts';

// Who asks and what he may do, the switch, and roles, grants and tokens: named as the operations of the REST contract,
// with its documents.

const nothing = z.strictObject({});
const named = z.strictObject({ name: z.string() });
/** With the fields of its document, which are checked by what REST checks them with. */
const namedDocument = z.looseObject({ name: z.string() });

function askingOf(context: SocketContext, timeoutMs: number): Asking {
  return { caller: context.caller(), timeoutMs };
}

const whoami = operation({
  kind: 'read',
  changesState: false,
  schema: nothing,
  run(context, { timeoutMs }, done) {
    const status = context.door.service.auth.status(askingOf(context, timeoutMs));
    settling(done, status, (given) => ({ ok: statusDocument(given), meta: given.meta }));
  },
});

// Changes are carried out alone: what is pipelined behind one is judged by it.

const initAuth = operation({
  kind: 'alone',
  changesState: true,
  schema: z.looseObject({}),
  run(context, { body, timeoutMs }, done) {
    const { principals, opening } = initFrom(body);
    const { auth } = context.door.service;
    const begun = auth.init(principals, askingOf(context, timeoutMs), opening);
    settling(done, begun, (given) => ({ ok: statusDocument(given), meta: given.meta }));
  },
});

const switchAuthOff = operation({
  kind: 'alone',
  changesState: true,
  schema: nothing,
  run(context, { timeoutMs }, done) {
    const off = context.door.service.auth.off(askingOf(context, timeoutMs));
    settling(done, off, (meta) => ({ ok: {}, meta }));
  },
});

function list(kind: AuthDocumentKind) {
  return operation({
    kind: 'read',
    changesState: false,
    schema: z.strictObject({
      limit: z.int().min(1).optional(),
      continue: z.string().optional(),
    }),
    run(context, { body, timeoutMs }, done) {
      const page = authPageOf(body.limit, body.continue);
      const listed = context.door.service.auth.list(kind, page, askingOf(context, timeoutMs));
      settling(done, listed, (given) => ({ ok: authListDocument(kind, given), meta: given.meta }));
    },
  });
}

function get(kind: AuthDocumentKind) {
  return operation({
    kind: 'read',
    changesState: false,
    schema: named,
    run(context, { body: { name }, timeoutMs }, done) {
      const found = context.door.service.auth.get(kind, name, askingOf(context, timeoutMs));
      settling(done, found, ({ document, meta }) => ({ ok: document, meta }));
    },
  });
}

function put(kind: AuthDocumentKind) {
  return operation({
    kind: 'alone',
    changesState: true,
    schema: namedDocument,
    run(context, { body: { name, ...fields }, timeoutMs }, done) {
      const document = authReaders[kind](fields);
      const { auth } = context.door.service;
      const set = auth.put(kind, name, document, askingOf(context, timeoutMs));
      settling(done, set, (meta) => ({ ok: {}, meta }));
    },
  });
}

function remove(kind: AuthDocumentKind) {
  return operation({
    kind: 'alone',
    changesState: true,
    schema: named,
    run(context, { body: { name }, timeoutMs }, done) {
      const gone = context.door.service.auth.delete(kind, name, askingOf(context, timeoutMs));
      settling(done, gone, (meta) => ({ ok: {}, meta }));
    },
  });
}

export const authOperations = {
  whoami,
  initAuth,
  switchAuthOff,
  listRoles: list('roles'),
  getRole: get('roles'),
  putRole: put('roles'),
  deleteRole: remove('roles'),
  listGrants: list('grants'),
  getGrant: get('grants'),
  putGrant: put('grants'),
  deleteGrant: remove('grants'),
  listTokens: list('tokens'),
  getToken: get('tokens'),
  putToken: put('tokens'),
  deleteToken: remove('tokens'),
} as const;
