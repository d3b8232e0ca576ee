import type { WatchEvent } from '../../model/watch-event.ts';
import type { Lasting, OneShot } from './watch-outlet.ts';

/** Says whether a persistent watch is about an event, whoever may hear of it. */
export function concerns(
  { scope, path }: Pick<Lasting, 'scope' | 'path'>,
  event: WatchEvent,
): boolean {
  if (scope === 'node') return event.path === path;
  if (event.type === 'childrenChanged') return false;
  if (event.path === path || path === '/') return true;
  return event.path.startsWith(path) && event.path[path.length] === '/';
}

/**
 * Says whether an event fires a one-shot watch. As ZooKeeper: a child watch also hears of the end of its znode, a data
 * watch of its creation.
 */
export function fires({ on }: Pick<OneShot, 'on'>, { type }: WatchEvent): boolean {
  if (type === 'deleted') return true;
  return on === 'children' ? type === 'childrenChanged' : type !== 'childrenChanged';
}
