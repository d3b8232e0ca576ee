import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import type { MultiRequest } from '../../../model/request.ts';
import type { Caller, WriteAnswer, WriteReceiver } from '../../../service/call.ts';
import { PipelinedRequest } from '../../../service/pipeline.ts';
import type { Client, ZooKeeperRequest } from './client.ts';
import { neverHolds, readMulti, readOp, type Decoded } from '../records/decode.ts';
import { endMulti, writeMultiErrors, writeMultiResults, writeResult } from '../records/encode.ts';
import { numberOfCode } from '../records/error-map.ts';
import type { JuteReader } from '../../../wire/jute/jute-reader.ts';
import { marshallingError, ok, opCode, unimplemented } from '../../../wire/jute/protocol.ts';
import { answer, answerRefusal, refuse } from './answers.ts';

export function writeOne(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const { code } = asked;
  const decoded = readOp(code, record, 'alone', client.door);
  if (decoded === undefined) refuseUnknown(client, asked);
  else if ('error' in decoded) refuse(client, asked, decoded.error);
  else {
    const request = { kind: 'multi', single: true, ops: [decoded] } as const;
    client.attached.pipeline.add(new OneWrite(client, asked, request));
  }
}

/** A write on its way: all of it in one object. */
abstract class Write extends PipelinedRequest implements WriteReceiver {
  protected readonly client: Client;
  readonly #request: MultiRequest;
  /** As who asks was known when the request came. */
  readonly #caller: Caller;
  #answer: WriteAnswer | Refusal | undefined;

  constructor(client: Client, request: MultiRequest) {
    super('write');
    this.client = client;
    this.#request = request;
    this.#caller = client.caller;
  }

  start(): void {
    const { door } = this.client;
    door.service.writeThen(this.#request, this.#caller, door.writeOptions, this);
  }

  written(answer: WriteAnswer | Refusal): void {
    this.#answer = answer;
    this.client.attached.pipeline.answered(this);
  }

  give(): void {
    if (this.#answer !== undefined) this.send(this.#answer);
  }

  protected abstract send(answer: WriteAnswer | Refusal): void;
}

class OneWrite extends Write {
  readonly #asked: ZooKeeperRequest;

  constructor(client: Client, asked: ZooKeeperRequest, request: MultiRequest) {
    super(client, request);
    this.#asked = asked;
  }

  protected send(written: WriteAnswer | Refusal): void {
    const { client } = this;
    const asked = this.#asked;
    if (!('outcome' in written)) {
      answerRefusal(client, asked, written);
      return;
    }
    const { zxid, results } = written.outcome;
    const { out } = client;
    out.beginFrame();
    out.replyHeader(asked.xid, zxid, ok);
    writeResult(out, asked.code, results[0]);
    out.endFrame();
    client.answered(asked, zxid);
  }
}

class CalledWrite extends Write {
  readonly #send: (answer: WriteAnswer | Refusal) => void;

  constructor(
    client: Client,
    request: MultiRequest,
    send: (answer: WriteAnswer | Refusal) => void,
  ) {
    super(client, request);
    this.#send = send;
  }

  protected send(answer: WriteAnswer | Refusal): void {
    this.#send(answer);
  }
}

export function writeMulti(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const { opsPerMultiMax } = client.door.service.limits;
  const decoded = readMulti(record, opsPerMultiMax, (code) => {
    return code === opCode.setAcl ? undefined : readOp(code, record, 'inMulti', client.door);
  });
  if (decoded.length === 0) {
    client.inOrder(() => {
      answer(client, asked, { record: endMulti });
    });
    return;
  }
  const errors = decoded.map(errorOf);
  const ops = decoded.map((each) => ('op' in each ? each : neverHolds));
  write(client, { kind: 'multi', single: false, ops }, (written) => {
    if (!isRefusal(written)) {
      const { zxid, results } = written.outcome;
      answer(client, asked, {
        zxid,
        record: (to) => {
          writeMultiResults(to, ops, results);
        },
      });
      return;
    }
    const index = written.failedIndex;
    const error = index === undefined ? undefined : (errors[index] ?? numberOfCode[written.code]);
    if (index === undefined || error === undefined || error === 'hangUp') {
      answerRefusal(client, asked, written);
    } else if (error === marshallingError) {
      // As a whole: there it has failed as it was read.
      answer(client, asked, { error });
    } else {
      answer(client, asked, {
        record: (to) => {
          writeMultiErrors(to, ops.length, { index, error });
        },
      });
    }
  });
}

function errorOf(decoded: Decoded): number | undefined {
  return 'error' in decoded ? decoded.error : undefined;
}

function write(
  client: Client,
  request: MultiRequest,
  written: (answer: WriteAnswer | Refusal) => void,
): void {
  client.attached.pipeline.add(new CalledWrite(client, request, written));
}

/** As in ZooKeeper the connection ends, and the session lives on; nothing that was sent after it is done. */
function refuseUnknown(client: Client, asked: ZooKeeperRequest): void {
  // ZooKeeper does it for everybody. Here it is the leader's own business.
  if (asked.code === opCode.deleteContainer) refuse(client, asked, unimplemented);
  else {
    client.endWith(() => {
      answer(client, asked, { error: unimplemented });
    });
  }
}
