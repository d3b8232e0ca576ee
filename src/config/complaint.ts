/** Something that must be mended before a peer may start. All of them are listed at once. */
export interface Complaint {
  /** `zoo.cfg:3`, `QUOLL_HTTP_PORT`, `--http-port`, or a file. */
  readonly where: string;
  readonly problem: string;
  /** What to write or type instead. */
  readonly fix: string;
}

/** Something that was read and changes nothing, or not as one may think. */
export interface Notice {
  readonly level: 'warn' | 'debug';
  readonly where: string;
  readonly text: string;
}

export function describeComplaints(complaints: readonly Complaint[]): string {
  const count = complaints.length === 1 ? 'one mistake' : `${String(complaints.length)} mistakes`;
  const lines = complaints.map(({ where, problem, fix }) => `  ${where}: ${problem}\n      ${fix}`);
  return [`The configuration has ${count}:`, ...lines].join('\n');
}
