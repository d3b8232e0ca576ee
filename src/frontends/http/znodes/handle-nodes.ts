import { answerOtherMethod } from '../exchange/allow.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { nodesParameters } from './nodes-url.ts';
import { readZnode } from './read-znode.ts';
import { createZnode, deleteZnode, setZnode } from './write-znode.ts';

const allowed = Object.keys(nodesParameters);

/** Answers `/v1/nodes/{path}`: the hot routes, reached without a router. Each is decode, call, encode. */
export function handleNodes(exchange: Exchange): void {
  try {
    switch (exchange.method) {
      case 'GET':
      case 'HEAD':
        readZnode(exchange);
        return;
      case 'POST':
        createZnode(exchange);
        return;
      case 'PUT':
        setZnode(exchange);
        return;
      case 'DELETE':
        deleteZnode(exchange);
        return;
      default:
        answerOtherMethod(exchange, '/v1/nodes', allowed);
    }
  } catch (error) {
    exchange.fail(error);
  }
}
