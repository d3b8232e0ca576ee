import { isRefusal } from '../../../model/error-code.ts';
import { digestIdentity } from '../../../wire/credentials.ts';
import type { Client, ZooKeeperRequest } from './client.ts';
import type { JuteReader } from '../../../wire/jute/jute-reader.ts';
import { authFailed } from '../../../wire/jute/protocol.ts';
import { answer } from './answers.ts';

/** Takes a proof of who asks. It is answered at once, ahead of what is under way, as in ZooKeeper. */
export function authenticate(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  record.int();
  const scheme = record.text();
  const proof = Buffer.from(record.buffer() ?? []).toString('utf8');
  const answered = (isProved: boolean): void => {
    answer(client, asked, isProved ? {} : { error: authFailed });
    if (!isProved) client.end();
  };
  if (scheme === 'bearer') {
    const { service } = client.door;
    const known = client.proofs.await();
    service.identities.bearer(proof, client.asker, (outcome) => {
      answered(!isRefusal(outcome) && client.prove(outcome));
      known();
    });
    return;
  }
  if (scheme !== 'digest') {
    answered(scheme === 'ip');
    return;
  }
  const identity = digestIdentity(proof);
  const identities = [...client.asker.identities, identity];
  client.door.service.prove({ ...client.asker, identities }, (refusal) => {
    answered(refusal === undefined && client.prove({ identities: [identity] }));
  });
}

export function whoAmI(client: Client, asked: ZooKeeperRequest): void {
  client.inOrder(() => {
    const { identities } = client.asker;
    answer(client, asked, {
      record: (to) => {
        to.int(identities.length);
        for (const { scheme, id } of identities) {
          to.text(scheme);
          to.text(scheme === 'digest' ? (id.split(':', 1)[0] ?? '') : id);
        }
      },
    });
  });
}
