import {
  fromJSON,
  Metadata,
  status,
  type MessageTypeDefinition,
  type ServerErrorResponse,
} from '#grpc';
import type { Refusal } from '../../../model/error-code.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { AnswerMeta } from '../../../service/call.ts';
import { codeName, describeRefusal, retryAfterMs, statusOfCode } from './error-map.ts';
import { errorCatalogue } from '../../../model/error-code.ts';

/** The domain of every ErrorInfo that this door sends. */
export const errorDomain = 'quoll';
export const detailsKey = 'grpc-status-details-bin';

const text = (id: number): object => ({ type: 'string', id });

/** The four messages of google.rpc that this door sends, as its public definition has them. */
const richErrors = fromJSON({
  nested: {
    google: {
      nested: {
        rpc: {
          nested: {
            Status: {
              fields: {
                code: { type: 'int32', id: 1 },
                message: text(2),
                details: { rule: 'repeated', type: 'Detail', id: 3 },
              },
            },
            // On the wire this is google.protobuf.Any.
            Detail: { fields: { typeUrl: text(1), value: { type: 'bytes', id: 2 } } },
            ErrorInfo: {
              fields: {
                reason: text(1),
                domain: text(2),
                metadata: { keyType: 'string', type: 'string', id: 3 },
              },
            },
            RetryInfo: { fields: { retryDelay: { type: 'Delay', id: 1 } } },
            // On the wire this is google.protobuf.Duration.
            Delay: {
              fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } },
            },
          },
        },
      },
    },
  },
} as Parameters<typeof fromJSON>[0]);

function messageType(name: string): MessageTypeDefinition<object, object> {
  return richErrors[`google.rpc.${name}`] as unknown as MessageTypeDefinition<object, object>;
}

const [statusType, errorInfoType, retryInfoType] = ['Status', 'ErrorInfo', 'RetryInfo'].map(
  messageType,
) as [
  MessageTypeDefinition<object, object>,
  MessageTypeDefinition<object, object>,
  MessageTypeDefinition<object, object>,
];

/** Gives a refusal as the status that a call ends with. `meta`: about the peer, which errors tell too. */
export function statusOfRefusal(refusal: Refusal, meta: AnswerMeta): ServerErrorResponse {
  const { code, detail, applied, retryable, path, limit, actual, failedIndex } =
    describeRefusal(refusal);
  const facts: Record<string, string | number | boolean | undefined> = {
    zkCode: errorCatalogue[code].zkCode,
    retryable,
    applied,
    path,
    limit,
    actual,
    failedIndex,
    zxid: zxidToDecimal(meta.zxid),
    role: meta.role,
    leaderContactMs:
      meta.leaderContactMs === undefined ? undefined : Math.round(meta.leaderContactMs),
  };
  const delayMs = retryAfterMs(code);
  return richStatus(statusOfCode[code], {
    reason: codeName(code),
    detail,
    facts,
    ...(delayMs !== undefined && { delayMs }),
  });
}

/** Gives the status for an authority that is not ours: it never reaches the service, so it is in no catalogue. */
export function foreignAuthority(): ServerErrorResponse {
  return richStatus(status.PERMISSION_DENIED, {
    reason: 'FOREIGNHOST',
    detail:
      'this peer does not answer to that authority: use a loopback name, or add the name to the allowed hosts of its configuration',
    facts: { zkCode: -8, retryable: false, applied: 'no' },
  });
}

function richStatus(
  code: status,
  of: {
    readonly reason: string;
    readonly detail: string;
    readonly facts: Readonly<Record<string, string | number | boolean | undefined>>;
    readonly delayMs?: number;
  },
): ServerErrorResponse {
  const metadata = Object.fromEntries(
    Object.entries(of.facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
  const info = { reason: of.reason, domain: errorDomain, metadata };
  const details = [detailOf('ErrorInfo', errorInfoType.serialize(info))];
  if (of.delayMs !== undefined) {
    const retryDelay = { seconds: Math.floor(of.delayMs / 1_000), nanos: 0 };
    details.push(detailOf('RetryInfo', retryInfoType.serialize({ retryDelay })));
  }
  const trailers = new Metadata();
  const rich = statusType.serialize({ code, message: of.detail, details });
  trailers.set(detailsKey, Buffer.from(rich.buffer, rich.byteOffset, rich.byteLength));
  return Object.assign(new Error(of.detail), { code, details: of.detail, metadata: trailers });
}

function detailOf(name: string, value: Uint8Array): object {
  return { typeUrl: `type.googleapis.com/google.rpc.${name}`, value };
}
