import type { Trace } from './trace.ts';
import { type Place, type Span } from './trace.ts';

/** What was seen in one peer, by both its threads. */
export interface PeerTrace {
  readonly main: Trace;
  readonly disk: Trace;
  /** Where its clients of ZooKeeper's protocol come in. */
  readonly doorPort: number;
}

/** One write, as its client saw it. */
export interface Written {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Instants in µs, by name. Undefined: it was not seen. */
export type Instants = ReadonlyMap<string, number | undefined>;

/** A way between two instants. */
export interface Step {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

const disk = (who: string, before: string): Step[] => [
  { what: `${who}: handed to the disk's thread`, from: before, to: `${who} store called` },
  { what: `${who}: until that begins`, from: `${who} store called`, to: `${who} disk begun` },
  { what: `${who}: rows written`, from: `${who} disk begun`, to: `${who} commit begun` },
  { what: `${who}: COMMIT, with its fsync`, from: `${who} commit begun`, to: `${who} commit done` },
  { what: `${who}: heard by its main thread`, from: `${who} commit done`, to: `${who} durable` },
];

const agreement: readonly Step[] = [
  ...disk('leader', 'proposed'),
  { what: 'proposal: leader → follower', from: 'proposed', to: 'proposal arrived' },
  ...disk('follower', 'proposal arrived'),
  { what: 'follower: ack sent', from: 'follower durable', to: 'ack sent' },
  { what: 'ack: follower → leader', from: 'ack sent', to: 'ack arrived' },
];

export const stepsAtLeader: readonly Step[] = [
  { what: 'client → door of the leader', from: 'sent', to: 'at the door' },
  { what: 'leader: decoded, prepared, proposed', from: 'at the door', to: 'proposed' },
  ...agreement,
  { what: 'leader: committed by whichever came last, applied', from: 'quorum', to: 'applied' },
  { what: 'leader: answer written', from: 'applied', to: 'answer written' },
  { what: 'answer → client', from: 'answer written', to: 'answered' },
  { what: 'all', from: 'sent', to: 'answered' },
];

export const stepsAtFollower: readonly Step[] = [
  { what: 'client → door of a follower', from: 'sent', to: 'at the door' },
  { what: 'follower: decoded, sent to the leader', from: 'at the door', to: 'forwarded' },
  { what: 'request: follower → leader', from: 'forwarded', to: 'request arrived' },
  { what: 'leader: prepared, proposed', from: 'request arrived', to: 'proposed' },
  ...agreement,
  { what: 'leader: committed, said so', from: 'quorum', to: 'commit sent' },
  { what: 'commit: leader → follower', from: 'commit sent', to: 'commit arrived' },
  { what: 'follower: applied', from: 'commit arrived', to: 'applied' },
  { what: 'follower: answer written', from: 'applied', to: 'answer written' },
  { what: 'answer → client', from: 'answer written', to: 'answered' },
  { what: 'all', from: 'sent', to: 'answered' },
];

/** Finds the write in what the peers have seen. Undefined when it can't be told from another one. */
export function follow(
  { sentAt, answeredAt }: Written,
  peers: {
    readonly leader: PeerTrace;
    readonly followers: readonly PeerTrace[];
    /** Whom the client speaks to. */
    readonly asked: PeerTrace;
  },
): Instants | undefined {
  const { leader, followers, asked } = peers;
  const span: Span = { from: sentAt, to: answeredAt };
  const counters = new Set(leader.main.numbers('sent proposal', span));
  const [counter] = counters;
  if (counter === undefined || counters.size > 1) return undefined;
  const proposed = leader.main.first('sent proposal', counter, span);
  const acked = firstToAck(followers, counter, span);
  const ackArrived = leader.main.first('got ack', counter, span);
  const durable = leader.main.first('store answered', counter, span);
  const forwarded = asked === leader ? undefined : asked.main.first('sent request', 0, span);
  const left = forwarded ?? proposed ?? answeredAt;
  return new Map([
    ['sent', sentAt],
    ['at the door', asked.main.lastBefore('read', asked.doorPort, { from: sentAt, to: left })],
    ['forwarded', forwarded],
    ['request arrived', leader.main.first('got request', 0, span)],
    ['proposed', proposed],
    ...diskInstants('leader', leader, { counter, span }),
    ['proposal arrived', acked?.main.first('got proposal', counter, span)],
    ...(acked === undefined ? [] : diskInstants('follower', acked, { counter, span })),
    ['ack sent', acked?.main.first('sent ack', counter, span)],
    ['ack arrived', ackArrived],
    ['quorum', later(ackArrived, durable)],
    ['commit sent', leader.main.first('sent commit', counter, span)],
    ['commit arrived', asked.main.first('got commit', counter, span)],
    ['applied', asked.main.first('applied', counter, span)],
    ['answer written', asked.main.lastBefore('write', asked.doorPort, span)],
    ['answered', answeredAt],
  ]);
}

/** With the leader it makes the quorum. */
function firstToAck(
  followers: readonly PeerTrace[],
  counter: number,
  span: Span,
): PeerTrace | undefined {
  const acks = followers.flatMap((peer) => {
    const at = peer.main.first('sent ack', counter, span);
    return at === undefined ? [] : [{ peer, at }];
  });
  return acks.sort((one, other) => one.at - other.at)[0]?.peer;
}

function diskInstants(
  who: string,
  { main, disk: thread }: PeerTrace,
  { counter, span }: { readonly counter: number; readonly span: Span },
): (readonly [string, number | undefined])[] {
  const begun = thread.first('commit begun', counter, span);
  const place = (name: Place): number | undefined => main.first(name, counter, span);
  return [
    [`${who} store called`, place('store called')],
    [
      `${who} disk begun`,
      begun === undefined ? undefined : thread.lastBefore('disk begun', 0, { ...span, to: begun }),
    ],
    [`${who} commit begun`, begun],
    [`${who} commit done`, thread.first('commit done', counter, span)],
    [`${who} durable`, place('store answered')],
  ];
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : Math.max(one, other);
}
