import { once } from 'node:events';
import { connect } from 'node:net';
import { fieldsOf } from './proto-bytes.ts';
import { RawGrpc } from './raw-grpc.ts';

/** The same addresses, that of the leader first: loads are aimed by role and not by chance. */
export async function leaderFirst(
  addresses: readonly string[],
  leads: (address: string) => Promise<boolean>,
): Promise<readonly string[]> {
  for (const address of addresses) {
    if (await leads(address)) return [address, ...addresses.filter((other) => other !== address)];
  }
  throw new Error(`none of ${addresses.join(', ')} leads`);
}

export async function etcdLeads(address: string): Promise<boolean> {
  const client = new RawGrpc(address);
  try {
    const status = fieldsOf(
      await client.unary('/etcdserverpb.Maintenance/Status', Buffer.alloc(0)),
    );
    const header = status.get(1);
    return header instanceof Uint8Array && fieldsOf(header).get(2) === status.get(4);
  } finally {
    client.close();
  }
}

export async function zooKeeperLeads(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect(Number(port), host);
  let text = '';
  socket.setEncoding('utf8').on('data', (more: string) => (text += more));
  socket.write('srvr');
  await once(socket, 'close');
  return /^Mode: (leader|standalone)$/m.test(text);
}
