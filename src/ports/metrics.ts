/**
 * Takes figures, named after what ZooKeeper's and etcd's users already graph; the adapter documents each name and unit.
 */
export interface Metrics {
  count(name: string, by?: number): void;
  /** `series` names one of several figures of that name, where the table has such: its labels, with commas between. */
  gauge(name: string, value: number, series?: string): void;
  /** Durations in milliseconds, sizes in bytes or counts. */
  observe(name: string, value: number, series?: string): void;
}
