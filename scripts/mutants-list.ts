// The bugs that the simulator must find: each a class that once cost somebody data (brief A19, C4). `find` must match
// exactly once; when the code moves on, move the mutant with it.

import type { Mutant } from './mutant.ts';
import { clockMutants } from './mutants-clocks.ts';
import { costMutants } from './mutants-costs.ts';
import { directedMutants } from './mutants-directed.ts';
import { memberMutants } from './mutants-members.ts';
import { toldMutants } from './mutants-told.ts';
import { watchMutants } from './mutants-watches.ts';

const leader = 'src/zab/leader.ts';
const learner = 'src/zab/learner.ts';
const broadcast = 'src/zab/broadcast.ts';
const quorum = 'src/zab/quorum.ts';
const history = 'src/zab/history.ts';
const peerState = 'src/zab/peer-state.ts';
const zab = 'src/zab/zab.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'an ensemble is founded with peers that began with other data',
    seed: 5,
    edits: [
      {
        file: 'src/zab/founding.ts',
        find: 'isFresh(heard, tick) && heard.seed === this.#seed) {',
        replace: 'isFresh(heard, tick)) {',
      },
    ],
  },
  {
    name: 'gives way before its successor has everything',
    quick: true,
    edits: [
      {
        file: 'src/zab/handover.ts',
        find: 'return acked >= last.counter;',
        replace: 'return acked >= 0 || last.counter < 0;',
      },
      {
        file: 'src/zab/handover.ts',
        find: 'compareZxid(history.committed, last) === 0 &&',
        replace: 'compareZxid(history.committed, last) <= 0 &&',
      },
    ],
  },
  {
    name: 'goes on proposing while it gives way',
    quick: true,
    edits: [
      {
        file: leader,
        find: 'if (!this.isServing || this.isGivingWay || this.#handOver !== undefined) return false;',
        replace: 'if (!this.isServing || this.isGivingWay) return false;',
      },
    ],
  },
  {
    name: 'ack before fsync (etcd 14370)',
    quick: true,
    edits: [
      {
        file: learner,
        find: "this.#peer.outputs.promise(this.#connection, { kind: 'ack', zxid: last })",
        replace: "this.#peer.outputs.send(this.#connection, { kind: 'ack', zxid: last })",
      },
    ],
  },
  {
    name: 'NEWLEADER ack before fsync (ZK-4646)',
    quick: true,
    edits: [
      {
        file: learner,
        find: "this.#promise({ kind: 'ack', zxid: zxid(message.epoch, 0) })",
        replace: "this.#send({ kind: 'ack', zxid: zxid(message.epoch, 0) })",
      },
    ],
  },
  {
    name: 'currentEpoch before history (ZK-4643)',
    quick: true,
    edits: [
      {
        file: 'test/sim/core-node.ts',
        find: '    this.disk.write(ready.persist, () => {',
        replace: `    for (const change of ready.persist) {
          if (change.kind !== 'adopt') continue;
          const epochAlone = { ...change, snapshot: null, truncateTo: null, entries: [] };
          this.disk.write([epochAlone], () => undefined);
        }
        this.disk.write(ready.persist, () => {`,
      },
    ],
  },
  {
    name: 'a part of a history under the new epoch (ZK-4643)',
    edits: [
      {
        file: peerState,
        find: '      epoch: this.#currentEpoch,',
        replace: '      epoch: (this.#currentEpoch = this.#acceptedEpoch),',
      },
    ],
  },
  {
    name: 'all of a part of a history is handed out',
    edits: [
      {
        file: peerState,
        find: 'this.history.commit(minZxid(commit, this.history.last.zxid));',
        replace: 'this.history.commit(this.history.last.zxid);',
      },
    ],
  },
  {
    name: 'a late learner loses what it has acked',
    judge: 'scripts',
    edits: [
      {
        file: 'src/zab/synchronization.ts',
        find: "return { by: 'snap', upTo, notBelow: minZxid(last.zxid, commit) };",
        replace:
          "return { by: 'snap', upTo: minZxid(upTo, commit), notBelow: minZxid(last.zxid, commit) };",
      },
    ],
  },
  {
    name: 'no recency check at ACKEPOCH',
    quick: true,
    edits: [{ file: leader, find: 'if (ahead > 0) {', replace: 'if (ahead > Infinity) {' }],
  },
  {
    name: 'ACKEPOCH before acceptedEpoch is durable',
    quick: true,
    edits: [
      {
        file: learner,
        find: "this.#promise({\n      kind: 'ackEpoch',",
        replace: "this.#send({\n      kind: 'ackEpoch',",
      },
    ],
  },
  {
    name: 'an epoch acked twice',
    edits: [
      {
        file: learner,
        find: 'const currentEpoch = isNew ? this.#peer.currentEpoch : spent;',
        replace: 'const currentEpoch = this.#peer.currentEpoch;',
      },
    ],
  },
  {
    name: 'LEADERINFO before acceptedEpoch (ZK-1291)',
    quick: true,
    edits: [
      {
        file: leader,
        find: "else if (this.#phase !== 'proposingEpoch') this.#sendLeaderInfo(learner);",
        replace: 'else this.#sendLeaderInfo(learner);',
      },
    ],
  },
  {
    name: 'serve before the NEWLEADER quorum',
    quick: true,
    edits: [
      {
        file: leader,
        find: 'if (isQuorum(memberships, this.#learners.following())) this.#establish();',
        replace: 'this.#establish();',
      },
    ],
  },
  {
    name: 'own NEWLEADER ack before own fsync',
    edits: [
      {
        file: leader,
        find: 'if (this.#peer.durable.currentEpoch !== this.#epoch) return undefined;',
        replace: '',
      },
    ],
  },
  {
    name: 'own ack before own fsync (etcd 14370)',
    quick: true,
    edits: [
      {
        file: broadcast,
        find: 'const own = this.#counterOf(this.#peer.durable.lastLogged);',
        replace: 'const own = this.#counter;',
      },
    ],
  },
  {
    name: 'forward gap (ZK-2418, ZK-4925)',
    quick: true,
    edits: [{ file: leader, find: 'this.#broadcast.register(learner, upTo);', replace: '' }],
  },
  {
    name: 'no TRUNC',
    quick: true,
    edits: [
      {
        file: 'src/zab/synchronization.ts',
        find: "return { by: 'trunc', to, upTo: commit };",
        replace: "return { by: 'diff', from: last, upTo: commit };",
      },
    ],
  },
  {
    name: 'TRUNC not written to disk (ZK-1489)',
    edits: [
      {
        file: peerState,
        find: 'epoch: change.epoch,\n      snapshot: snapshot?.at ?? null,\n      truncateTo,',
        replace:
          'epoch: change.epoch,\n      snapshot: snapshot?.at ?? null,\n      truncateTo: null,',
      },
      {
        file: peerState,
        find: 'epoch: this.#currentEpoch,\n      snapshot: snapshot?.at ?? null,\n      truncateTo,',
        replace:
          'epoch: this.#currentEpoch,\n      snapshot: snapshot?.at ?? null,\n      truncateTo: null,',
      },
    ],
  },
  {
    name: 'vote ignores peerEpoch',
    edits: [
      {
        file: 'src/zab/election.ts',
        find: 'candidate.peerEpoch - current.peerEpoch ||',
        replace: '',
      },
    ],
  },
  {
    name: 'vote with the committed zxid (ZK-2845)',
    edits: [
      {
        file: zab,
        find: 'leader: self, zxid: history.last.zxid, peerEpoch: currentEpoch',
        replace: 'leader: self, zxid: history.committed, peerEpoch: currentEpoch',
      },
    ],
  },
  {
    name: 'votes before the log writer is drained',
    edits: [
      {
        file: zab,
        find: "if (this.#role.role !== 'draining' || this.#peer.outputs.isDraining) return;",
        replace: "if (this.#role.role !== 'draining') return;",
      },
    ],
  },
  {
    name: 'half a quorum of an even number',
    edits: [
      {
        file: quorum,
        find: 'return Math.floor(voters / 2) + 1;',
        replace: 'return Math.ceil(voters / 2);',
      },
    ],
  },
  {
    name: 'commit without a quorum',
    quick: true,
    edits: [
      {
        file: quorum,
        find: 'if (count >= majority) highest = reached;',
        replace: 'highest = reached;',
      },
    ],
  },
  {
    name: 'a wiped peer counts as what it was',
    edits: [
      {
        file: quorum,
        find: 'identities.get(voter.id) === voter.nonce',
        replace: 'identities.has(voter.id)',
      },
      {
        file: quorum,
        find: 'id === voter.id && nonce === voter.nonce',
        replace: "id === voter.id && nonce !== ''",
      },
      {
        file: peerState,
        find: 'hasVoter(each, id, nonce)',
        replace: 'each.voters.some((voter) => voter.id === id)',
      },
    ],
  },
  {
    name: 'a twin is followed beside the living one',
    edits: [
      {
        file: 'src/zab/learners.ts',
        find: "if (other.phase !== 'connected') return other;",
        replace: "if (other.phase !== 'connected' && other.id < 0) return other;",
      },
    ],
  },
  {
    name: 'the vote of a voter that was just heard is given away',
    edits: [
      {
        file: 'src/zab/learners.ts',
        find: 'return this.#peer.now - heardTick > this.#peer.options.timers.syncLimit;',
        replace: 'return this.#peer.now >= heardTick;',
      },
    ],
  },
  {
    name: 'a membership commits with its new quorum only',
    edits: [
      {
        file: history,
        find: 'return committed === null ? inForce : [committed, ...inForce];',
        replace:
          'return committed === null || inForce.length > 0 ? inForce : [committed, ...inForce];',
      },
    ],
  },
  {
    name: 'applied before it is durable here',
    quick: true,
    edits: [
      {
        file: history,
        find: 'compareZxid(durable, this.#committed) < 0 ? durable : this.#committed',
        replace: 'compareZxid(durable, this.#committed) < -1e9 ? durable : this.#committed',
      },
    ],
  },
  {
    name: 'barrier without a quorum round (ZK-1675)',
    edits: [
      {
        file: 'src/zab/read-barriers.ts',
        find: 'const reached = quorumReached(history.membershipsInForce(), progress);',
        replace:
          'const reached = quorumReached(history.membershipsInForce(), progress) + Number.MAX_SAFE_INTEGER;',
      },
    ],
  },
  {
    name: 'no way in above the epoch (A6.5)',
    quick: true,
    // A learner shut out is a matter of minutes, and any other fault lets it in: a script shows it, dice hardly ever.
    judge: 'scripts',
    edits: [
      {
        file: leader,
        find: 'if (hasLasted && mayGiveWay) this.#givesWay = true;',
        replace: 'this.#givesWay ||= hasLasted && mayGiveWay && false;',
      },
    ],
  },
  {
    name: 'no way back for a wiped peer (A17)',
    edits: [
      {
        file: leader,
        find: 'this.#reconfiguration.giveVotes((voter) => this.#learners.isMissed(voter));',
        replace: '',
      },
    ],
  },
  {
    name: 'no replay under an idempotency key',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/prepare/prepare.ts',
        find: 'if (known !== undefined) return known;',
        replace: "if (known !== undefined && known.kind !== 'replay') return known;",
      },
    ],
  },
  {
    name: 'an unknown write reported as refused',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/write-path.ts',
        find: "pending.judged(refusedUnseen(refused('connectionLoss', lost)));",
        replace:
          "pending.judged(refusedUnseen(refused('connectionLoss', lost, { applied: 'no' })));",
      },
    ],
  },
  {
    name: 'a linearizable read answered at once',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/requests/read-path.ts',
        find: "const local =\n      options.consistency === 'local' ||",
        replace: "const local =\n      options.consistency !== 'session' ||",
      },
    ],
  },
  {
    name: 'sessions expire after half their timeout',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/sessions/expiry.ts',
        find: 'timeoutMs,\n      round: this.#round,',
        replace: 'timeoutMs: timeoutMs / 2,\n      round: this.#round,',
      },
    ],
  },
  {
    name: 'requests of a closing session are accepted',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/prepare/decision.ts',
        find: 'if (session === undefined) return gone(view, id);',
        replace:
          'if (session === undefined) return view.isClosing(id) ? undefined : gone(view, id);',
      },
    ],
  },
  {
    name: 'a lock granted on the word of this peer alone',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/locks/waits.ts',
        find: 'else if (standing.queue.isHolder(standing.contender)) this.#ask(wait);',
        replace:
          "else if (standing.queue.isHolder(standing.contender)) this.#finish(wait, { state: 'granted', standing });",
      },
    ],
  },
  {
    name: 'all who wait for a lock are woken',
    ring: 'peer',
    edits: [
      {
        file: 'src/server/locks/waits.ts',
        find: 'for (const { key } of queue.contenders.slice(0, queue.holders)) {',
        replace: 'for (const { key } of queue.contenders) {',
      },
    ],
  },
  {
    name: 'any contender may write under its token',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/prepare/speculative-queue.ts',
        find: 'if (!holdsBehind(contender, ahead, first)) return;',
        replace: '',
      },
    ],
  },
  {
    name: 'a lock asked for again is entered again',
    ring: 'peer',
    edits: [
      {
        file: 'src/state/prepare/prepare.ts',
        find: 'if (known !== undefined) return known;',
        replace: "if (known !== undefined && !key.startsWith('lock ')) return known;",
      },
      {
        file: 'src/state/prepare/prepare-locks.ts',
        find: 'if (known !== undefined) return knownAgain(preparation, request, known);',
        replace: '',
      },
      {
        file: 'src/state/prepare/prepare-locks.ts',
        find: 'return view.session(session) !== undefined || view.isClosing(session) ? lost(queue) : undefined;',
        replace: 'return view.isClosing(session) ? lost(queue) : undefined;',
      },
    ],
  },
  ...clockMutants,
  ...costMutants,
  ...directedMutants,
  ...toldMutants,
  ...memberMutants,
  ...watchMutants,
];
