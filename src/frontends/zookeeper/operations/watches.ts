import type { WatchKind } from '../../../service/connection-watches.ts';
import type { Client, ZooKeeperRequest } from './client.ts';
import { readPath, readPaths } from '../records/decode.ts';
import { MalformedRecord, type JuteReader } from '../../../wire/jute/jute-reader.ts';
import { noWatcher, ok, opCode } from '../../../wire/jute/protocol.ts';
import { answer, answerRefusal } from './answers.ts';

export function setWatches(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const { code } = asked;
  const since = record.zxid() ?? { epoch: 0, counter: 0 };
  const [data, exists, children] = [readPaths(record), readPaths(record), readPaths(record)];
  const isSecond = code === opCode.setWatches2;
  const persistent = isSecond ? readPaths(record) : [];
  const recursive = isSecond ? readPaths(record) : [];
  const { pipeline, watches } = client.attached;
  pipeline.submit('alone', (answered) => {
    const registered = { since, data, exists, children, persistent, recursive };
    watches.resume(registered, (refusal) => {
      answered(() => {
        if (refusal !== undefined) answerRefusal(client, asked, refusal);
        else answer(client, asked);
      });
    });
  });
}

/** AddWatchMode, and which kinds a WatcherType stands for. */
const addedKinds: readonly WatchKind[] = ['persistent', 'recursive'];
const kindsOfType: Readonly<Record<number, readonly WatchKind[]>> = {
  1: ['children'],
  2: ['data'],
  3: ['data', 'children', 'persistent', 'recursive'],
  4: ['persistent'],
  5: ['recursive'],
};

export function watchOperation(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const { code } = asked;
  const path = readPath(record);
  const number = record.int();
  const kinds =
    code === opCode.addWatch ? addedKinds.slice(number, number + 1) : kindsOfType[number];
  if (kinds === undefined || kinds.length === 0 || number < 0) throw new MalformedRecord('a type');
  const { watches } = client.attached;
  client.inOrder(() => {
    if (code === opCode.addWatch) {
      const [kind = 'persistent'] = kinds;
      // Nothing ever happens at what is no path; ZooKeeper takes the watch all the same.
      const refusal = path === undefined ? undefined : watches.add(path, kind);
      if (refusal !== undefined) answerRefusal(client, asked, refusal);
      else {
        answer(client, asked, {
          record: (to) => {
            to.int(ok);
          },
        });
      }
    } else {
      const there = path === undefined ? [] : kinds.filter((kind) => watches.has(path, kind));
      if (path !== undefined && code === opCode.removeWatches) {
        for (const kind of there) watches.remove(path, kind);
      }
      answer(client, asked, { error: there.length > 0 ? ok : noWatcher });
    }
  });
}
