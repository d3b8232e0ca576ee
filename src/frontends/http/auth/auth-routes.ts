import { z } from 'zod';
import { authLimits } from '../../../model/auth.ts';
import type { Asking, AuthDocumentKind } from '../../../service/auth.ts';
import {
  authListDocument,
  authPageOf,
  authReaders,
  initFrom,
  statusDocument,
} from '../documents/auth-documents.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';
import type { Route, UrlSegments } from '../exchange/route.ts';

const pageParameters = ['limit', 'continue', 'timeout'];

/** Who asks and what he may do, the switch, and roles, grants and tokens by name. */
export const authRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/auth', parameters: ['timeout'], answer: showStatus },
  { method: 'POST', path: '/v1/auth/init', parameters: ['timeout'], answer: switchOn },
  { method: 'POST', path: '/v1/auth/off', parameters: ['timeout'], answer: switchOff },
  ...documentRoutes('roles'),
  ...documentRoutes('grants'),
  ...documentRoutes('tokens'),
];

function documentRoutes(kind: AuthDocumentKind): readonly Route[] {
  const all = `/v1/auth/${kind}`;
  const one = `${all}/{name}`;
  const parameters = ['timeout'];
  return [
    {
      method: 'GET',
      path: all,
      parameters: pageParameters,
      async answer(exchange) {
        const query = exchange.query(pageParameters);
        const limit = query.integer('limit', { min: 1, max: authLimits.listMax });
        const page = authPageOf(limit, query.text('continue'));
        const asking = { caller: exchange.caller(), timeoutMs: exchange.timeoutMs(query) };
        const listed = await exchange.door.service.auth.list(kind, page, asking);
        exchange.sendJson(200, authListDocument(kind, listed), { meta: listed.meta });
      },
    },
    {
      method: 'GET',
      path: one,
      parameters,
      async answer(exchange, { name = '' }) {
        const found = await exchange.door.service.auth.get(kind, name, askingOf(exchange));
        exchange.sendJson(200, found.document, { meta: found.meta });
      },
    },
    {
      method: 'PUT',
      path: one,
      parameters,
      async answer(exchange, { name = '' }: UrlSegments) {
        const document = authReaders[kind](await givenTo(exchange));
        const { auth } = exchange.door.service;
        const meta = await auth.put(kind, name, document, askingOf(exchange));
        exchange.send({ status: 204, meta });
      },
    },
    {
      method: 'DELETE',
      path: one,
      parameters,
      async answer(exchange, { name = '' }) {
        const meta = await exchange.door.service.auth.delete(kind, name, askingOf(exchange));
        exchange.send({ status: 204, meta });
      },
    },
  ];
}

async function showStatus(exchange: Exchange): Promise<void> {
  const status = await exchange.door.service.auth.status(askingOf(exchange));
  exchange.sendJson(200, statusDocument(status), { meta: status.meta });
}

async function switchOn(exchange: Exchange): Promise<void> {
  const asking = askingOf(exchange);
  const { principals, opening } = initFrom(await givenTo(exchange));
  const status = await exchange.door.service.auth.init(principals, asking, opening);
  exchange.sendJson(200, statusDocument(status), { meta: status.meta });
}

async function switchOff(exchange: Exchange): Promise<void> {
  const meta = await exchange.door.service.auth.off(askingOf(exchange));
  exchange.send({ status: 204, meta });
}

function askingOf(exchange: Exchange): Asking {
  return { caller: exchange.caller(), timeoutMs: exchange.timeoutMs() };
}

/** A body of no bytes says nothing. */
async function givenTo(exchange: Exchange): Promise<unknown> {
  return decodeJson(await exchange.jsonBody(), z.unknown());
}
