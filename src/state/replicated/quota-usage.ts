import type { ZnodePath } from '../../model/path.ts';

/** What a quota counts: znodes, and bytes of their data. A change of it may be negative. */
export interface Usage {
  readonly count: number;
  readonly bytes: number;
}

/** Usage of several quotas, by the path of what each covers. */
export type UsageByQuota = ReadonlyMap<ZnodePath, Usage>;

export function sumOf(usage: Usage | undefined, more: Usage): Usage {
  return { count: (usage?.count ?? 0) + more.count, bytes: (usage?.bytes ?? 0) + more.bytes };
}

export function differenceOf(usage: Usage, less: Usage): Usage {
  return { count: usage.count - less.count, bytes: usage.bytes - less.bytes };
}
