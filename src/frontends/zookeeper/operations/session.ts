import type { Client, ZooKeeperRequest } from './client.ts';
import { answer } from './answers.ts';

export function ping(client: Client, asked: ZooKeeperRequest): void {
  client.inOrder(() => {
    answer(client, asked);
  });
}

export function sync(client: Client, asked: ZooKeeperRequest, path: string | null): void {
  const { service, requestTimeoutMs } = client.door;
  client.attached.pipeline.submit('write', (give) => {
    service.sync(requestTimeoutMs, client.caller).then(
      () => {
        give(() => {
          answer(client, asked, {
            record: (to) => {
              to.textOrNull(path);
            },
          });
        });
      },
      () => {
        client.hangUp();
      },
    );
  });
}

export function closeSession(client: Client, asked: ZooKeeperRequest): void {
  const { door, attached, asker } = client;
  const { session, password, carrier, pipeline } = attached;
  const credential = { session, secret: password };
  client.isClosingSession = true;
  pipeline.submit('alone', (give) => {
    door.service.sessions.close(credential, door.requestTimeoutMs, { carrier, asker }).then(
      ({ zxid }) => {
        give(() => {
          answer(client, asked, { zxid });
          client.end();
        });
      },
      () => {
        client.hangUp();
      },
    );
  });
}
