import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import { zookeeperConfigPath } from '../../../model/path.ts';
import type { ReadResult } from '../../../model/read.ts';
import type { Caller } from '../../../service/call.ts';
import { PipelinedRequest } from '../../../service/pipeline.ts';
import { ServiceError } from '../../../service/service-error.ts';
import type { JuteReader } from '../../../wire/jute/jute-reader.ts';
import { reconfigDisabled } from '../../../wire/jute/protocol.ts';
import { readReconfig, wishOf, type Reconfig } from '../records/reconfig.ts';
import { answer, answerRefusal, refuse } from './answers.ts';
import type { Client, ZooKeeperRequest } from './client.ts';

type Config = Extract<ReadResult, { read: 'data' }>;

const localRead = { consistency: 'local', timeoutMs: 1_000 } as const;

/** Answers a reconfig. What makes no sense is refused first, whoever asks, as in ZooKeeper; then the ACL is asked. */
export function reconfig(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const wanted = readReconfig(record);
  if (!client.door.reconfigEnabled) refuse(client, asked, reconfigDisabled);
  else client.attached.pipeline.add(new Reconfiguration(client, asked, wanted));
}

class Reconfiguration extends PipelinedRequest {
  readonly #client: Client;
  readonly #asked: ZooKeeperRequest;
  readonly #wanted: Reconfig;
  /** As who asks was known when the request came. */
  readonly #caller: Caller;
  #outcome: number | Refusal | undefined;

  constructor(client: Client, asked: ZooKeeperRequest, wanted: Reconfig) {
    super('write');
    this.#client = client;
    this.#asked = asked;
    this.#wanted = wanted;
    this.#caller = client.caller;
  }

  start(): void {
    const { door } = this.#client;
    const config = Buffer.from(configOf(this.#client)?.data ?? []).toString('utf8');
    const wish = wishOf(this.#wanted, config);
    if (typeof wish === 'number') {
      this.#answered(wish);
      return;
    }
    const asking = { caller: this.#caller, timeoutMs: door.requestTimeoutMs };
    door.service.members.reconfigure(wish, asking).then(
      () => {
        this.#answered(undefined);
      },
      (error: unknown) => {
        if (!(error instanceof ServiceError)) throw error;
        this.#answered(error.refusal);
      },
    );
  }

  give(): void {
    const outcome = this.#outcome;
    const client = this.#client;
    if (isRefusal(outcome)) answerRefusal(client, this.#asked, outcome);
    else if (outcome !== undefined) answer(client, this.#asked, { error: outcome });
    else {
      const config = configOf(client);
      answer(client, this.#asked, {
        record: (to) => {
          to.buffer(config?.data ?? null);
          if (config !== undefined) to.stat(config.stat);
        },
      });
    }
  }

  #answered(outcome: number | Refusal | undefined): void {
    this.#outcome = outcome;
    this.#client.attached.pipeline.answered(this);
  }
}

/** As this client may read it: by ZooKeeper's ACL everybody may. */
function configOf({ door, asker }: Client): Config | undefined {
  let config: Config | undefined;
  const query = { read: 'data', path: zookeeperConfigPath } as const;
  door.service.readThen(query, asker, localRead, (answered) => {
    if (!isRefusal(answered)) config = answered.result;
  });
  return config;
}
